"""One run at a time, and none that is shut out for ever by one that was killed."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

import pytest

from ops.errors import OperationError
from ops.migrate import lock
from ops.migrate.ledger import LostLock
from ops.migrate.lock import LEASE_SECONDS, locked
from tests.ops.migrate.things import LOCK, TABLE, Things
from tests.orders.faults import Faults

if TYPE_CHECKING:
    from shop.dynamo import Item


def test_a_second_run_is_refused_and_told_who_has_it(things: Things) -> None:
    with (
        locked(things.client, TABLE, threading.Event()),
        pytest.raises(OperationError, match=r"migrated by .+ on .+, process \d+.*--take-over"),
    ):
        things.up()
    things.up()


def test_it_ends_with_its_lease(things: Things, monkeypatch: pytest.MonkeyPatch) -> None:
    left_behind = {"pk": "MIGRATION", "sk": "LOCK", "owner": "killed", "who": "somebody"}
    now = int(time.time())
    things.put_row({**left_behind, "until": now + LEASE_SECONDS})
    with pytest.raises(OperationError, match="somebody"):
        things.up()
    things.put_row({**left_behind, "until": now - 1})
    things.up()
    assert LOCK not in things.all_rows()


def test_it_is_renewed_while_it_is_held(things: Things, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lock, "LEASE_SECONDS", 2)
    faults = Faults(things.client)
    renewed = threading.Event()

    def hear(model: object, **_: object) -> None:
        if getattr(model, "name", "") == "UpdateItem":
            renewed.set()

    things.client.meta.events.register("after-call", lambda model, **_: hear(model))
    with locked(things.client, TABLE, threading.Event()):
        until = things.all_rows()[LOCK]["until"]
        assert renewed.wait(30)
        assert things.all_rows()[LOCK]["until"] >= until
    assert faults.calls == []


def test_who_lost_it_notes_nothing_more(things: Things) -> None:
    """Whose lease ran out while it hung writes no item's progress over the other's."""
    for number in range(9):
        things.put(f"Thing {number}")

    def take_over(_: int) -> None:
        if faults.calls.count("Scan") == 2 and not noted:
            faults.pause(things.take_lock)
            faults.pause(lambda: noted.append(things.ledger()))

    noted: list[dict[tuple[str, str], Item]] = []
    faults = Faults(things.client)
    faults.before = take_over
    with pytest.raises(LostLock, match="Somebody else"):
        faults.during(things.up)
    assert [things.ledger()] == noted
    assert noted[0][LOCK]["owner"] == "other"
    assert noted[0]["MIGRATION#0001", "MIGRATION"]["state"] == "running"


def test_the_renewal_tells_the_run_that_it_is_lost(
    things: Things, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lock, "LEASE_SECONDS", 1)
    stop = threading.Event()
    with locked(things.client, TABLE, stop):
        things.take_lock()
        assert stop.wait(30)
    assert things.all_rows()[LOCK]["owner"] == "other"
