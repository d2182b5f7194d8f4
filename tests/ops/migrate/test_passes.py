"""A migration is done when a whole pass finds nothing to change, and not before."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from rich.console import Console

from ops.errors import OperationError
from ops.migrate import apply, run
from ops.migrate.apply import Migrations
from ops.migrate.budget import Budget
from ops.migrate.entry import MOST_PASSES, Outcome, Pass, Segment, State
from ops.migrate.ledger import LostLock
from ops.migrate.lock import is_held
from ops.migrate.progress import bar
from ops.migrate.run import Run, Spending, Watcher
from ops.target import Target, local_session
from tests.ops.migrate.things import MIGRATION, TABLE, Things
from tests.orders.faults import Faults, Killed, Kind

if TYPE_CHECKING:
    from collections.abc import Callable

    from ops.migrate.entry import Entry

NAMES = ["Ash", "Beech", "Elm", "Fir", "Yew"]


@pytest.fixture
def five(things: Things) -> Things:
    for name in NAMES:
        things.put(name)
    return things


def whole(**counts: int) -> Pass:
    found = Counter({Outcome(name): count for name, count in counts.items()})
    return Pass(whole=True, counts=found)


def put_back(things: Things, name: str) -> None:
    """As code does that had read the thing before it was migrated, and writes all of it."""
    things.put(name)


def disturbed(things: Things, between: Callable[[int], object]) -> Entry:
    """The end of a run, after each pass of which ``between`` is called with its number."""

    def before(_: int) -> None:
        if faults.calls.count("TransactWriteItems") != noted[-1]:
            noted.append(faults.calls.count("TransactWriteItems"))
            passes = len(things.entry().passes)
            if passes > told[-1]:
                told.append(passes)
                between(passes)

    noted, told = [0], [0]
    faults = Faults(things.client)
    faults.before = lambda place: faults.pause(lambda: before(place))
    return faults.during(things.up)


def smalls(things: Things) -> set[str | None]:
    return {row.get("small") for row in things.rows().values()}


def test_what_is_put_back_behind_its_back_is_brought_along_again(five: Things) -> None:
    entry = disturbed(five, lambda number: put_back(five, "Elm") if number < 3 else None)
    assert smalls(five) == {name.lower() for name in NAMES}
    assert entry.state is State.DONE
    assert entry.passes == [
        whole(changed=5), whole(changed=1, unchanged=4), whole(changed=1, unchanged=4),
        whole(unchanged=5),
    ]  # fmt: skip
    assert entry.changed == 7
    assert five.entry() == entry


def test_what_is_always_put_back_is_told_in_the_end(five: Things) -> None:
    most = MOST_PASSES
    entry = disturbed(five, lambda number: put_back(five, "Elm") if number < most else None)
    assert (entry.state, len(entry.passes)) == (State.FAILED, MOST_PASSES)
    assert "1 items had to be changed in pass 5 still" in str(entry.problem)
    assert five.entry() == entry
    assert five.up().passes == [whole(unchanged=5)]


def test_it_waits_between_two_passes_and_not_for_nothing(
    five: Things, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Until requests are over that had read an item before."""
    waited: list[float | None] = []
    numbers = iter(["0001", "0002"])

    def up() -> None:
        made = five.run(replace(MIGRATION, number=next(numbers)))
        monkeypatch.setattr(made._stop, "wait", waited.append)
        made.up(segments=1, settle=30)

    up()
    assert waited == [30]
    up()  # one pass is enough
    assert waited == [30]


def test_customers_are_waited_for_in_aws_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(apply, "SETTLE_SECONDS", 30)
    monkeypatch.setattr(apply, "table_names", lambda _: {"ProductsTable": "products"})
    settle = [
        Migrations(Target("shop", local_session(), url))._settle for url in (None, "http://here")
    ]
    assert settle == [30, 0]


def test_a_part_that_fails_ends_the_others(five: Things) -> None:
    def work(segment: Segment) -> None:
        if segment.number:
            heard.append(made._stop.wait(30))
            raise LostLock("told to stop")
        raise OperationError("out of reach")

    heard: list[bool] = []
    made = five.run()
    with pytest.raises(OperationError, match="out of reach"):
        made._in_parallel(work, [Segment(0), Segment(1)])
    assert heard == [True]


