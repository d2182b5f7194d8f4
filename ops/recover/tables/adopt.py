"""``shop recover table adopt``: a table that is gone, restored under its old name.

What DynamoDB keeps of a deleted table that had point-in-time recovery is one backup of the moment
before it was deleted, for 35 days; no other moment can be had any more
(https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/PointInTimeRecovery_Howitworks.html).
CloudFormation knows a table by its name: one of the same name is the stack's again.
"""

from __future__ import annotations

import json
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from ops.errors import OperationError
from ops.recover.operation import Facts, Operation, Step, Work
from ops.recover.tables import settings
from ops.recover.tables.locate import KIND, stack_template
from ops.recover.tables.mappings import reconnect
from ops.recover.tables.origin import is_there
from ops.recover.tables.streams import mappings_of
from ops.recover.tables.waiting import is_active, wait_for
from shop.clock import timestamp

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import BackupSummaryTypeDef

    from ops.recover.tables.locate import StackTable
    from ops.recover.tables.settings import Settings
    from ops.target import Target

_SYSTEM = "SYSTEM"


def adopt(
    target: Target, table: StackTable, folder: Path, *, at: datetime | None, backup: str | None
) -> Operation:
    """Restore ``table`` from ``backup`` (an ARN), or from the newest that was made until ``at``."""
    adopting = _Adopting(target, table, folder, at, backup)
    name = table.name
    return Operation(
        "table adopt",
        table.subject,
        {
            "at": timestamp(at) if at else "newest",
            "backup": backup or "chosen",
            "table": name,
        },
        [
            Step("check", f"see that {name} is gone, and which backup there is of it",
                 adopting.check),
            # A run that crashed may have left the stack with another one.
            Step("template", f"keep the stack's template in {folder}", adopting.keep_template,
                 lasts=True),
            Step("restore", f"restore the backup as {name}, the name that the stack knows",
                 adopting.restore),
            Step("wait", "until it is there, with its indexes", adopting.wait),
            Step("settings", "set what a restore leaves out as the template says, and compare all",
                 adopting.settings),
            Step("stream", adopting.stream_plan(), adopting.reconnect),
            Step("drift", "have CloudFormation compare the table with its template; cdk diff has"
                 " nothing to show, as the template is the same", adopting.drift),
        ],
        lambda facts: facts["lostSeconds"],
        adopting.is_undone,
    )  # fmt: skip


