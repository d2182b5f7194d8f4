"""Two tables compared: every key once, in bounded pieces, with sums that can be recomputed."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ops.recover.tables import scan
from ops.recover.tables.canonical import canonical, digest
from ops.recover.tables.compare import (
    Difference,
    Kind,
    compare,
    differences,
    differing_attributes,
)
from ops.recover.tables.scan import Entry, SortedTable
from tests.ops.recover.tables.support import BESIDE, LIVE, rows_of

if TYPE_CHECKING:
    from tests.ops.recover.tables.support import Stack

tables = st.dictionaries(st.binary(min_size=1, max_size=2), st.integers(0, 2), max_size=8)


def entries(table: dict[bytes, int]) -> list[Entry]:
    return [Entry(key, bytes([value])) for key, value in sorted(table.items())]


@given(tables, tables)
def test_each_key_that_differs_is_told_once_and_in_order(
    live: dict[bytes, int], restored: dict[bytes, int]
) -> None:
    expected = []
    for key in sorted({*live, *restored}):
        if key not in restored:
            expected.append(Difference(Kind.ONLY_LIVE, key))
        elif key not in live:
            expected.append(Difference(Kind.ONLY_RESTORED, key))
        elif live[key] != restored[key]:
            expected.append(Difference(Kind.DIFFERENT, key))
    assert list(differences(entries(live), entries(restored))) == expected


def independent_sum(stack: Stack, name: str) -> str:
    """As the documentation says, with nothing of ours but the spelling of an item."""
    lines = []
    for item in stack.client.scan(TableName=name)["Items"]:
        key = json.dumps({"pk": item["pk"], "sk": item["sk"]}, separators=(",", ":"))
        lines.append(f"{key}\t{hashlib.sha256(canonical(item)).hexdigest()}\n")
    return hashlib.sha256("".join(sorted(lines)).encode()).hexdigest()


def test_what_differs_is_counted_and_shown(stack: Stack) -> None:
    stack.fill(LIVE, rows_of("same", "a", "b") | rows_of("changed", price=1, gone=1))
    stack.fill(BESIDE, rows_of("same", "deleted") | rows_of("changed", price=2, new=2))
    heard: list[Difference] = []
    read: list[int] = []
    found = compare(stack.client, LIVE, BESIDE, on_read=read.append, on_difference=heard.append)
    assert found.counts == {"only live": 2, "only restored": 1, "different": 1}
    assert not found.same
    assert (found.live.items, found.restored.items, sum(read)) == (4, 3, 7)
    shown = {
        (each.kind, json.loads(each.key)["pk"]["S"]): each.attributes for each in found.samples
    }
    assert shown == {
        (Kind.ONLY_LIVE, "USER#a"): [],
        (Kind.ONLY_LIVE, "USER#b"): [],
        (Kind.ONLY_RESTORED, "USER#deleted"): [],
        (Kind.DIFFERENT, "USER#changed"): ["gone", "new", "price"],
    }
    assert len(heard) == 4
    assert found.live.sha256 == independent_sum(stack, LIVE)
    assert found.restored.sha256 == independent_sum(stack, BESIDE)
    assert json.loads(json.dumps(found.to_json()))["counts"] == found.counts


def test_equal_tables_have_equal_sums_and_empty_ones_that_of_nothing(stack: Stack) -> None:
    nothing = hashlib.sha256().hexdigest()
    empty = compare(stack.client, LIVE, BESIDE)
    assert (empty.same, empty.live.sha256, empty.restored.sha256) == (True, nothing, nothing)
    for name in (LIVE, BESIDE):
        stack.fill(name, rows_of(*"cab"))
    found = compare(stack.client, LIVE, BESIDE)
    assert found.same
    assert found.live.sha256 == found.restored.sha256 != nothing


def test_only_so_many_samples_are_shown(stack: Stack) -> None:
    stack.fill(LIVE, rows_of(*"abcdef"))
    assert len(compare(stack.client, LIVE, BESIDE, samples=2).samples) == 2
    assert compare(stack.client, LIVE, BESIDE, samples=0).samples == []


@pytest.mark.parametrize(("piece", "pieces"), [(1, 50), (7, 8), (1000, 1)])
def test_entries_come_in_order_from_many_pieces(
    stack: Stack, monkeypatch: pytest.MonkeyPatch, piece: int, pieces: int
) -> None:
    monkeypatch.setattr(scan, "PIECE", piece)
    names = [f"{number:03}" for number in range(50)]
    stack.fill(LIVE, rows_of(*reversed(names)))
    real = SortedTable._pages

    def pages(self: SortedTable, segment: int) -> Any:
        """Small ones, in no order; moto has one."""
        for page in real(self, segment):
            yield from ([entry] for entry in sorted(page, key=lambda each: each.digest))

    monkeypatch.setattr(SortedTable, "_pages", pages)
    with SortedTable(stack.client, LIVE) as table:
        found = list(table.entries())
        assert len(table._pieces) == pieces
    rows = stack.client.scan(TableName=LIVE)["Items"]
    expected = {canonical({"pk": row["pk"], "sk": row["sk"]}): digest(row) for row in rows}
    assert found == sorted(Entry(*each) for each in expected.items())
    assert not table._pieces[0].exists()


def test_all_segments_are_read(stack: Stack, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scan, "SEGMENTS", 4)
    asked: list[tuple[int, int, bool]] = []

    class Client:
        def describe_table(self, **_: str) -> Any:
            return stack.client.describe_table(TableName=LIVE)

        def get_paginator(self, _: str) -> Any:
            return self

        def paginate(self, **asked_for: Any) -> list[dict[str, Any]]:
            segment = asked_for["Segment"]
            asked.append((segment, asked_for["TotalSegments"], asked_for["ConsistentRead"]))
            row = {"pk": {"S": str(segment)}, "sk": {"S": ""}}
            return [{"Items": [row]}, {"Items": []}]

    client: Any = Client()
    with SortedTable(client, LIVE) as table:
        assert len(list(table.entries())) == table.items == 4
    assert sorted(asked) == [(number, 4, True) for number in range(4)]


def test_a_segment_that_fails_ends_it_and_leaves_nothing(stack: Stack) -> None:
    stack.fill(LIVE, rows_of("a"))

    def fail(when: str, name: str) -> None:
        if (when, name) == ("after-call", "Scan"):
            raise RuntimeError("no")

    stack.on_call = fail
    table = SortedTable(stack.client, LIVE)
    with pytest.raises(RuntimeError, match="no"):
        table.__enter__()
    assert not Path(table._folder.name).exists()


def test_attributes_are_compared_by_value() -> None:
    one = {"a": {"N": "1.0"}, "b": {"SS": ["x", "y"]}, "c": {"S": "1"}}
    other = {"a": {"N": "1"}, "b": {"SS": ["y", "x"]}, "c": {"N": "1"}}
    assert differing_attributes(one, other) == ["c"]
