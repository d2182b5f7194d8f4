"""A migration over a table: whatever happens, each item is brought along once, and noted."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from itertools import count
from typing import TYPE_CHECKING

import pytest
from botocore.exceptions import BotoCoreError, ClientError

from ops.errors import OperationError
from ops.migrate.entry import Outcome, Pass, State
from ops.migrate.items import ATTEMPTS
from tests.ops.migrate.things import LOCK, MIGRATION, TABLE, Things
from tests.orders.faults import Faults, Killed, Kind

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ops.migrate.entry import Entry
    from shop.dynamo import Item

NAMES = ["Ash", "Beech", "Elm", "Fir"]
PASSING = [Kind.REPEATED, Kind.FORGOTTEN, Kind.HICCUP]
"""Accidents that the SDK makes up for."""
LASTING = [each for each in Kind if each not in PASSING]


@pytest.fixture
def four(things: Things) -> Things:
    """Four things, and rows that the migration is not for."""
    for name in NAMES:
        things.put(name, stock=1)
    things.put_row({"pk": "THING#Ash", "sk": "THING#NOTE", "name": "Not Me"})
    things.put_row({"pk": "OTHER#Ash", "sk": "THING", "name": "Nor Me"})
    return things


def migrated(things: Things) -> dict[str, str | None]:
    rows = {pk: row for (pk, sk), row in things.rows().items() if sk == "THING"}
    return {row["name"]: row.get("small") for row in rows.values()}


SMALL: dict[str, str | None] = {**{name: name.lower() for name in NAMES}, "Nor Me": None}


def test_every_item_that_it_concerns_is_changed_and_nothing_else(four: Things) -> None:
    before = four.rows()
    entry = four.up()
    assert (entry.state, entry.changed, entry.failures) == (State.DONE, 4, [])
    assert four.rows() == {
        key: {**row, "small": row["name"].lower()}
        if key[1] == "THING" and "THING#" in key[0]
        else row
        for key, row in before.items()
    }
    assert LOCK not in four.all_rows()


def test_items_may_be_told_by_how_their_sort_keys_begin(four: Things) -> None:
    notes = replace(MIGRATION, sort_key=None, sort_prefix="THING#")
    assert four.up(notes).changed == 1
    assert four.rows()["THING#Ash", "THING#NOTE"]["small"] == "not me"


def test_what_is_right_already_is_looked_at_once(four: Things) -> None:
    four.up()
    rows = four.rows()
    entry = four.up(replace(MIGRATION, number="0002"))
    assert (entry.state, entry.changed) == (State.DONE, 0)
    assert [each.counts for each in entry.passes] == [Counter({Outcome.UNCHANGED: 4})]
    assert four.rows() == rows


def spoilt(things: Things, faults: Faults, place: int, kind: Kind) -> Entry | None:
    """The end of a run in which a call goes wrong; None when it came to none."""
    faults.plan({place: kind})
    try:
        return faults.during(lambda: things.up(take_over=True))
    except (Killed, OperationError, BotoCoreError, ClientError):
        return None  # the last three are sentences at the command line


def reset(things: Things, rows: Mapping[tuple[str, str], Item]) -> None:
    for pk, sk in things.all_rows():
        things.client.delete_item(TableName=TABLE, Key={"pk": {"S": pk}, "sk": {"S": sk}})
    for row in rows.values():
        things.put_row(row)


def every_call(things: Things, kind: Kind) -> Iterator[tuple[Faults, Entry | None]]:
    """Runs on the same rows, in each of which another call goes wrong, until there are no more."""
    faults = Faults(things.client)
    before = things.rows()
    for place in count():
        reset(things, before)
        entry = spoilt(things, faults, place, kind)
        if not faults.all_happened():
            assert place > 12
            return
        yield faults, entry


@pytest.mark.exhaustive
@pytest.mark.parametrize("kind", LASTING, ids=str)
def test_after_any_accident_the_same_command_goes_on(four: Things, kind: Kind) -> None:
    for faults, entry in every_call(four, kind):
        last = entry or four.up(take_over=True)
        assert last.state is State.DONE, faults.calls
        assert migrated(four) == SMALL
        assert [each.items for each in last.passes] == [4] * len(last.passes)
        assert last.passes[-1] == Pass(whole=True, counts=Counter({Outcome.UNCHANGED: 4}))
        assert last.changed == sum(each.counts[Outcome.CHANGED] for each in last.passes)
        assert last.changed == 4 or (last.changed < 4 and last.cut_off)


@pytest.mark.exhaustive
@pytest.mark.parametrize("kind", PASSING, ids=str)
def test_what_passes_is_not_noticed(four: Things, kind: Kind) -> None:
    for faults, entry in every_call(four, kind):
        assert entry, faults.calls
        assert (entry.state, entry.changed, migrated(four)) == (State.DONE, 4, SMALL)


def test_a_run_killed_ten_times_comes_to_its_end(things: Things) -> None:
    """Each time, it looks again at a page at most."""
    for number in range(60):
        things.put(f"Thing {number:02}")
    faults = Faults(things.client)
    writes = 0
    for _ in range(10):
        assert spoilt(things, faults, 9, Kind.KILLED_AFTER) is None
        writes += faults.calls.count("UpdateItem")
    entry = things.up(take_over=True)
    assert entry.state is State.DONE
    assert all(row["small"] == row["name"].lower() for row in things.rows().values())
    assert [each.items for each in entry.passes] == [60] * len(entry.passes)
    assert 0 < writes <= 60


def test_who_writes_meanwhile_wins_and_is_brought_along(four: Things) -> None:
    def rename(_: int) -> None:
        if faults.calls[-1:] == ["Scan"] and not renamed:
            renamed.append("all")
            faults.pause(lambda: four.set_all(lambda name: {"name": f"New {name}", "stock": 9}))

    renamed: list[str] = []
    faults = Faults(four.client)
    faults.before = rename
    entry = faults.during(four.up)
    rows = [row for (pk, sk), row in four.rows().items() if "THING#" in pk and sk == "THING"]
    assert {row["small"] for row in rows} == {f"new {name.lower()}" for name in NAMES}
    assert {row["stock"] for row in rows} == {9}
    assert (entry.state, entry.changed) == (State.DONE, 4)


def test_a_write_to_what_it_does_not_read_is_not_in_its_way(four: Things) -> None:
    def sell(_: int) -> None:
        faults.pause(lambda: four.set_all(lambda _: {"stock": len(faults.calls)}))

    faults = Faults(four.client)
    faults.before = sell
    faults.during(four.up)
    assert faults.calls.count("UpdateItem") == 4
    assert migrated(four) == SMALL


def test_an_item_that_never_rests_is_told_and_the_others_go_on(four: Things) -> None:
    def rename(place: int) -> None:
        faults.pause(lambda: four.set("Elm", name=f"Elm {place}"))

    faults = Faults(four.client)
    faults.before = rename
    entry = faults.during(four.up)
    [failure] = entry.failures
    assert (failure.pk, failure.sk) == ("THING#Elm", "THING")
    assert str(ATTEMPTS) in failure.problem
    assert (entry.state, entry.changed) == (State.FAILED, 3)


def test_an_item_that_goes_meanwhile_stays_away(four: Things) -> None:
    def delete(_: int) -> None:
        faults.pause(lambda: four.delete("Elm"))

    faults = Faults(four.client)
    faults.before = lambda place: delete(place) if faults.calls.count("Scan") >= 3 else None
    entry = faults.during(four.up)
    assert entry.state is State.DONE
    assert ("THING#Elm", "THING") not in four.rows()


def test_items_that_the_step_cannot_handle_are_told_and_the_others_go_on(four: Things) -> None:
    four.set("Elm", name=7)
    four.set("Fir", name=8)
    entry = four.up()
    assert (entry.state, entry.changed) == (State.FAILED, 2)
    assert {(each.pk, each.sk) for each in entry.failures} == {
        ("THING#Elm", "THING"), ("THING#Fir", "THING"),
    }  # fmt: skip
    assert all("AttributeError" in each.problem for each in entry.failures)

    four.set("Elm", name="Elm")
    assert [each.pk for each in four.up().failures] == ["THING#Fir"]
    four.set("Fir", name="Fir")
    entry = four.up()
    assert (entry.state, entry.failures, migrated(four)) == (State.DONE, [], SMALL)


def test_a_step_that_changes_what_it_does_not_read_changes_nothing(four: Things) -> None:
    before = four.rows()
    entry = four.up(replace(MIGRATION, forward=lambda _: {"stock": 0}))
    assert (entry.state, len(entry.failures)) == (State.FAILED, 4)
    assert "stock" in entry.failures[0].problem
    assert four.rows() == before


def test_a_step_that_was_edited_while_it_ran_begins_anew(four: Things) -> None:
    faults = Faults(four.client)
    assert spoilt(four, faults, 12, Kind.KILLED_BEFORE) is None
    edited = replace(MIGRATION, forward=lambda item: {"small": item["name"].upper()}, digest="d2")
    assert four.up(edited, take_over=True).changed == 4
    assert set(migrated(four).values()) == {None, *(name.upper() for name in NAMES)}


def test_an_attribute_may_go(four: Things) -> None:
    four.up()
    away = replace(MIGRATION, number="0002", forward=lambda _: {"small": None})
    assert four.up(away).changed == 4
    assert set(migrated(four).values()) == {None}
