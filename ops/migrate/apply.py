"""All migrations that a stack has not had, one after the other."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, NamedTuple

from rich.console import Console

from ops.errors import OperationError
from ops.migrate.budget import Budget
from ops.migrate.entry import State
from ops.migrate.ledger import Ledger
from ops.migrate.lock import is_held
from ops.migrate.migration import migrations, told
from ops.migrate.progress import bar
from ops.migrate.report import Applied, write_report
from ops.migrate.run import Run, Spending
from ops.recover.tables.locate import stack_tables

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from ops.migrate.entry import Entry, Failure
    from ops.migrate.migration import Migration
    from ops.migrate.run import Watcher
    from ops.target import Target


SHOWN = 20
"""Failures that are told; the report has all."""
SETTLE_SECONDS = 30
"""Between two passes. Functions end within 25 s: who had read an item before the first one came to
it has written by then, and the next one sees what became of it."""


class Manner(NamedTuple):
    """How to go about it."""

    units: float | None = None
    """Of capacity a second, for reads and for writes; None: no limit."""
    segments: int | None = None
    """Parts of a table at a time."""
    take_over: bool = False
    """Whether the lock is taken from whoever has it."""
    folder: Path | None = None
    """Where a report is written, if there was anything to do."""


class Migrations:
    """Those of a stack's tables, or of the one that is called ``table``.

    Raises OperationError for a table that no migration is for.
    """

    def __init__(self, target: Target, table: str | None = None) -> None:
        self.stack = target.stack
        self._client = target.dynamodb()
        # Who has a stack on the own machine does not want to wait for customers that are not there.
        self._settle = 0 if target.endpoint_url else SETTLE_SECONDS
        self._names = table_names(target)
        self._only = table
        self.all = _chosen(table)
        for each in self.all:
            if each.logical_id not in self._names:
                known = ", ".join(sorted(self._names))
                raise OperationError(
                    f"{each.title}: no table {each.logical_id}; there are {known}."
                )

    def ledger(self, migration: Migration) -> Ledger:
        return Ledger(self._client, self._names[migration.logical_id])

    def pending(self) -> list[Migration]:
        return [each for each in self.all if self.ledger(each).entry(each).state is not State.DONE]

    def is_cut_off(self, migration: Migration) -> bool:
        """Whether nobody is at it any more, for a migration that is running by its ledger."""
        return not is_held(self._client, self._names[migration.logical_id])

    def without_files(self) -> Iterator[tuple[str, str, Entry]]:
        """What ledgers tell of and ``all`` does not have: table, number, entry."""
        for logical_id, name in self._names.items():
            if self._only in (None, logical_id, logical_id.removesuffix("Table")):
                known = {each.number for each in self.all if each.logical_id == logical_id}
                for number, entry in Ledger(self._client, name).others(known).items():
                    yield logical_id.removesuffix("Table"), number, entry

    def reading(self, migration: Migration) -> Run:
        """To look at its items without a limit."""
        return self._run(migration, Spending(Budget(None), Budget(None)))

    def up(self, console: Console, manner: Manner) -> list[Applied]:
        """Apply what is pending, until one could not bring all items along; that is the last."""
        applied: list[Applied] = []
        for migration in self.pending():
            done = self._apply(migration, console, manner)
            if done:
                applied.append(done)
            if done and done.failed:
                break
        if applied and manner.folder:
            path = write_report(manner.folder, self.stack, applied)
            console.print(f"The report is in {path}", soft_wrap=True)
        return applied

    def _apply(self, migration: Migration, console: Console, manner: Manner) -> Applied | None:
        began = time.monotonic()
        name = self._names[migration.logical_id]
        spending = Spending(Budget(manner.units), Budget(manner.units))
        # DynamoDB counts a table's items every six hours or so: an estimate.
        total = self._client.describe_table(TableName=name)["Table"]["ItemCount"]
        with bar(console, migration.title, total) as watcher:
            entry = self._run(migration, spending, watcher).up(
                segments=manner.segments, take_over=manner.take_over, settle=self._settle
            )
        if entry is None:
            console.print(f"{migration.title}: another run has done it meanwhile", highlight=False)
            return None
        used = (spending.reads.used, spending.writes.used)
        applied = Applied(migration, name, entry, time.monotonic() - began, *used)
        console.print(f"{migration.title}: {applied.told()}", highlight=False)
        _tell_failures(console, entry.failures)
        return applied

    def _run(
        self,
        migration: Migration,
        spending: Spending,
        watcher: Watcher | None = None,
    ) -> Run:
        name = self._names[migration.logical_id]
        return Run(self._client, name, migration, spending, watcher)


def bring_along(target: Target) -> str | None:
    """Apply what is pending to a stack that nobody is at yet; what to warn of, or None.

    Whatever a migration does is no reason to keep such a stack from coming up.
    """
    try:
        applied = Migrations(target).up(Console(quiet=True), Manner(take_over=True))
    except Exception as error:  # noqa: BLE001  (told, and the same again by shop migrate up)
        return f"The items are not all migrated. {told(error)}"
    failed = [each for each in applied if each.failed]
    if failed:
        return f"{failed[0].migration.title}: {failed[0].told()} (shop migrate up tells more)"
    return None


def table_names(target: Target) -> Mapping[str, str]:
    """Of the stack's tables, by logical id."""
    return {each.logical_id: each.name for each in stack_tables(target)}


def _chosen(table: str | None) -> list[Migration]:
    found = migrations()
    known = {each.table for each in found}
    if table and table.removesuffix("Table") not in known:
        raise OperationError(f"No migration is for a table {table!r}; there are: {sorted(known)}.")
    return [each for each in found if table in (None, each.table, each.logical_id)]


def _tell_failures(console: Console, failures: Sequence[Failure]) -> None:
    for each in failures[:SHOWN]:
        console.print(f"  {each.pk} {each.sk}: {each.problem}", markup=False)
    if len(failures) > SHOWN:
        console.print(f"  and {len(failures) - SHOWN:,} more, in the report")
