"""``shop migrate``."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from ops.errors import OperationError
from ops.migrate import survey
from ops.migrate.budget import Budget
from ops.migrate.ledger import Ledger, State
from ops.migrate.migration import Migration, migrations
from ops.migrate.plan_command import plan
from ops.migrate.report import Applied, write_report
from ops.migrate.run import Run, Spending
from ops.recover.options import DryRun, Region, Stack
from ops.recover.tables.locate import stack_tables
from ops.target import Target, find_target

app = typer.Typer(no_args_is_help=True)
app.command()(plan)
console = Console(highlight=False)

_Table = Annotated[str | None, typer.Option("--table", help="Only its migrations, as in Products")]


@app.callback()
def _migrate() -> None:
    """Change what tables and their items look like, in a shop that is open."""


@app.command()
def up(
    *,
    table: _Table = None,
    units: Annotated[
        float | None,
        typer.Option(min=1, help="Capacity units a second, of reads and of writes; else no limit"),
    ] = None,
    segments: Annotated[int | None, typer.Option(min=1, max=64, help="Parts at a time")] = None,
    take_over: Annotated[
        bool, typer.Option("--take-over", help="From a run that was killed, at once")
    ] = False,
    stack: Stack = None,
    region: Region = None,
    dry_run: DryRun = False,
    folder: Annotated[Path, typer.Option(help="Where the report is written")] = Path(".migrate"),
) -> None:
    """Bring all items to the shape that the code wants, migration by migration.

    Bears being killed and begun again. Exit code 1: some items could not be brought along; each is
    told with its key, and no later migration was begun.
    """
    target = find_target(stack, region)
    tables = _tables(target)
    applied: list[Applied] = []
    for migration in _pending(target, tables, table):
        if dry_run:
            _preview(target, tables[migration.logical_id], migration)
            continue
        spending = Spending(Budget(units), Budget(units))
        run = _Run(target, tables[migration.logical_id], migration, spending)
        applied.append(run.up(segments, take_over=take_over))
        if applied[-1].entry.state is State.FAILED:
            break
    if dry_run:
        console.print("Nothing was changed: this was a dry run.")
    elif applied:
        path = write_report(folder, target.stack, applied)
        console.print(f"The report is in {path}", soft_wrap=True)
    else:
        console.print("There is nothing to do.")
    if any(each.entry.state is State.FAILED for each in applied):
        raise typer.Exit(1)


@app.command()
def status(*, table: _Table = None, stack: Stack = None, region: Region = None) -> None:
    """Tell of each migration whether it was applied, when, and to how many items."""
    target = find_target(stack, region)
    tables = _tables(target)
    shown = Table("migration", "table", "state", "began", "ended")
    shown.add_column("changed", justify="right")
    for migration in _chosen(table):
        entry = Ledger(target.dynamodb(), tables[migration.logical_id]).entry(migration)
        state = str(entry.state)
        if entry.digest not in (None, migration.digest):
            state += ", and its file was edited since"
        if entry.failures:
            state += f" for {len(entry.failures):,} items"
        times = (entry.began or "", entry.ended or "")
        shown.add_row(migration.title, migration.table, state, *times, f"{entry.changed:,}")
    console.print(shown)


@app.command()
def verify(*, table: _Table = None, stack: Stack = None, region: Region = None) -> None:
    """Check every item of the tables that were migrated; changes nothing.

    Exit code 1: some are not as their migration should have left them.
    """
    target = find_target(stack, region)
    tables = _tables(target)
    bad = 0
    for migration in _chosen(table):
        found = survey.problems(_reading(target, tables[migration.logical_id], migration))
        for failure in found.samples:
            console.print(f"  {failure.pk} {failure.sk}: {failure.problem}", markup=False)
        verdict = f"{found.problems:,} are not right" if found.problems else "all are right"
        console.print(f"{migration.title}: {found.items:,} items, {verdict}")
        bad += found.problems
    if bad:
        raise typer.Exit(1)


class _Run:
    """A migration with its progress shown."""

    def __init__(
        self, target: Target, table: str, migration: Migration, spending: Spending
    ) -> None:
        self._client = target.dynamodb()
        self._table = table
        self._migration = migration
        self._spending = spending

    def up(self, segments: int | None, *, take_over: bool) -> Applied:
        began = time.monotonic()
        # DynamoDB counts a table's items every six hours or so: an estimate.
        total = self._client.describe_table(TableName=self._table)["Table"]["ItemCount"]
        with _progress(self._migration.title, total) as advance:
            run = Run(self._client, self._table, self._migration, self._spending, advance)
            entry = run.up(segments=segments, take_over=take_over)
        reads, writes = self._spending
        applied = Applied(
            self._migration, self._table, entry, time.monotonic() - began, reads.used, writes.used
        )
        counts = ", ".join(f"{number:,} {name}" for name, number in applied.counts().items())
        console.print(f"{self._migration.title}: {entry.state} ({counts})")
        for failure in entry.failures:
            console.print(f"  {failure.pk} {failure.sk}: {failure.problem}", markup=False)
        return applied


def _preview(target: Target, table: str, migration: Migration) -> None:
    found = survey.preview(_reading(target, table, migration))
    console.print(
        f"{migration.title}: would change {found.changes:,} of {found.items:,} items,"
        f" and {found.problems:,} could not be brought along"
    )
    for line in found.samples:
        console.print(f"  {line.pk} {line.sk}: {line.problem}", markup=False)


def _reading(target: Target, table: str, migration: Migration) -> Run:
    return Run(target.dynamodb(), table, migration, Spending(Budget(None), Budget(None)))


def _tables(target: Target) -> dict[str, str]:
    """Names of the stack's tables, by logical id."""
    return {each.logical_id: each.name for each in stack_tables(target)}


def _chosen(table: str | None) -> list[Migration]:
    """Raises OperationError for a table that no migration is for."""
    found = migrations()
    known = {each.table for each in found}
    if table and table.removesuffix("Table") not in known:
        raise OperationError(f"No migration is for a table {table!r}; there are: {sorted(known)}.")
    return [each for each in found if table in (None, each.table, each.logical_id)]


def _pending(target: Target, tables: dict[str, str], table: str | None) -> Sequence[Migration]:
    return [
        each
        for each in _chosen(table)
        if Ledger(target.dynamodb(), tables[each.logical_id]).entry(each).state is not State.DONE
    ]


@contextmanager
def _progress(title: str, total: int) -> Iterator[Callable[[int], None]]:
    columns = (TextColumn(title), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(
        *columns, console=console, transient=True, disable=not console.is_terminal
    ) as bar:
        task = bar.add_task("", total=total or None)
        yield lambda done: bar.advance(task, done)
