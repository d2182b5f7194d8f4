"""``shop recover table repair``."""

import hashlib
import json
import tempfile
from pathlib import Path
from typing import NamedTuple

import typer
from rich.console import Console

from ops.errors import OperationError
from ops.recover.journal import Journal
from ops.recover.moments import parse_moment
from ops.recover.operation import Operation, run
from ops.recover.options import DEFAULT_FOLDER, DryRun, Folder, Region, Stack, Yes
from ops.recover.report import Report
from ops.recover.tables import choose, shown
from ops.recover.tables import repair as repairs
from ops.recover.tables.agreed import write_keys
from ops.recover.tables.choose import Choice
from ops.recover.tables.locate import StackTable, find_table, table_name
from ops.recover.tables.options import (
    Attributes,
    DeleteAdded,
    Everything,
    From,
    Keys,
    Name,
    Since,
    Undo,
)
from ops.recover.tables.origin import require_same_origin
from ops.recover.tables.preview import Preview, look, look_at_rest, write_differing_keys
from ops.recover.tables.repair import Repair
from ops.target import Target, find_target
from shop.clock import timestamp

console = Console(highlight=False)


def repair(  # noqa: PLR0913  (what a person may say)
    name: Name,
    *,
    restored: From = None,
    keys: Keys = None,
    since: Since = None,
    everything: Everything = False,
    delete_added: DeleteAdded = False,
    attributes: Attributes = None,
    undo: Undo = None,
    stack: Stack = None,
    region: Region = None,
    dry_run: DryRun = False,
    yes: Yes = None,
    folder: Folder = DEFAULT_FOLDER,
) -> None:
    """Put right in place what a bad write broke, with the rows of a restored table.

    Each row is written only if it is still as it was shown: what changed since is left and told.
    What the rows were is kept in a file, with which --undo takes it back. Exit code 1: some were
    left.
    """
    target = find_target(stack, region)
    table = find_table(target, name)
    wish = _Wish(restored, keys or [], since, attributes or [], everything, delete_added)
    with tempfile.TemporaryDirectory(prefix="shop-recover-") as scratch:
        if undo:
            if any(wish):
                raise OperationError("--undo goes without the options of a repair.")
            operation = repairs.taking_back(target.dynamodb(), table, undo)
        else:
            operation = _prepared(target, table, wish, folder, Path(scratch))
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

    def choice(self) -> Choice:
        since = timestamp(parse_moment(self.since)) if self.since else None
        return Choice(since, self.delete_added, frozenset(self.attributes))

    def require_clear(self) -> None:
        """Raise OperationError for a wish that nobody should have to guess."""
        if not self.restored:
            raise OperationError("Say --from which table, or --undo which file.")
        if sum(map(bool, (self.keys, self.since, self.everything))) != 1:
            raise OperationError("Say which rows: --keys, --since a moment, or --everything.")
        if self.attributes and self.delete_added:
            raise OperationError("--attribute is about rows that both have, --delete-added is not.")


def _prepared(
    target: Target, table: StackTable, wish: _Wish, folder: Path, scratch: Path
) -> Operation:
    """The repair, after it was shown what it would do.

    Its list of rows is in ``scratch``, so that no other run's look can change it; but if a run of
    the same command crashed after it was confirmed, it is about the rows of that one.
    """
    wish.require_clear()
    client = target.dynamodb()
    restored = table_name(target, str(wish.restored))
    require_same_origin(client, table.name, restored)
    repairs.require_alike(client, table.name, restored)
    texts = choose.given_keys(wish.keys)
    choice = wish.choice()
    arguments = {
        "from": restored,
        "keys": hashlib.sha256(json.dumps(sorted(texts)).encode()).hexdigest()[:16],
        "since": choice.since or "",
        "deleteAdded": str(wish.delete_added),
        "attributes": " ".join(sorted(wish.attributes)),
        "table": table.name,
    }
    journal = Journal.of(folder, repairs.NAME, table.subject, arguments)
    is_begun = journal.is_done(repairs.FIRST) and journal.rows.exists()
    agreed = journal.rows if is_begun else scratch / "rows"
    made = repairs.Repair(client, table, restored, choice, agreed)
    found = look_at_rest(made) if is_begun else _look(made, texts, scratch / "keys")
    shown.preview(console, found, table, choice)
    return repairs.repairing(made, folder, arguments, journal.rows)


def _look(made: Repair, texts: list[str], keys: Path) -> Preview:
    tables = made.table.name, made.restored
    if texts:
        write_keys(keys, choose.row_keys(made.client, tables, texts))
    else:
        with shown.reading(console) as on_read:
            write_differing_keys(made.client, *tables, keys, on_read)
    return look(made, keys, named=bool(texts))


def _left(report: Report) -> bool:
    """Tell what came of it, and of the rows that were left; whether there are any."""
    for outcome, number in report.facts["outcomes"].items():
        console.print(f"{number:,} {outcome}")
    for row in report.facts["left"]:
        console.print(f"  {row}", markup=False)
    return bool(report.facts["left"])
