"""All migrations that a stack has not had, one after the other."""

from __future__ import annotations

import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, NamedTuple

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from ops.errors import OperationError
from ops.migrate.budget import Budget
from ops.migrate.ledger import Ledger, State
from ops.migrate.migration import migrations
from ops.migrate.report import Applied, write_report
from ops.migrate.run import Run, Spending
from ops.recover.tables.locate import stack_tables

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from rich.console import Console

    from ops.migrate.migration import Migration
    from ops.target import Target


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
        self._names = table_names(target)
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

    def reading(self, migration: Migration) -> Run:
        """To look at its items without a limit."""
        return self._run(migration, Spending(Budget(None), Budget(None)))

    def up(self, console: Console, manner: Manner) -> list[Applied]:
        """Apply what is pending, until one could not bring all items along; that is the last."""
        applied: list[Applied] = []
        for migration in self.pending():
            applied.append(self._apply(migration, console, manner))
            if applied[-1].failed:
                break
        if applied and manner.folder:
            path = write_report(manner.folder, self.stack, applied)
            console.print(f"The report is in {path}", soft_wrap=True)
        return applied

    def _apply(self, migration: Migration, console: Console, manner: Manner) -> Applied:
        began = time.monotonic()
        name = self._names[migration.logical_id]
        spending = Spending(Budget(manner.units), Budget(manner.units))
        # DynamoDB counts a table's items every six hours or so: an estimate.
        total = self._client.describe_table(TableName=name)["Table"]["ItemCount"]
        with _progress(console, migration.title, total) as advance:
            run = self._run(migration, spending, advance)
            entry = run.up(segments=manner.segments, take_over=manner.take_over)
        seconds = time.monotonic() - began
        applied = Applied(
            migration, name, entry, seconds, spending.reads.used, spending.writes.used
        )
        counts = ", ".join(f"{number:,} {what}" for what, number in applied.counts().items())
        console.print(f"{migration.title}: {entry.state} ({counts})", highlight=False)
        for failure in entry.failures:
            console.print(f"  {failure.pk} {failure.sk}: {failure.problem}", markup=False)
        return applied

    def _run(
        self,
        migration: Migration,
        spending: Spending,
        on_read: Callable[[int], None] = lambda _: None,
    ) -> Run:
        name = self._names[migration.logical_id]
        return Run(self._client, name, migration, spending, on_read)


def table_names(target: Target) -> Mapping[str, str]:
    """Of the stack's tables, by logical id."""
    return {each.logical_id: each.name for each in stack_tables(target)}


def _chosen(table: str | None) -> list[Migration]:
    found = migrations()
    known = {each.table for each in found}
    if table and table.removesuffix("Table") not in known:
        raise OperationError(f"No migration is for a table {table!r}; there are: {sorted(known)}.")
    return [each for each in found if table in (None, each.table, each.logical_id)]


@contextmanager
def _progress(console: Console, title: str, total: int) -> Iterator[Callable[[int], None]]:
    columns = (TextColumn(title), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(
        *columns, console=console, transient=True, disable=not console.is_terminal
    ) as bar:
        task = bar.add_task("", total=total or None)
        yield lambda done: bar.advance(task, done)
