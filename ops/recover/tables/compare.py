"""How two tables differ, item by item, and a checksum of each that can be made by other means.

The checksum of a table is the SHA-256 of a list with one line an item: its key, a tab, the SHA-256
of the item in hexadecimal digits, a line feed. Key and item are spelt as
ops.recover.tables.canonical says; the lines are in the order of their bytes (``LC_ALL=C sort``).
"""

from __future__ import annotations

import hashlib
from collections import Counter
from enum import StrEnum
from typing import TYPE_CHECKING, Any, NamedTuple

from ops.recover.tables.canonical import canonical, from_canonical
from ops.recover.tables.scan import SortedTable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from mypy_boto3_dynamodb import DynamoDBClient

    from ops.recover.tables.canonical import WireItem
    from ops.recover.tables.scan import Entry

SAMPLES = 10


class Kind(StrEnum):
    ONLY_LIVE = "only live"
    ONLY_RESTORED = "only restored"
    DIFFERENT = "different"


class Difference(NamedTuple):
    kind: Kind
    key: bytes
    """In its one spelling."""


class Sample(NamedTuple):
    """``attributes``: those that differ; of an item that is on one side only, none."""

    kind: Kind
    key: str
    attributes: list[str]


class Side(NamedTuple):
    name: str
    items: int
    sha256: str


class Comparison(NamedTuple):
    live: Side
    restored: Side
    counts: dict[str, int]
    """By kind, in its words; all three."""
    samples: list[Sample]
    """The first of each kind."""

    @property
    def same(self) -> bool:
        return not any(self.counts.values())

    def to_json(self) -> dict[str, Any]:
        samples = [each._asdict() for each in self.samples]
        sides = {"live": self.live._asdict(), "restored": self.restored._asdict()}
        return {"same": self.same, **sides, "counts": self.counts, "samples": samples}


def compare(
    client: DynamoDBClient,
    live: str,
    restored: str,
    *,
    on_read: Callable[[int], None] = lambda _: None,
    on_difference: Callable[[Difference], None] = lambda _: None,
    samples: int = SAMPLES,
) -> Comparison:
    """Compare the table ``live`` with ``restored``; ``on_difference`` hears each, in key order.

    Both are read one after the other, and not at one moment: what is written to meanwhile may
    differ for that alone.
    """
    counts: Counter[Kind] = Counter()
    sampled: dict[Kind, list[bytes]] = {kind: [] for kind in Kind}
    with SortedTable(client, live, on_read) as ours, SortedTable(client, restored, on_read) as its:
        sums = [hashlib.sha256(), hashlib.sha256()]
        for difference in differences(
            _summed(ours.entries(), sums[0].update), _summed(its.entries(), sums[1].update)
        ):
            counts[difference.kind] += 1
            if len(sampled[difference.kind]) < samples:
                sampled[difference.kind].append(difference.key)
            on_difference(difference)
        sides = [
            Side(name, table.items, each.hexdigest())
            for name, table, each in zip((live, restored), (ours, its), sums, strict=True)
        ]
    return Comparison(
        sides[0],
        sides[1],
        {kind.value: counts[kind] for kind in Kind},
        [_sample(client, live, restored, kind, key) for kind in Kind for key in sampled[kind]],
    )


def differences(ours: Iterable[Entry], its: Iterable[Entry]) -> Iterator[Difference]:
    """Of two tables whose entries come in the order of their keys, each key once."""
    left, right = iter(ours), iter(its)
    one, other = next(left, None), next(right, None)
    while one or other:
        if other is None or (one and one.key < other.key):
            assert one  # noqa: S101  (one of both is there)
            yield Difference(Kind.ONLY_LIVE, one.key)
            one = next(left, None)
        elif one is None or other.key < one.key:
            yield Difference(Kind.ONLY_RESTORED, other.key)
            other = next(right, None)
        else:
            if one.digest != other.digest:
                yield Difference(Kind.DIFFERENT, one.key)
            one, other = next(left, None), next(right, None)


def differing_attributes(one: WireItem, other: WireItem) -> list[str]:
    """Names of the attributes that the two do not have alike."""
    return sorted(
        name
        for name in {*one, *other}
        if name not in one
        or name not in other
        or canonical({name: one[name]}) != canonical({name: other[name]})
    )


def attributes_that_differ(
    client: DynamoDBClient, live: str, restored: str, key: bytes
) -> list[str]:
    """Of the item that both tables have at ``key``, as it is now."""
    wire = from_canonical(key)
    one, other = (
        client.get_item(TableName=name, Key=wire, ConsistentRead=True).get("Item", {})
        for name in (live, restored)
    )
    return differing_attributes(one, other)


def _summed(entries: Iterable[Entry], update: Callable[[bytes], None]) -> Iterator[Entry]:
    for entry in entries:
        update(entry.key + b"\t" + entry.digest.hex().encode() + b"\n")
        yield entry


def _sample(client: DynamoDBClient, live: str, restored: str, kind: Kind, key: bytes) -> Sample:
    if kind is not Kind.DIFFERENT:
        return Sample(kind, key.decode(), [])
    return Sample(kind, key.decode(), attributes_that_differ(client, live, restored, key))
