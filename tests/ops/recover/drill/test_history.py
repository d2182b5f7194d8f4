"""The double's memory: what a table held at any moment, for any history, is what a model says."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ops.recover.drill.history import Life, Write, key_text, replayed, written

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

START = datetime(2026, 11, 22, 12, tzinfo=UTC)
KEYS = [key_text({"pk": {"S": name}}) for name in "abcd"]


def after(milliseconds: int) -> datetime:
    return START + timedelta(milliseconds=milliseconds)


rows = st.none() | st.integers(0, 9).map(lambda number: {"n": {"N": str(number)}})
steps = st.lists(st.tuples(st.integers(0, 3), st.sampled_from(KEYS), rows), max_size=40)


def histories(told: Sequence[tuple[int, str, Any]]) -> list[Write]:
    """Writes in their order; several may have come within one millisecond."""
    found, at = [], 1
    for wait, key, row in told:
        at += wait
        found.append(Write(after(at), "things", key, row))
    return found


def model(base: Mapping[str, Any], writes: Sequence[Write], moment: datetime) -> dict[str, Any]:
    """The last write of each key until the moment, however it is found."""
    found = {}
    for key in {*base, *(write.key for write in writes)}:
        until = [write.row for write in writes if write.key == key and write.at <= moment]
        row = until[-1] if until else base.get(key)
        if row is not None:
            found[key] = row
    return found


@given(steps, st.dictionaries(st.sampled_from(KEYS), st.just({"n": {"N": "-1"}})), st.data())
def test_a_table_at_any_moment_is_what_the_writes_until_then_made_of_it(
    told: list[tuple[int, str, Any]], base: dict[str, Any], data: st.DataObject
) -> None:
    writes = histories(told)
    life = Life("things", {}, START, base, writes)
    last = (writes[-1].at - START) // timedelta(milliseconds=1) if writes else 0
    moment = after(data.draw(st.integers(0, last + 2)))
    assert life.at(moment) == model(base, writes, moment)


@given(steps, st.data())
def test_rows_that_were_read_while_the_log_had_begun_already_do_no_harm(
    told: list[tuple[int, str, Any]], data: st.DataObject
) -> None:
    """Each row was read at some moment of its own between the log's beginning and the life's."""
    writes = histories(told)
    read = {key: data.draw(st.integers(0, len(writes))) for key in KEYS}
    base = {}
    for key, number in read.items():
        state = replayed({}, writes[:number])
        if key in state:
            base[key] = state[key]
    moment = after(1000)
    life = Life("things", {}, moment, base, writes)
    assert life.at(moment) == model({}, writes, moment)


def test_what_was_before_the_log_or_after_the_table_is_not_known() -> None:
    life = Life("things", {}, after(10), {}, [], ended=after(20))
    assert [life.has(after(number)) for number in (9, 10, 20, 21)] == [False, True, True, False]
    for number in (9, 21):
        with pytest.raises(ValueError, match="things is not known at"):
            life.at(after(number))


def record(**told: Any) -> dict[str, Any]:
    arn = "arn:aws:dynamodb:eu-central-1:000000000000:table/shop-Users/stream/2026-11-22T12:00"
    return {
        "eventSourceARN": arn,
        "dynamodb": {"Keys": {"sk": {"S": "1"}, "pk": {"S": "a"}}, **told},
    }


def test_a_change_record_tells_table_key_and_the_row_that_came_of_it() -> None:
    row = {"pk": {"S": "a"}, "sk": {"S": "1"}, "n": {"N": "2"}}
    put = written(record(NewImage=row, OldImage={"n": {"N": "1"}}), START)
    key = key_text({"pk": {"S": "a"}, "sk": {"S": "1"}})
    assert put == Write(START, "shop-Users", key, row)
    assert written(record(OldImage=row), START) == Write(START, "shop-Users", key, None)
