"""``shop recover table discard``: tables that were restored beside live ones, and have served."""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING

from ops.errors import OperationError
from ops.recover.operation import Facts, Operation, Step, Work
from ops.recover.tables.restore import restored_name
from ops.recover.tables.waiting import wait_for, wait_until_active

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import TableDescriptionTypeDef

    from ops.recover.tables.locate import StackTable
    from ops.target import Target


def discard(
    target: Target, tables: Sequence[StackTable], moment: datetime, subject: str
) -> Operation:
    """Delete what was restored beside each of ``tables`` to the second of ``moment``."""
    names = [restored_name(table.name, moment.astimezone(UTC)) for table in tables]
    discarding = _Discarding(target.dynamodb(), names)
    return Operation(
        "table discard",
        f"{subject}@{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}",
        {"tables": ", ".join(names)},
        [
            Step("check", "see which of them are there", discarding.check),
            Step("unprotect", f"let {', '.join(names)} be deleted", discarding.unprotect),
            Step("delete", "delete what was restored; the live tables stay", discarding.delete),
        ],
    )


class _Discarding:
    """Each step bears that an earlier run has done it: tables may be gone already."""

    def __init__(self, client: DynamoDBClient, names: Sequence[str]) -> None:
        self._client = client
        self._names = names

    def check(self, _: Work) -> Facts:
        there = [name for name in self._names if self._described(name)]
        if not there:
            raise OperationError(f"There is no table {' or '.join(self._names)}.")
        return {"tables": there}

    def unprotect(self, _: Work) -> Facts:
        protected = [
            name
            for name in self._names
            if (table := self._described(name)) and table.get("DeletionProtectionEnabled")
        ]
        for name in protected:
            self._client.update_table(TableName=name, DeletionProtectionEnabled=False)
            wait_until_active(self._client, name)
        return {"wereProtected": protected}

    def delete(self, work: Work) -> Facts:
        for name in self._names:
            table = self._described(name)
            if table and table["TableStatus"] != "DELETING":
                self._client.delete_table(TableName=name)
        wait_for(
            lambda: not any(map(self._described, self._names)), "The tables to be gone", work.say
        )
        return {}

    def _described(self, name: str) -> TableDescriptionTypeDef | None:
        try:
            return self._client.describe_table(TableName=name)["Table"]
        except self._client.exceptions.ResourceNotFoundException:
            return None