class _Adopting:
    def __init__(
        self,
        target: Target,
        table: StackTable,
        folder: Path,
        at: datetime | None,
        backup: str | None,
    ) -> None:
        self._target = target
        self._client = target.dynamodb()
        self._table = table
        self._folder = folder
        self._at = at
        self._backup = backup

    def stream_plan(self) -> str:
        if not mappings_of(stack_template(self._target), self._table.logical_id):
            return "nothing: no function reads its stream"
        if not self._target.keeps_history:
            return "make the mappings of the functions that read its stream anew"
        return (
            "update the stack without the table's stream and the functions' mappings, and then"
            " with them, so that they read the new one"
        )

    def check(self, _: Work) -> Facts:
        """Notes the backup, and what is lost: nothing, if it was made by the deletion itself."""
        if is_there(self._client, self._table.name):
            raise OperationError(
                f"The table {self._table.name} is there. To bring back what was in it earlier:"
                " shop recover table restore, and then repair"
            )
        found = chosen_backup(backups(self._client), self._table.name, self._at, self._backup)
        made = found["BackupCreationDateTime"]
        deleted = found["BackupType"] == _SYSTEM
        return {
            "backup": found["BackupArn"],
            "backupMade": timestamp(made),
            "backupType": found["BackupType"],
            # After the deletion nothing could be written.
            "lostSeconds": 0 if deleted else (datetime.now(UTC) - made).total_seconds(),
        }

    def keep_template(self, _: Work) -> Facts:
        """The update of the stack must find it again after a crash half-way."""
        self._folder.mkdir(parents=True, exist_ok=True)
        path = self._folder / f"template-{self._table.stack}-{self._table.name}.json"
        path.write_text(json.dumps(stack_template(self._target)))
        return {"template": str(path)}

    def restore(self, work: Work) -> Facts:
        """A run that crashed may have begun it: then the table is there, which was gone before."""
        begun = is_there(self._client, self._table.name)
        if not begun:
            # It also is there when the SDK asks again, as an answer was lost.
            with suppress(self._client.exceptions.TableAlreadyExistsException):
                self._client.restore_table_from_backup(
                    TargetTableName=self._table.name, BackupArn=work.facts["backup"]
                )
        return {"restoreBegunEarlier": begun}

    def is_undone(self, facts: Facts) -> bool:
        """Whether the table that an earlier run restored was deleted since."""
        return "restoreBegunEarlier" in facts and not is_there(self._client, self._table.name)

    def wait(self, work: Work) -> Facts:
        began = datetime.now(UTC)
        name = self._table.name
        wait_for(lambda: is_active(self._client, name), f"{name} to become active", work.say)
        return {"waitedSeconds": round((datetime.now(UTC) - began).total_seconds(), 1)}

    def settings(self, work: Work) -> Facts:
        settings.apply(self._client, self._table.name, self._wanted(work))
        settings.require(self._client, self._table.name, self._wanted(work))
        return {"settingsDiffer": 0}

    def _wanted(self, work: Work) -> Settings:
        """As the template says that was kept."""
        return settings.wanted_settings(_kept(work)["Resources"][self._table.logical_id])

    def reconnect(self, work: Work) -> Facts:
        return {"mappings": reconnect(self._target, self._table, _kept(work), work.say)}

    def drift(self, work: Work) -> Facts:
        """With the settings as the template had them, which the updates have been through."""
        settings.require(self._client, self._table.name, self._wanted(work))
        return {"drift": self._drift()}

    def _drift(self) -> str:
        """IN_SYNC, or how CloudFormation sees it. The emulator cannot say it of this type."""
        try:
            answer = self._target.cloudformation().detect_stack_resource_drift(
                StackName=self._target.stack, LogicalResourceId=self._table.logical_id
            )
        except ClientError as error:
            if KIND in str(error):
                return "not told"
            raise
        return str(answer["StackResourceDrift"]["StackResourceDriftStatus"])


def _kept(work: Work) -> Mapping[str, Any]:
    template: Mapping[str, Any] = json.loads(Path(work.facts["template"]).read_text())
    return template


def backups(client: DynamoDBClient) -> list[BackupSummaryTypeDef]:
    """All that DynamoDB has in the region, of deleted tables too."""
    pages = client.get_paginator("list_backups").paginate(BackupType="ALL")
    return [each for page in pages for each in page["BackupSummaries"]]


def chosen_backup(
    found: Sequence[BackupSummaryTypeDef], table: str, at: datetime | None, arn: str | None
) -> BackupSummaryTypeDef:
    """The one called ``arn``, or else the newest that a deletion left of ``table`` until ``at``.

    Raises OperationError, with those that there are, when there is none.
    """
    of_table = [
        each
        for each in found
        if each["TableName"] == table and each.get("BackupStatus") == "AVAILABLE"
    ]
    fitting = [
        each
        for each in of_table
        if (each["BackupArn"] == arn if arn else each["BackupType"] == _SYSTEM)
        and (at is None or each["BackupCreationDateTime"] <= at)
    ]
    if fitting:
        return max(fitting, key=lambda each: each["BackupCreationDateTime"])
    others = "; ".join(
        f"{each['BackupArn']} ({each['BackupType']}, {timestamp(each['BackupCreationDateTime'])})"
        for each in of_table
    )
    raise OperationError(
        f"There is no such backup of {table}. A deleted table leaves one for 35 days, if its"
        f" recovery was on. There are: {others or 'none'}. Take one with --backup ARN."
    )
