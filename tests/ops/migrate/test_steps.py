"""What a step may do, and what becomes of an item when it does something else."""

from __future__ import annotations

import uuid
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ops.migrate.entry import State
from ops.migrate.survey import preview, problems
from ops.migrate.values import form, stored
from shop.dynamo import to_wire
from tests.ops.migrate.things import MIGRATION, TABLE, Things

if TYPE_CHECKING:
    from collections.abc import Callable

    from ops.migrate.migration import Migration
    from shop.dynamo import Item

ELM = ("THING#Elm", "THING")


@pytest.fixture
def elm(things: Things) -> Things:
    things.put("Elm", note="tall", more={"colours": ["green"]})
    return things


def migration(forward: Callable[[Any], Any], *reads: str) -> Migration:
    return replace(MIGRATION, forward=forward, check=lambda _: None, reads=reads)


def require_brought(things: Things, each: Migration, attribute: str, value: object) -> None:
    """That it is told beforehand, done, and found right then."""
    assert preview(things.run(each)).changes == 1
    assert problems(things.run(each)).problems == 1
    entry = things.up(each)
    assert (entry.state, entry.changed) == (State.DONE, 1)
    assert form(things.rows()[ELM][attribute]) == form(value)
    assert problems(things.run(each)).problems == 0


def require_told(things: Things, each: Migration, problem: str) -> None:
    """That the item is told, and the others go on."""
    things.put("Ash")
    before = things.rows()
    entry = things.up(each)
    assert entry.state is State.FAILED
    assert [(each.pk, each.sk) for each in entry.failures] == [ELM]
    assert problem in entry.failures[0].problem
    assert things.rows() == before


def add_red(item: Any) -> Item:
    """Into the list that it was given, as one does without thinking."""
    if "red" not in item["more"]["colours"]:
        item["more"]["colours"].append("red")
    return {"more": item["more"]}


def test_a_step_may_change_what_it_was_given(elm: Things) -> None:
    require_brought(elm, migration(add_red, "more"), "more", {"colours": ["green", "red"]})


def test_a_check_may_not_change_what_others_see(elm: Things) -> None:
    def check(item: Any) -> None:
        item["more"].clear()

    each = replace(migration(add_red, "more"), check=check)
    elm.up(each)
    item = next(elm.run(each).pages()).items[0]
    each.fault(item)
    assert item["more"]


@pytest.mark.parametrize(
    ("was", "becomes"),
    [
        (1, True), (True, 1), (0, False), ([1], [True]), ({"a": 1}, {"a": True}), ("1", 1),
        (["a"], {"a"}), (b"a", "a"), (1, "1"),
    ],
)  # fmt: skip
def test_a_value_of_another_type_is_written(elm: Things, was: object, becomes: object) -> None:
    elm.set("Elm", value=was)
    require_brought(elm, migration(lambda _: {"value": becomes}, "value"), "value", becomes)


@pytest.mark.parametrize(
    ("was", "same"),
    [
        (["a"], ("a",)), (1, Decimal("1.0")), (100, Decimal("1E+2")), ({1, 2}, {Decimal("2.0"), 1}),
        ({0, 8}, {8, 0}),
        ({"b", "a"}, frozenset("ab")), (b"a", bytearray(b"a")), ({"a": [1]}, {"a": (1,)}),
    ],
)  # fmt: skip
def test_what_is_stored_alike_is_no_change(elm: Things, was: object, same: object) -> None:
    elm.set("Elm", value=was)
    each = migration(lambda _: {"value": same}, "value")
    assert preview(elm.run(each)).changes == 0
    assert elm.up(each).changed == 0
    assert problems(elm.run(each)).problems == 0


def test_a_null_is_something_that_may_go(elm: Things) -> None:
    elm.client.put_item(
        TableName=TABLE,
        Item={**to_wire({"pk": ELM[0], "sk": ELM[1], "name": "Elm"}), "value": {"NULL": True}},
    )
    assert elm.up(migration(lambda _: {"value": None}, "value")).changed == 1
    assert "value" not in elm.rows()[ELM]