def killed(things: Things, place: int, kind: Kind) -> bool:
    """Whether a run came to the call at ``place``, and was killed there."""
    faults = Faults(things.client)
    faults.plan({place: kind})
    try:
        faults.during(things.up)
    except Killed:
        return True
    return False


def test_a_pass_that_was_cut_off_is_not_believed(five: Things) -> None:
    """It may have changed, and not noted, what was put back meanwhile."""
    assert killed(five, 4, Kind.KILLED_AFTER)
    for name in NAMES:
        five.set(name, small=name.lower())
    entry = five.up(take_over=True)
    assert entry.passes == [
        Pass(whole=False, counts=Counter({Outcome.UNCHANGED: 5})), whole(unchanged=5),
    ]  # fmt: skip
    assert entry.changed_told == "at least 0"


def test_a_pass_with_failures_is_the_last(five: Things) -> None:
    five.set("Elm", name=7)
    entry = five.up()
    assert (entry.state, entry.problem) == (State.FAILED, None)
    assert entry.passes == [whole(changed=4, failed=1)]


def test_who_comes_when_it_is_done_leaves_it_alone(five: Things) -> None:
    five.up()
    put_back(five, "Elm")
    rows = five.all_rows()
    assert five.run().up() is None
    assert five.run(replace(MIGRATION, digest="d2")).up() is None
    assert five.all_rows() == rows


def test_little_capacity_means_fewer_items_between_checkpoints(
    five: Things, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run, "PAGE", 500)
    monkeypatch.setattr(run, "CHECKPOINT_SECONDS", 0)
    faults = Faults(five.client)
    faults.plan({12: Kind.KILLED_BEFORE})  # at the fourth item's checkpoint
    with pytest.raises(Killed):
        faults.during(five.up)
    assert faults.calls.count("UpdateItem") == 4
    [segment] = five.entry().segments
    assert segment.counts == Counter({Outcome.CHANGED: 3})
    faults.plan({})
    entry = faults.during(lambda: five.up(take_over=True))
    assert faults.calls.count("UpdateItem") == 1
    assert entry.passes[0].counts == Counter({Outcome.CHANGED: 4, Outcome.UNCHANGED: 1})


def test_a_bar_tells_how_far_it_is() -> None:
    with bar(Console(quiet=True), "0001 small names", 8) as shown:
        shown.begins(1, 3)
        shown.looked_at(2)
        (task,) = shown._progress.tasks
        assert (task.description, task.completed, task.total) == ("0001 small names", 5, 8)
        shown.waits()
        assert "requests under way" in task.description
        shown.begins(2, 0)
        (task,) = shown._progress.tasks
        assert (task.description, task.completed) == ("0001 small names, pass 2", 0)


class Notes(Watcher):
    def __init__(self) -> None:
        self.told: list[tuple[str, int]] = []

    def begins(self, number: int, looked_at: int) -> None:
        self.told.append((f"pass {number}", looked_at))

    def looked_at(self, items: int) -> None:
        self.told += [("item", items)] if items else []

    def waits(self) -> None:
        self.told.append(("wait", 0))


def test_each_item_is_told_as_soon_as_it_is_done(
    five: Things, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However large a page is, and before its checkpoint."""
    monkeypatch.setattr(run, "PAGE", 500)
    five.put_row({"pk": "OTHER", "sk": "THING"})
    notes = Notes()
    spending = Spending(Budget(None), Budget(None))
    watched = Run(five.client, TABLE, MIGRATION, spending, notes)
    watched.up(segments=1)
    ledger = 3  # the lock, the migration, the segment
    one = [("item", 1 + ledger), *[("item", 1)] * 5]
    assert notes.told == [("pass 1", 0), *one, ("wait", 0), ("pass 2", 0), *one]
    assert not is_held(five.client, TABLE)


def test_what_was_looked_at_before_it_was_cut_off_counts(five: Things) -> None:
    assert killed(five, 11, Kind.KILLED_AFTER)
    notes = Notes()
    spending = Spending(Budget(None), Budget(None))
    Run(five.client, TABLE, MIGRATION, spending, notes).up(segments=1, take_over=True)
    assert notes.told[0] == ("pass 1", 3)
