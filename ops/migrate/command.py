"""``shop migrate``."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from ops.migrate import survey
from ops.migrate.apply import Manner, Migrations
from ops.migrate.entry import Entry, State
from ops.migrate.migration import Migration
from ops.migrate.plan_command import plan
from ops.recover.options import DryRun, Region, Stack
from ops.seed.reference import find_note
from ops.seed.store import Store
from ops.target import Target, find_target

app = typer.Typer(no_args_is_help=True)
app.command()(plan)
console = Console(highlight=False)

DEFAULT_FOLDER = Path(".migrate")
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
    folder: Annotated[Path, typer.Option(help="Where the report is written")] = DEFAULT_FOLDER,
) -> None:
    """Bring all items to the shape that the code wants, migration by migration.

    Each looks at all items again, half a minute later in AWS, until none is left to change. Bears
    being killed and begun again. Exit code 1: some items could not be brought along, or are put
    back each time; no later migration was begun. Twenty are told with their keys; the report has
    all.
    """
    todo = Migrations(find_target(stack, region), table)
    if dry_run:
        _preview(todo)
        return
    applied = todo.up(console, Manner(units, segments, take_over, folder))
    if not applied:
        console.print("There is nothing to do.")
    if any(each.failed for each in applied):
        raise typer.Exit(1)


@app.command()
def status(*, table: _Table = None, stack: Stack = None, region: Region = None) -> None:
    """Tell of each migration whether it was applied, when, and how many items that changed.

    Those that the ledgers of the tables tell of and that have no file here, too.
    """
    target = find_target(stack, region)
    known = Migrations(target, table)
    shown = Table("migration", "table", "state", "since")
    shown.add_column("changed", justify="right")
    for migration in known.all:
        entry = known.ledger(migration).entry(migration)
        _add(shown, migration.title, migration.table, entry, _state(known, migration, entry))
    for of_table, number, entry in known.without_files():
        title = f"{number} {entry.name.replace('_', ' ')}"
        _add(shown, title, of_table, entry, f"{entry.state}, no file here")
    console.print(shown)
    console.print(_reference(target))


@app.command()
def verify(*, table: _Table = None, stack: Stack = None, region: Region = None) -> None:
    """Check every item against what all migrations make of it, pending ones too; changes nothing.

    Exit code 1: some are not right. That tells whether shop migrate up is due (after a restore,
    say), and, after it, whether something puts back what was migrated.
    """
    known = Migrations(find_target(stack, region), table)
    bad = 0
    for migration in known.all:
        found = survey.problems(known.reading(migration))
        for failure in found.samples:
            console.print(f"  {failure.pk} {failure.sk}: {failure.problem}", markup=False)
        verdict = f"{found.problems:,} are not right" if found.problems else "all are right"
        entry = known.ledger(migration).entry(migration)
        if found.problems and entry.state is not State.DONE:
            verdict += f" ({_state(known, migration, entry)})"
        console.print(f"{migration.title}: {found.items:,} items, {verdict}")
        bad += found.problems
    if bad:
        raise typer.Exit(1)


def _preview(todo: Migrations) -> None:
    for migration in todo.pending():
        found = survey.preview(todo.reading(migration))
        console.print(
            f"{migration.title}: would change {found.changes:,} of {found.items:,} items,"
            f" and {found.problems:,} could not be brought along"
        )
        for line in found.samples:
            console.print(f"  {line.pk} {line.sk}: {line.problem}", markup=False)
    console.print("Nothing was changed: this was a dry run.")


def _add(shown: Table, title: str, of_table: str, entry: Entry, state: str) -> None:
    since = (entry.ended or entry.began or "").partition(".")[0].replace("T", " ")
    shown.add_row(title, of_table, state, since, entry.changed_told)


def _state(known: Migrations, migration: Migration, entry: Entry) -> str:
    state = str(entry.state)
    if entry.state is State.RUNNING and known.is_cut_off(migration):
        state = "cut off: shop migrate up goes on"
    if entry.digest not in (None, migration.digest):
        state += ", and its file was edited since"
    if entry.failures:
        state += f" for {len(entry.failures):,} items"
    return state


def _reference(target: Target) -> str:
    note = find_note(Store.of(target))
    if note is None:
        return "Reference data: not loaded (shop seed --reference)"
    return f"Reference data: version {note.version}, loaded {note.loaded_at}"
