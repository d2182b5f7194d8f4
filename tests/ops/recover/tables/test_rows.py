"""A row is written only if it is as it was seen, whatever somebody did to it in between."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from ops.recover.tables.canonical import canonical
from ops.recover.tables.rows import Change, Outcome, write
from shop.dynamo import to_wire
from tests.ops.recover.tables.support import LIVE

if TYPE_CHECKING:
    from tests.ops.recover.tables.support import Stack

KEY = {"pk": "USER#a", "sk": "USER"}
SEEN = {**KEY, "name": "bad", "gone": 1, "same": {"x": [1]}, "set": {"q", "p"}}
WANTED = {**KEY, "name": "good", "new": "ours", "same": {"x": [1]}, "set": {"p", "q"}}
OTHERS: dict[str, Any] = {
    "nothing": SEEN,
    "deleted": None,
    "another name": {**SEEN, "name": "better"},
    "same value of another type": {**SEEN, "gone": "1"},
    "deep": {**SEEN, "same": {"x": [2]}},
    "a set": {**SEEN, "set": {"p"}},
    "an attribute less": {name: each for name, each in SEEN.items() if name != "gone"},
    "the attribute that the repair adds": {**SEEN, "new": "theirs"},
    "the very repair": WANTED,
    "only the key is left": KEY,
}


def change(seen: Any, wanted: Any) -> Change:
    rows = [None if row is None else to_wire(row) for row in (seen, wanted)]
    return Change(canonical(to_wire(KEY)), rows[0], rows[1])


def put(stack: Stack, row: Any) -> None:
    if row is None:
        stack.client.delete_item(TableName=LIVE, Key=to_wire(KEY))
    else:
        stack.client.put_item(TableName=LIVE, Item=to_wire(row))


def present(stack: Stack) -> Any:
    return stack.rows(LIVE).get((KEY["pk"], KEY["sk"]))


@pytest.mark.parametrize("others", OTHERS.values(), ids=list(OTHERS))
@pytest.mark.parametrize("seen", [SEEN, None], ids=["there", "not there"])
@pytest.mark.parametrize("wanted", [WANTED, None], ids=["write", "delete"])
def test_it_is_written_only_over_what_was_seen(
    stack: Stack, seen: Any, wanted: Any, others: Any
) -> None:
    put(stack, others)
    outcome = write(stack.client, LIVE, change(seen, wanted))
    if seen is wanted:
        assert (outcome, present(stack)) == (Outcome.UNCHANGED, others)
    elif others in (seen, wanted):
        assert (outcome, present(stack)) == (Outcome.WRITTEN, wanted)
    else:
        assert (outcome, present(stack)) == (Outcome.CHANGED, others)


def test_a_changed_row_is_not_even_gone_for_a_moment(stack: Stack) -> None:
    put(stack, OTHERS["another name"])
    calls: list[str] = []
    stack.on_call = lambda when, name: calls.append(name) if when == "before-call" else None
    assert write(stack.client, LIVE, change(SEEN, None)) is Outcome.CHANGED
    assert calls == ["DeleteItem"], "nothing had to be put back"


def test_an_attribute_that_nobody_knew_survives_an_update(stack: Stack) -> None:
    put(stack, {**SEEN, "grown": 1})
    assert write(stack.client, LIVE, change(SEEN, WANTED)) is Outcome.GREW
    assert present(stack) == {**WANTED, "grown": 1}


def test_a_row_that_grew_is_not_deleted(stack: Stack) -> None:
    put(stack, {**SEEN, "grown": 1})
    assert write(stack.client, LIVE, change(SEEN, None)) is Outcome.CHANGED
    assert present(stack) == {**SEEN, "grown": 1}


def test_what_came_while_a_row_was_put_back_stays(stack: Stack) -> None:
    put(stack, {**SEEN, "grown": 1})

    def others(when: str, name: str) -> None:
        if (when, name) == ("after-call", "DeleteItem"):
            stack.on_call = lambda *_: None
            put(stack, {**KEY, "name": "newest"})

    stack.on_call = others
    assert write(stack.client, LIVE, change(SEEN, None)) is Outcome.CHANGED
    assert present(stack) == {**KEY, "name": "newest"}


@pytest.mark.parametrize(("seen", "wanted"), [(SEEN, WANTED), (None, WANTED), (SEEN, None)])
def test_a_repetition_is_done_already(stack: Stack, seen: Any, wanted: Any) -> None:
    """As when the SDK asks again after an answer was lost."""
    put(stack, seen)
    for _ in range(2):
        assert write(stack.client, LIVE, change(seen, wanted)) is Outcome.WRITTEN
    assert present(stack) == wanted


def test_reserved_words_and_odd_names_are_attributes_too(stack: Stack) -> None:
    odd = {**KEY, "size": 1, "a.b": 2, "#x": 3, ":y": 4, "a b": 5, "table[0]": 6}
    put(stack, odd)
    wanted = {**odd, "size": 2, "a.b": 3, "#x": 4, "table[0]": 7}
    assert write(stack.client, LIVE, change(odd, wanted)) is Outcome.WRITTEN
    assert present(stack) == wanted
