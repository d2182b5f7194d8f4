"""The drill's own checksum, against the one of the recovery: two programs, one description."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ops.recover.drill import snapshot
from ops.recover.drill.history import key_text
from ops.recover.drill.write_log import in_json
from ops.recover.tables.canonical import canonical, digest, item_key

if TYPE_CHECKING:
    from collections.abc import Mapping

numbers = st.decimals(
    allow_nan=False, allow_infinity=False, min_value=-(10**20), max_value=10**20, places=6
).map(str)
scalars = (
    st.text().map(lambda value: {"S": value})
    | numbers.map(lambda value: {"N": value})
    | st.binary().map(lambda value: {"B": value})
    | st.booleans().map(lambda value: {"BOOL": value})
    | st.just({"NULL": True})
    | st.sets(st.text(min_size=1), min_size=1).map(lambda value: {"SS": list(value)})
    | st.sets(st.integers(-99, 99), min_size=1).map(lambda value: {"NS": [*map(str, value)]})
)
values = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=3).map(lambda value: {"L": value})
        | st.dictionaries(st.text(), inner, max_size=3).map(lambda value: {"M": value})
    ),
    max_leaves=6,
)
items = st.fixed_dictionaries({"pk": st.text(min_size=1).map(lambda value: {"S": value})}).flatmap(
    lambda key: st.dictionaries(st.text(min_size=1), values, max_size=4).map(
        lambda others: {**others, **key}
    )
)


def described(rows: list[Mapping[str, Any]]) -> str:
    """As ops.recover.tables does it."""
    lines = [canonical(item_key(row, ["pk"])) + b"\t" + digest(row).hex().encode() for row in rows]
    return hashlib.sha256(b"".join(line + b"\n" for line in sorted(lines))).hexdigest()


@given(st.lists(items, unique_by=lambda item: str(item["pk"]), max_size=4))
def test_both_programs_make_the_same_of_any_rows(rows: list[dict[str, Any]]) -> None:
    told = {key_text(in_json({"pk": row["pk"]})): in_json(row) for row in rows}
    assert snapshot.checksum(told) == described(list(rows))


def of(**attributes: Any) -> dict[str, Any]:
    row = {"pk": {"S": "a"}, **attributes}
    return {key_text({"pk": {"S": "a"}}): row}


def test_it_sees_each_attribute_and_no_way_of_writing() -> None:
    assert snapshot.checksum(of(n={"N": "1.50"})) == snapshot.checksum(of(n={"N": "1.5"}))
    assert snapshot.checksum(of(n={"N": "1"})) != snapshot.checksum(of(n={"S": "1"}))
    assert snapshot.checksum(of(n={"N": "1"})) != snapshot.checksum(of())
    assert snapshot.checksum(of()) != snapshot.checksum({})


def test_that_of_objects_sees_names_and_bytes() -> None:
    one = snapshot.checksum_of_objects({"images/a": "00", "images/b": "11"})
    assert one == snapshot.checksum_of_objects({"images/b": "11", "images/a": "00"})
    assert one != snapshot.checksum_of_objects({"images/a": "11", "images/b": "00"})
    line = json.dumps("images/a") + "\t00\n"
    expected = hashlib.sha256(line.encode()).hexdigest()
    assert snapshot.checksum_of_objects({"images/a": "00"}) == expected


LIVE = {"keys": ["pk"], "stream": None, "protection": False, "tags": [("stage", "local")]}


@pytest.mark.parametrize(
    ("found", "missing"),
    [
        ({}, []),
        ({"protection": True, "tags": [("stage", "local"), ("more", "1")]}, []),
        ({"stream": {"StreamEnabled": True}}, ["stream"]),
        ({"tags": []}, ["tags"]),
        ({"keys": ["sk"], "tags": [("stage", "prod")]}, ["keys", "tags"]),
    ],
)
def test_a_restored_table_may_have_more_protection_and_tags_and_nothing_else(
    found: dict[str, Any], missing: list[str]
) -> None:
    assert snapshot.settings_missing(LIVE, {**LIVE, **found}) == missing
    protected = {**LIVE, "protection": True}
    assert "protection" in snapshot.settings_missing(protected, LIVE)
