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
from ops.recover.tables.compare import SAMPLES, Kind, Sample, compare, differing_attributes
from ops.recover.tables.rows import Change, Outcome, write
from ops.recover.tables.scan import key_names

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from mypy_boto3_dynamodb import DynamoDBClient

    from ops.recover.tables.choose import Choice
    from ops.recover.tables.compare import Difference
    from ops.recover.tables.locate import StackTable

BATCH = 50
"""Rows that are read, noted and written in turn."""
_TOLD = 20  # rows that are left, by name
_LEFT = (Outcome.CHANGED, Outcome.GREW, Outcome.TOO_WIDE)


class Repair(NamedTuple):
    """``keys`` is a file with the key of a row that may be concerned on each line."""

    client: DynamoDBClient
    table: StackTable
    restored: str
    keys: Path
    choice: Choice

    def changes(self) -> Iterator[Change]:
        """What is to be done, as the rows are now."""
        for batch in self.batches():
            yield from batch

    def batches(self) -> Iterator[list[Change]]:
        with self.keys.open("rb") as file:
            for lines in batched(file, BATCH, strict=False):
                keys = [line.rstrip(b"\n") for line in lines]
                found = choose.changes(self.client, self.table.name, self.restored, keys)
                narrowed = map(self.choice.narrowed, found)
                yield [change for change in narrowed if self.choice.takes(change)]


class Preview(NamedTuple):
    """What a repair would do, by kind, and the first of each."""

    counts: Counter[Kind]
    samples: list[Sample]


def require_alike(client: DynamoDBClient, live: str, restored: str) -> None:
    """Raise OperationError unless the two are different tables with the same key."""
    if live == restored:
        raise OperationError(f"{live} cannot be repaired from itself.")
    if key_names(client, live) != key_names(client, restored):
        raise OperationError(f"{live} and {restored} do not have the same key.")


def write_differing_keys(
    client: DynamoDBClient,
    live: str,
    restored: str,
    path: Path,
    on_read: Callable[[int], None] = lambda _: None,
) -> None:
    """All keys whose rows differ, into ``path``."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(path, "wb", opener=undo.private) as file:

        def note(difference: Difference) -> None:
            file.write(difference.key + b"\n")

        compare(client, live, restored, on_read=on_read, on_difference=note, samples=0)


def write_keys(path: Path, keys: Iterable[bytes]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(path, "wb", opener=undo.private) as file:
        file.writelines(key + b"\n" for key in keys)


def preview(repair: Repair, samples: int = SAMPLES) -> Preview:
    counts: Counter[Kind] = Counter()
    found = []
    for change in repair.changes():
        kind = kind_of(change)
        counts[kind] += 1
        if counts[kind] <= samples:
            names = []
            if change.seen is not None and change.wanted is not None:
                names = differing_attributes(change.seen, change.wanted)
            found.append(Sample(kind, change.key.decode(), names))
    return Preview(counts, found)


def kind_of(change: Change) -> Kind:
    if change.seen is None:
        return Kind.ONLY_RESTORED
    return Kind.ONLY_LIVE if change.wanted is None else Kind.DIFFERENT


def repairing(repair: Repair, folder: Path, arguments: dict[str, str]) -> Operation:
    """Its undo file is chosen once, so that a run after a crash goes on with the same."""

    def choose_file(_: Work) -> Facts:
        moment = Journal.now().replace(":", "").replace(".", "")
        return {"undoFile": str(folder / f"undo-{repair.table.name}-{moment}.jsonl")}

    def put_right(work: Work) -> Facts:
        outcomes: Counter[Outcome] = Counter()
        left: list[str] = []
        for batch in repair.batches():
            undo.note(_undo_file(work), repair.table.name, batch)
            _write_all(repair, batch, outcomes, left)
            work.say(f"{sum(outcomes.values()):,} rows")
        return {"outcomes": _told(outcomes), "left": left}

    def look_again(_: Work) -> Facts:
        return {"stillDiffering": sum(1 for _ in repair.changes())}

    return Operation(
        "table repair",
        repair.table.subject,
        arguments,
        [
            Step("undo file", f"keep what the rows are now in {folder}", choose_file),
            Step("repair", f"give rows of {repair.table.name} what they are in {repair.restored},"
                 " each only if it is still as it was read", put_right),
            Step("check", "compare them again", look_again),
        ],
    )  # fmt: skip


def taking_back(client: DynamoDBClient, table: StackTable, path: Path) -> Operation:
    """Bring the rows of an undo file to what they were, those that nobody changed since."""
    lines = undo.require_undo_file(path, table.name)

    def take_back(work: Work) -> Facts:
        outcomes: Counter[Outcome] = Counter()
        left: list[str] = []
        for change in undo.undoing(path, table.name):
            outcome = write(client, table.name, change)
            outcomes[outcome] += 1
            _note_left(change, outcome, left)
            work.say(f"{sum(outcomes.values()):,} of {lines:,} rows")
        return {"outcomes": _told(outcomes), "left": left}

    plan = (
        f"bring {lines:,} rows of {table.name} to what they were, where nobody changed them since"
    )
    return Operation(
        "table repair undo",
        table.subject,
        {"undo": str(path), "stack": table.stack},
        [Step("undo", plan, take_back)],
    )


def _undo_file(work: Work) -> Path:
    return Path(work.facts["undoFile"])


def _write_all(
    repair: Repair, batch: list[Change], outcomes: Counter[Outcome], left: list[str]
) -> None:
    for change in batch:
        outcome = write(repair.client, repair.table.name, change)
        outcomes[outcome] += 1
        _note_left(change, outcome, left)


def _note_left(change: Change, outcome: Outcome, left: list[str]) -> None:
    if outcome in _LEFT and len(left) < _TOLD:
        left.append(f"{change.key.decode()} {outcome}")


def _told(outcomes: Counter[Outcome]) -> dict[str, int]:
    return {outcome.value: number for outcome, number in outcomes.items()}
