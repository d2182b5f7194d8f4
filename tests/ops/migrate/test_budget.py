"""The capacity that a run may use."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest

from ops.migrate.budget import Budget
from ops.migrate.run import Spending
from tests.ops.migrate.things import MIGRATION

if TYPE_CHECKING:
    from tests.ops.migrate.things import Things


def test_capacity_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    waited: list[float] = []
    clock = 0.0

    def wait(self: object, seconds: float) -> None:
        nonlocal clock
        waited.append(seconds)
        clock += seconds

    monkeypatch.setattr(threading.Event, "wait", wait)
    monkeypatch.setattr("ops.migrate.budget.time.monotonic", lambda: clock)
    budget, stop = Budget(10), threading.Event()
    for _ in range(5):
        budget.wait(stop)
        budget.spend(20)
    assert budget.used == 100
    assert sum(waited) == pytest.approx(8)  # the last twenty are not paid off yet


def test_capacity_is_counted(things: Things) -> None:
    for name in ("Ash", "Beech", "Elm", "Fir"):
        things.put(name)
    spending = Spending(Budget(None), Budget(None))
    things.run(MIGRATION, spending).up(segments=1)
    assert spending.writes.used == 4 / 2  # moto's units are smaller
    assert spending.reads.used > 0