def only_elm(value: object) -> Callable[[Any], Any]:
    return lambda item: {"note": value} if item["name"] == "Elm" else {}


REFUSED = {
    "a float": (1.5, "Float types are not supported"),
    "no number": (Decimal("NaN"), "Infinity and NaN"),
    "nothing that is stored": (object(), "Unsupported type"),
    "an empty set": (set(), "empty set"),
    "an empty set, deep down": ({"a": [set()]}, "empty set"),
    "half a character": ("\ud800", "surrogates"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_stored_is_told_with_its_key(elm: Things, case: str) -> None:
    value, problem = REFUSED[case]
    each = migration(only_elm(value), "name", "note")
    found = preview(elm.run(each))
    assert (found.changes, found.problems) == (0, 1)
    require_told(elm, each, problem)


def test_what_dynamodb_refuses_is_told_with_its_key(elm: Things) -> None:
    """Also an index's key that is empty or of another type, which the emulated one takes."""
    each = migration(only_elm("x" * 410_000), "name", "note")
    require_told(elm, each, "DynamoDB refuses it: Item size to update")


def random_note(item: Item) -> Item:
    return {"note": uuid.uuid4().hex} if item["name"] == "Elm" else {}


def longer_note(item: Item) -> Item:
    return {"note": item["note"] + "x"} if item["name"] == "Elm" else {}


def renamed_note(item: Item) -> Item:
    return {"remark": item["note"], "note": None} if item["name"] == "Elm" else {}


@pytest.mark.parametrize(
    ("forward", "problem"),
    [
        (random_note, "answers differently each time"),
        (longer_note, "changes what it made itself: note"),
        (renamed_note, "cannot be done twice: KeyError: 'note'"),
    ],
)
def test_a_step_that_is_not_pure_or_not_idempotent_changes_nothing(
    elm: Things, forward: Callable[[Any], Any], problem: str
) -> None:
    each = migration(forward, "name", "note", "remark")
    assert problem in preview(elm.run(each)).samples[0].problem
    require_told(elm, each, problem)


def test_a_step_meets_what_it_made_as_it_is_stored(elm: Things) -> None:
    """Numbers are Decimal then, and tuples lists."""

    def forward(item: Any) -> Item:
        assert isinstance(item.get("number", Decimal()), Decimal)
        return {"number": 7}

    assert elm.up(migration(forward, "number")).changed == 1


@pytest.mark.parametrize(
    ("reads", "problem"),
    [(("pk", "name"), "pk"), (("sk",), "sk"), (("name", "name"), "twice")],
)
def test_what_cannot_be_read_is_refused_when_it_is_made(reads: Any, problem: str) -> None:
    with pytest.raises(ValueError, match=problem):
        replace(MIGRATION, reads=reads)


def test_the_ledger_is_never_taken_for_items(elm: Things) -> None:
    every = replace(MIGRATION, prefix="", sort_key=None, reads=("state", "seen"))
    every = replace(every, forward=lambda _: {"seen": True, "state": "done"}, check=lambda _: None)
    entry = elm.up(every)
    assert (entry.state, entry.changed) == (State.DONE, 1)
    assert not any("seen" in row for row in elm.ledger().values())
    assert preview(elm.run(every)).items == 1


values = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.text(max_size=2) | st.binary(max_size=2),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=2), inner),
    max_leaves=6,
)


@given(values, values)
def test_values_have_one_form_if_and_only_if_they_are_stored_alike(one: Any, other: Any) -> None:
    assert form(stored(one)) == form(one)
    assert (form(one) == form(other)) == alike(one, other)


def alike(one: Any, other: Any) -> bool:
    """By the names of their types; in which order a map has its names does not count."""
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(alike(one[each], other[each]) for each in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(alike, one, other))
    return repr(one) == repr(other)
