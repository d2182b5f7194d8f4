"""``shop recover table repair``."""

import hashlib
import json
from pathlib import Path
from typing import Annotated, NamedTuple

import typer
from rich.console import Console

from ops.errors import OperationError
from ops.recover.moments import parse_moment
from ops.recover.operation import Operation, run
from ops.recover.options import DEFAULT_FOLDER, DryRun, Folder, Region, Stack, Yes
from ops.recover.report import Report
from ops.recover.tables import choose, shown
from ops.recover.tables import repair as repairs
from ops.recover.tables.choose import Choice
from ops.recover.tables.locate import StackTable, find_table, table_name
from ops.recover.tables.options import From, Keys, Name, Since
from ops.target import Target, find_target
from shop.clock import timestamp

console = Console(highlight=False)

_HALVES = (
    "An order and the stock that it took are rows of two tables, written in one transaction:"
    " putting one of them right may leave the other half as it is. Run `shop recover verify`"
    " afterwards."
)
_IN_TRANSACTIONS = {"OrdersTable", "ProductsTable"}


def repair(  # noqa: PLR0913  (what a person may say)
    name: Name,
    *,
    restored: From = None,
    keys: Keys = None,
    since: Since = None,
    everything: Annotated[
        bool, typer.Option("--everything", help="All rows that differ: newer good changes go, too")
    ] = False,
    delete_added: Annotated[
        bool,
        typer.Option("--delete-added", help="Also delete rows that are only in the live table"),
    ] = False,
    attributes: Annotated[
        list[str] | None,
        typer.Option(
            "--attribute",
            metavar="NAME",
            help="Only this attribute of rows that both have: newer changes of others stay. May be"
            " given again",
        ),
    ] = None,
    undo: Annotated[
        Path | None, typer.Option(help="Take a repair back, by the file that it wrote")
    ] = None,
    stack: Stack = None,
    region: Region = None,
    dry_run: DryRun = False,
    yes: Yes = None,
    folder: Folder = DEFAULT_FOLDER,
) -> None:
    """Put right in place what a bad write broke, with the rows of a restored table.

    Each row is written only if it is still as it was read: what changed since is left and told.
    What the rows were is kept in a file, with which --undo takes it back. Exit code 1: some were
    left.
    """
    target = find_target(stack, region)
    table = find_table(target, name)
    if undo:
        if restored or keys or since or everything or delete_added or attributes:
            raise OperationError("--undo goes without the options of a repair.")
        operation = repairs.taking_back(target.dynamodb(), table, undo)
    else:
        wish = _Wish(
            restored,
            keys or [],
            since,
            attributes or [],
            everything=everything,
            delete_added=delete_added,
        )
        operation = _prepared(target, table, wish, folder)
    report = run(operation, console, folder, dry_run=dry_run, confirmed=yes)
    if report and _left(report):
        raise typer.Exit(1)


class _Wish(NamedTuple):
    restored: str | None
    keys: list[str]
    since: str | None
    attributes: list[str]
    everything: bool
    delete_added: bool

    def require_clear(self) -> None:
        """Raise OperationError for a wish that nobody should have to guess."""
        if not self.restored:
            raise OperationError("Say --from which table, or --undo which file.")
        if sum(map(bool, (self.keys, self.since, self.everything))) != 1:
            raise OperationError("Say which rows: --keys, --since a moment, or --everything.")
        if self.attributes and self.delete_added:
            raise OperationError("--attribute is about rows that both have, --delete-added is not.")


def _prepared(target: Target, table: StackTable, wish: _Wish, folder: Path) -> Operation:
    """The repair, after it was shown what it would do."""
    wish.require_clear()
    client = target.dynamodb()
    restored = table_name(target, str(wish.restored))
    repairs.require_alike(client, table.name, restored)
    since = timestamp(parse_moment(wish.since)) if wish.since else None
    arguments = {
        "from": restored,
        "keys": hashlib.sha256(json.dumps(sorted(wish.keys)).encode()).hexdigest()[:16],
        "since": since or "",
        "deleteAdded": str(wish.delete_added),
        "attributes": " ".join(sorted(wish.attributes)),
        "table": table.name,
    }
    path = folder / f"keys-{table.name}.txt"
    if wish.keys:
        texts = choose.given_keys(wish.keys)
        repairs.write_keys(path, choose.row_keys(client, [table.name, restored], texts))
    else:
        with shown.reading(console) as on_read:
            repairs.write_differing_keys(client, table.name, restored, path, on_read)
    made = repairs.Repair(
        client, table, restored, path, Choice(since, wish.delete_added, frozenset(wish.attributes))
    )
    shown.preview(console, repairs.preview(made))
    if table.logical_id in _IN_TRANSACTIONS:
        console.print(_HALVES)
    return repairs.repairing(made, folder, arguments)


def _left(report: Report) -> bool:
    """Tell what came of it, and of the rows that were left; whether there are any."""
    for outcome, number in report.facts["outcomes"].items():
        console.print(f"{number:,} {outcome}")
    for row in report.facts["left"]:
        console.print(f"  {row}", markup=False)
    return bool(report.facts["left"])
