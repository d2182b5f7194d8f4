"""``shop recover table discard``: tables that were restored beside live ones, and have served."""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING

from ops.errors import OperationError
from ops.recover.operation import Facts, Operation, Step, Work
from ops.recover.tables.origin import described, is_there
from ops.recover.tables.restore import restored_name
from ops.recover.tables.waiting import wait_for, wait_until_active

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from mypy_boto3_dynamodb import DynamoDBClient

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
        is_undone=discarding.is_undone,
    )


class _Discarding:
    """Each step bears that an earlier run has done it: tables may be gone already."""

    def __init__(self, client: DynamoDBClient, names: Sequence[str]) -> None:
        self._client = client
        self._names = names

    def check(self, _: Work) -> Facts:
        there = self._there()
        if not there:
            raise OperationError(f"There is no table {' or '.join(self._names)}.")
        return {"tables": there}

    def _there(self) -> list[str]:
        return [name for name in self._names if is_there(self._client, name)]

    def is_undone(self, facts: Facts) -> bool:
        """Whether one that an earlier run deleted was restored again since."""
        return "deleted" in facts and bool(self._there())

    def unprotect(self, _: Work) -> Facts:
        protected = [
            name
            for name in self._names
            if (table := described(self._client, name)) and table.get("DeletionProtectionEnabled")
        ]
        for name in protected:
            self._client.update_table(TableName=name, DeletionProtectionEnabled=False)
            wait_until_active(self._client, name)
        return {"wereProtected": protected}

    def delete(self, work: Work) -> Facts:
        """One that was restored anew since an earlier run looked is protected again."""
        self.unprotect(work)
        for name in self._names:
            table = described(self._client, name)
            if table and table["TableStatus"] != "DELETING":
                self._client.delete_table(TableName=name)
        wait_for(lambda: not self._there(), "The tables to be gone", work.say)
        return {"deleted": work.facts["tables"]}
