"""What a repair would do, found out before anybody is asked; it lists the rows that it is about."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from ops.errors import OperationError
from ops.recover.tables import choose
from ops.recover.tables.agreed import agreed, line, private
from ops.recover.tables.compare import SAMPLES, Kind, Sample, compare, differing_attributes
from ops.recover.tables.rows import same

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from mypy_boto3_dynamodb import DynamoDBClient

    from ops.recover.tables.choose import Choice
    from ops.recover.tables.compare import Difference
    from ops.recover.tables.repair import Repair
    from ops.recover.tables.rows import Change


class Preview(NamedTuple):
    """By kind, and the first of each; ``attributes`` that rows would be given other values of."""

    counts: Counter[Kind]
    samples: list[Sample]
    attributes: Counter[str]

    @classmethod
    def empty(cls) -> Preview:
        return cls(Counter(), [], Counter())

    def add(self, change: Change, samples: int = SAMPLES) -> None:
        kind, names = kind_of(change), []
        if change.seen is not None and change.wanted is not None:
            names = differing_attributes(change.seen, change.wanted)
        self.counts[kind] += 1
        self.attributes.update(names)
        if self.counts[kind] <= samples:
            self.samples.append(Sample(kind, change.key.decode(), names))


def kind_of(change: Change) -> Kind:
    if change.seen is None:
        return Kind.ONLY_RESTORED
    return Kind.ONLY_LIVE if change.wanted is None else Kind.DIFFERENT


def write_differing_keys(
    client: DynamoDBClient,
    live: str,
    restored: str,
    path: Path,
    on_read: Callable[[int], None] = lambda _: None,
) -> None:
    """All keys whose rows differ, into ``path``, one a line."""
    with open(path, "wb", opener=private) as file:

        def note(difference: Difference) -> None:
            file.write(difference.key + b"\n")

        compare(client, live, restored, on_read=on_read, on_difference=note, samples=0)


def look(repair: Repair, keys: Path, *, named: bool = False) -> Preview:
    """Look at the rows at ``keys`` (a file, one a line); list in ``repair.agreed`` those it takes.

    Raises OperationError for an attribute that none of them has; and, if a person ``named`` the
    keys, for those that are in neither table.
    """
    found, met = Preview.empty(), _Met(repair.choice)
    with open(repair.agreed, "wb", opener=private) as file:
        for change in repair.changes(_lines(keys)):
            met.add(change)
            narrowed = repair.choice.narrowed(change)
            if repair.choice.takes(narrowed):
                file.write(line(agreed(narrowed, repair.choice)))
                found.add(narrowed)
    if named:
        choose.require_none_missing(met.missing)
    met.require_attributes()
    return found


def look_at_rest(repair: Repair) -> Preview:
    """What a run that crashed has left of the rows that were agreed to."""
    found = Preview.empty()
    for batch in repair.batches(repair.agreed):
        for change, is_agreed in batch:
            if is_agreed and not same(change.seen, change.wanted):
                found.add(change)
    return found


class _Met:
    """What came along while rows were looked at."""

    def __init__(self, choice: Choice) -> None:
        self.missing: list[str] = []
        self._rows = 0
        self._unmet = set(choice.attributes)

    def add(self, change: Change) -> None:
        self._rows += 1
        self._unmet -= {*(change.seen or {}), *(change.wanted or {})}
        if change.seen is None and change.wanted is None:
            self.missing.append(change.key.decode())

    def require_attributes(self) -> None:
        """Raise OperationError for one that was asked for, and that no row has."""
        if self._rows and self._unmet:
            names = ", ".join(sorted(self._unmet))
            raise OperationError(f"No row that was looked at has this attribute: {names}.")


def _lines(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        for each in file:
            yield each.rstrip(b"\n")
