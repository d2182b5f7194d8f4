"""``shop recover table``."""

import json
from contextlib import ExitStack
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from ops.errors import OperationError
from ops.recover.moments import parse_moment
from ops.recover.operation import run
from ops.recover.options import DEFAULT_FOLDER, At, DryRun, Folder, Region, Stack, Yes
from ops.recover.tables import repair_command, shown
from ops.recover.tables.adopt import adopt as adopting
from ops.recover.tables.compare import SAMPLES, Comparison
from ops.recover.tables.compare import compare as compared
from ops.recover.tables.discard import discard as discarding
from ops.recover.tables.keys_file import KeysFile, Wanted, keys_file
from ops.recover.tables.locate import StackTable, find_table, stack_tables, table_name
from ops.recover.tables.options import KeysFileTo, Name, OfAttribute, OfKind, Restored
from ops.recover.tables.origin import require_same_origin
from ops.recover.tables.restore import restore as restoring
from ops.target import Target, find_target

app = typer.Typer(no_args_is_help=True, help="Tables as they were.")
app.command()(repair_command.repair)
console = Console(highlight=False)

_Restorable = Annotated[str | None, typer.Argument(help="Products, ProductsTable, or its own name")]
_All = Annotated[bool, typer.Option("--all", help="Every table of the stack, to the same second")]


@app.callback()
def _table() -> None:
    """Restore, compare, repair, adopt and discard tables."""


@app.command()
def restore(
    name: _Restorable = None,
    *,
    at: At,
    all_tables: _All = False,
    stack: Stack = None,
    region: Region = None,
    dry_run: DryRun = False,
    yes: Yes = None,
    folder: Folder = DEFAULT_FOLDER,
) -> None:
    """Restore a table as it was at a moment, beside the live one, which stays as it is.

    What a restore leaves out is set again as the stack's template says, and compared. The new table
    is called <live>-restored-<moment>; compare it, repair from it, and delete it when done.
    """
    moment = parse_moment(at)
    target = find_target(stack, region)
    tables, subject = _meant(target, name, all_tables=all_tables)
    if target.rehearsed:
        console.print("This is a rehearsal: its double of DynamoDB knows the local tables' past.")
    elif not target.keeps_history:
        console.print("The local AWS keeps no history: it restores what is there now.")
    report = run(
        restoring(target, tables, moment, subject), console, folder, dry_run=dry_run, confirmed=yes
    )
    if report:
        for live, restored in report.facts["tables"].items():
            console.print(
                f"To compare: shop recover table compare {live} {restored}", soft_wrap=True
            )


def _meant(target: Target, name: str | None, *, all_tables: bool) -> tuple[list[StackTable], str]:
    """The tables, and what a person confirms them by."""
    if (name is None) is not all_tables:
        raise OperationError("Name a table, or say --all.")
    tables = stack_tables(target) if name is None else [find_table(target, name)]
    return tables, target.stack if name is None else tables[0].subject


@app.command()
def discard(
    name: _Restorable = None,
    *,
    at: At,
    all_tables: _All = False,
    stack: Stack = None,
    region: Region = None,
    dry_run: DryRun = False,
    yes: Yes = None,
    folder: Folder = DEFAULT_FOLDER,
) -> None:
    """Delete what was restored beside a table to a moment, when it has served.

    The live tables stay as they are. DynamoDB keeps a backup of what is deleted for 35 days.
    """
    target, moment = find_target(stack, region), parse_moment(at)
    tables, subject = _meant(target, name, all_tables=all_tables)
    operation = discarding(target, tables, moment, subject)
    run(operation, console, folder, dry_run=dry_run, confirmed=yes)


@app.command()
def compare(  # noqa: PLR0913  (what a person may say)
    live: Name,
    restored: Restored,
    *,
    json_file: Annotated[
        Path | None, typer.Option("--json", help="Write the result there, too")
    ] = None,
    samples: Annotated[int, typer.Option(min=0, help="Items of each kind to show")] = SAMPLES,
    keys_to: KeysFileTo = None,
    kind: OfKind = None,
    attribute: OfAttribute = None,
    stack: Stack = None,
    region: Region = None,
) -> None:
    """Say how two tables differ, item by item, with a checksum of each.

    They are a table and a restore of it, or two restores. Exit code: 0 when they are the same, 1
    when they differ, 2 when that could not be found out.
    """
    if (kind or attribute) and not keys_to:
        raise OperationError("--kind and --attribute are about what goes into --keys-file.")
    wanted = Wanted(frozenset(each.kind for each in kind or []), frozenset(attribute or []))
    target = find_target(stack, region)
    one, other = (table_name(target, each) for each in (live, restored))
    require_same_origin(target.dynamodb(), one, other)
    with ExitStack() as files:
        keys = None
        if keys_to:
            file = keys_file(keys_to, target.dynamodb(), one, other, wanted)
            keys = files.enter_context(file)
        found = _compared(target, one, other, samples, keys)
    if json_file:
        json_file.write_text(json.dumps(found.to_json(), indent=2, ensure_ascii=False) + "\n")
    shown.comparison(console, found)
    if keys:
        is_one = keys.keys == 1
        told = f"{keys.keys:,} {'key is' if is_one else 'keys are'} in {keys_to}."
        console.print(told, soft_wrap=True, markup=False)
    if not found.same:
        raise typer.Exit(1)


def _compared(
    target: Target, live: str, restored: str, samples: int, keys: KeysFile | None
) -> Comparison:
    hear = keys.add if keys else lambda _: None
    with shown.reading(console) as on_read:
        return compared(
            target.dynamodb(), live, restored, on_read=on_read, on_difference=hear, samples=samples
        )


@app.command()
def adopt(
    name: Name,
    *,
    at: Annotated[
        str | None,
        typer.Option("--at", metavar="TIME", help="The newest backup until then; else of all"),
    ] = None,
    backup: Annotated[
        str | None, typer.Option(metavar="ARN", help="This backup, of whatever kind")
    ] = None,
    stack: Stack = None,
    region: Region = None,
    dry_run: DryRun = False,
    yes: Yes = None,
    folder: Folder = DEFAULT_FOLDER,
) -> None:
    """Bring back a table that is gone, under the name by which the stack knows it.

    A deleted table can be had as it was just before it was deleted, and at no other moment: that
    backup is kept for 35 days. With several, --at tells which.
    """
    moment = parse_moment(at) if at else None
    target = find_target(stack, region)
    table = find_table(target, name)
    operation = adopting(target, table, folder, at=moment, backup=backup)
    run(operation, console, folder, dry_run=dry_run, confirmed=yes)
