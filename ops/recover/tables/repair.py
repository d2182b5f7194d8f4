"""``shop recover table repair``: put right, in place, what a bad write broke; or take that back."""

from __future__ import annotations

from collections import Counter
from itertools import batched
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from ops.errors import OperationError
from ops.recover.journal import Journal
from ops.recover.operation import Facts, Operation, Step, Work
from ops.recover.tables import choose, undo
from ops.recover.tables.agreed import agreed, keep, list_sum, listed
from ops.recover.tables.rows import Change, Outcome, same, write
from ops.recover.tables.scan import key_names

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from mypy_boto3_dynamodb import DynamoDBClient

    from ops.recover.tables.choose import Choice
    from ops.recover.tables.locate import StackTable

NAME = "table repair"
FIRST = "undo file"
"""The step after which the rows that were agreed to are kept."""
BATCH = 50
"""Rows that are read, noted and written in turn."""
_TOLD = 20  # rows that are left, by name
_LEFT = (Outcome.CHANGED, Outcome.GREW, Outcome.TOO_WIDE)


class Repair(NamedTuple):
    """``agreed`` is the list of its rows that a person is shown (ops.recover.tables.agreed)."""

    client: DynamoDBClient
    table: StackTable
    restored: str
    choice: Choice
    agreed: Path

    def changes(self, keys: Iterable[bytes]) -> Iterator[Change]:
        """What would make the rows at ``keys`` right, whole ones, as they are now."""
        for batch in batched(keys, BATCH, strict=False):
            yield from choose.changes(self.client, self.table.name, self.restored, batch)

    def batches(self, path: Path) -> Iterator[list[tuple[Change, bool]]]:
        """The rows of a list as they are now, and whether they are still as they were shown."""
        for rows in batched(listed(path), BATCH, strict=False):
            found = map(self.choice.narrowed, self.changes(row.key for row in rows))
            yield [
                (change, agreed(change, self.choice) == row)
                for change, row in zip(found, rows, strict=True)
            ]


def require_alike(client: DynamoDBClient, live: str, restored: str) -> None:
    """Raise OperationError unless the two are different tables with the same key."""
    if live == restored:
        raise OperationError(f"{live} cannot be repaired from itself.")
    if key_names(client, live) != key_names(client, restored):
        raise OperationError(f"{live} and {restored} do not have the same key.")


def repairing(repair: Repair, folder: Path, arguments: dict[str, str], kept: Path) -> Operation:
    """``kept`` is where the list of rows outlives a crash; it may have done so already.

    The undo file is chosen once, so that a run after a crash goes on with the same.
    """
    shown = list_sum(repair.agreed)

    def begin(_: Work) -> Facts:
        moment = Journal.now().replace(":", "").replace(".", "")
        keep(repair.agreed, kept)
        return {
            "undoFile": str(folder / f"undo-{repair.table.name}-{moment}.jsonl"),
            "confirmed": sum(1 for _ in listed(kept)),
        }

    def put_right(work: Work) -> Facts:
        if list_sum(kept) != shown:
            raise OperationError(
                "Another run of this command was at it meanwhile: its rows are not those that were"
                " shown here."
            )
        return _put_right(repair, kept, work)

    def look_again(_: Work) -> Facts:
        batches = repair.batches(kept)
        differing = (not same(each.seen, each.wanted) for batch in batches for each, _ in batch)
        return {"stillDiffering": sum(differing)}

    return Operation(
        NAME,
        repair.table.subject,
        arguments,
        [
            Step(FIRST, f"keep what the rows are now in {folder}", begin),
            Step("repair", f"give rows of {repair.table.name} what they are in {repair.restored},"
                 " each only if it is still as it was shown", put_right),
            Step("check", "compare them again", look_again),
        ],
        is_undone=lambda _: not kept.exists(),
    )  # fmt: skip


def _put_right(repair: Repair, kept: Path, work: Work) -> Facts:
    """Notes what came of every row that was agreed to, those of a run that crashed among them."""
    tally, path = _Tally(), Path(work.facts["undoFile"])
    with undo.noted(path, repair.table.name) as was_noted:
        for batch in repair.batches(kept):
            todo = [each for each, is_agreed in batch if is_agreed and not _is_right(each)]
            if todo:
                undo.note(path, repair.table.name, todo)
            for change, is_agreed in batch:
                if _is_right(change):
                    ours = was_noted(change.key)
                    tally.add(change, Outcome.WRITTEN if ours else Outcome.UNCHANGED)
                elif is_agreed:
                    tally.add(change, write(repair.client, repair.table.name, change))
                else:
                    tally.add(change, Outcome.CHANGED)
            work.say(f"{tally.rows:,} of {work.facts['confirmed']:,} rows")
    if tally.rows != work.facts["confirmed"]:
        raise OperationError(
            f"{work.facts['confirmed']:,} rows were confirmed, and there were {tally.rows:,}."
        )
    return tally.facts()


def taking_back(client: DynamoDBClient, table: StackTable, path: Path) -> Operation:
    """Bring the rows of an undo file to what they were, those that nobody changed since."""
    lines = undo.require_undo_file(path, table.name)

    def take_back(work: Work) -> Facts:
        tally = _Tally()
        for change in undo.undoing(path, table.name):
            tally.add(change, write(client, table.name, change))
            work.say(f"{tally.rows:,} of {rows(lines)}")
        return tally.facts()

    plan = f"bring {rows(lines)} of {table.name} to what they were, where nobody changed them since"
    return Operation(
        "table repair undo",
        table.subject,
        {"undo": str(path), "stack": table.stack},
        [Step("undo", plan, take_back)],
    )


def rows(number: int) -> str:
    return f"{number:,} row{'' if number == 1 else 's'}"


def _is_right(change: Change) -> bool:
    return same(change.seen, change.wanted)


class _Tally:
    """What came of rows."""

    def __init__(self) -> None:
        self._outcomes: Counter[Outcome] = Counter()
        self._left: list[str] = []

    @property
    def rows(self) -> int:
        return self._outcomes.total()

    def add(self, change: Change, outcome: Outcome) -> None:
        self._outcomes[outcome] += 1
        if outcome in _LEFT and len(self._left) < _TOLD:
            self._left.append(f"{change.key.decode()} {outcome}")

    def facts(self) -> Facts:
        outcomes = {outcome.value: number for outcome, number in self._outcomes.items()}
        return {"outcomes": outcomes, "left": self._left}
