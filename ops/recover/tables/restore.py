"""``shop recover table restore``: a table as it was, beside the live one."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from ops.errors import OperationError
from ops.recover.operation import Facts, Operation, Step, Work
from ops.recover.tables import settings
from ops.recover.tables.origin import RESTORED, described, is_there, source_of
from ops.recover.tables.waiting import is_active, wait_for
from shop.clock import timestamp

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mypy_boto3_dynamodb import DynamoDBClient

    from ops.recover.tables.locate import StackTable
    from ops.target import Target

_LONGEST_NAME = 255
MOMENT = "%Y%m%dT%H%M%S"
"""As it ends the name of a restored table."""


class Window(NamedTuple):
    """The moments that a table can be restored to."""

    earliest: datetime
    latest: datetime


def restore(
    target: Target, tables: Sequence[StackTable], moment: datetime, subject: str
) -> Operation:
    """Restore each of ``tables`` beside itself, all to the same second (of ``moment``)."""
    second = moment.astimezone(UTC).replace(microsecond=0)
    restoring = _Restoring(target, tables, second)
    names = ", ".join(table.logical_id for table in tables)
    return Operation(
        "table restore",
        subject,
        {"at": timestamp(second), "tables": names, "stack": target.stack},
        [
            Step(
                "check",
                f"see whether {names} can be restored to {second:%Y-%m-%dT%H:%M:%SZ}",
                restoring.check,
            ),
            Step(
                "begin", f"restore as {', '.join(map(restoring.beside, tables))}", restoring.begin
            ),
            Step("wait", "until all are there, with their indexes", restoring.wait),
            Step(
                "settings",
                "set what a restore leaves out as the template says, and compare all",
                restoring.settings,
            ),
        ],
        lambda facts: facts["lostSeconds"],
        restoring.is_undone,
    )


def restored_name(live: str, second: datetime) -> str:
    """Of the table that is restored beside ``live``. Raises OperationError when it is too long."""
    name = f"{live}{RESTORED}{second:{MOMENT}}"
    if len(name) > _LONGEST_NAME:
        raise OperationError(f"{name} is longer than the name of a table may be.")
    return name


class _Restoring:
    def __init__(self, target: Target, tables: Sequence[StackTable], second: datetime) -> None:
        self._target = target
        self._client = target.dynamodb()
        self._tables = tables
        self._second = second

    def beside(self, table: StackTable) -> str:
        return restored_name(table.name, self._second)

    def check(self, _: Work) -> Facts:
        """Notes each table's window (locally there is none), and what is lost."""
        windows: dict[str, Any] = {}
        for table in self._tables:
            window = restorable_window(self._client, table.name)
            if self._target.keeps_history or self._target.rehearsed:
                require_within(window, table.name, self._second)
            windows[table.logical_id] = [timestamp(each) for each in window]
        lost = (datetime.now(UTC) - self._second).total_seconds()
        return {"windows": windows, "lostSeconds": lost, "tables": self._names()}

    def _names(self) -> dict[str, str]:
        return {table.name: self.beside(table) for table in self._tables}

    def begin(self, _: Work) -> Facts:
        """All at once; one that was begun before, by a run that crashed, is known by its name."""
        begun = 0
        for table in self._tables:
            if not self._is_begun(table):
                self._begin(table)
                begun += 1
        return {"begun": begun}

    def _begin(self, table: StackTable) -> None:
        try:
            self._client.restore_table_to_point_in_time(
                SourceTableName=table.name,
                TargetTableName=self.beside(table),
                RestoreDateTime=self._second,
            )
        except self._client.exceptions.TableAlreadyExistsException:
            # The SDK asks again when an answer is lost: the table in the way may be our own.
            if not self._is_begun(table):
                raise

    def _is_begun(self, table: StackTable) -> bool:
        name = self.beside(table)
        found = described(self._client, name)
        if found and source_of(found) not in (None, table.name):
            raise OperationError(
                f"There is a table {name} already, which came from {source_of(found)}."
            )
        return found is not None

    def is_undone(self, facts: Facts) -> bool:
        """Whether a table that an earlier run began was discarded since."""
        return "begun" in facts and not all(
            is_there(self._client, self.beside(table)) for table in self._tables
        )

    def wait(self, work: Work) -> Facts:
        """For all of them side by side."""
        began = datetime.now(UTC)
        waiting = [self.beside(table) for table in self._tables]

        def is_done() -> bool:
            waiting[:] = [name for name in waiting if not is_active(self._client, name)]
            return not waiting

        wait_for(is_done, "The restored tables to become active", work.say)
        return {"waitedSeconds": round((datetime.now(UTC) - began).total_seconds(), 1)}

    def settings(self, work: Work) -> Facts:
        """Notes what was set, and that nothing differs from the template any more."""
        for table in self._tables:
            work.say(table.logical_id)
            settings.apply(self._client, self.beside(table), table.wanted)
            settings.require(self._client, self.beside(table), table.wanted)
        return {"settingsDiffer": 0}


def restorable_window(client: DynamoDBClient, name: str) -> Window:
    """Raises OperationError when there is none: no such table, or its recovery is off."""
    try:
        answer = client.describe_continuous_backups(TableName=name)
    except (
        client.exceptions.ResourceNotFoundException,
        client.exceptions.TableNotFoundException,
    ):
        raise OperationError(
            f"There is no table {name}. If it was deleted: shop recover table adopt"
        ) from None
    found = answer["ContinuousBackupsDescription"].get("PointInTimeRecoveryDescription", {})
    if "EarliestRestorableDateTime" not in found or "LatestRestorableDateTime" not in found:
        raise OperationError(
            f"Point-in-time recovery of {name} is off: there is nothing to restore."
        )
    return Window(found["EarliestRestorableDateTime"], found["LatestRestorableDateTime"])


def require_within(window: Window, name: str, moment: datetime) -> None:
    """Raise OperationError unless ``name`` can be restored to ``moment``."""
    if not window.earliest <= moment <= window.latest:
        raise OperationError(
            f"{name} can be restored to moments from {timestamp(window.earliest)} to"
            f" {timestamp(window.latest)} (about five minutes ago), not to {timestamp(moment)}."
        )
