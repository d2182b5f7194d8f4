"""Any call may fail or the function end: no book is ever wrong, and trying again gets it done."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from shop.errors import Unavailable
from tests.addresses.faults import Accident, Faults, Killed
from tests.addresses.world import ADDRESS, Answer, Customer, deliver, numbered, removal

if TYPE_CHECKING:
    from collections.abc import Callable

    from aws_lambda_powertools.utilities.typing import LambdaContext

    from tests.addresses.world import Store

pytestmark = pytest.mark.exhaustive

DEFAULT, PLAIN = numbered(2)
WRITTEN = (Accident.LOST, Accident.KILLED_AFTER)


@dataclass
class Request:
    """What a client sends, the calls that it takes, and what may be answered the second time."""

    send: Callable[[Customer], Answer]
    calls: list[str]
    again: set[int]


READ_AND_WRITE = ["BatchGetItem", "TransactWriteItems"]
REQUESTS = {
    "create": Request(lambda user: user.create(), ["GetItem", "TransactWriteItems"], {201}),
    "create default": Request(
        lambda user: user.create(isDefault=True), ["GetItem", "TransactWriteItems"], {201}
    ),
    "change": Request(
        lambda user: user.change(PLAIN, {"city": "Cork"}), ["BatchGetItem", "UpdateItem"], {200}
    ),
    "make default": Request(
        lambda user: user.change(PLAIN, {"isDefault": True, "city": "Cork"}), READ_AND_WRITE, {200}
    ),
    "make no default": Request(
        lambda user: user.change(DEFAULT, {"isDefault": False}), READ_AND_WRITE, {200}
    ),
    "delete default": Request(lambda user: user.delete(DEFAULT), READ_AND_WRITE, {204, 404}),
    "delete": Request(lambda user: user.delete(PLAIN), READ_AND_WRITE, {204, 404}),
    "read": Request(lambda user: user.get(PLAIN), ["BatchGetItem"], {200}),
    "list": Request(lambda user: user.page(), ["Query"], {200}),
}


def seen(user: Customer) -> list[tuple[str, str, bool]]:
    return sorted(
        (each["id"] if each["id"] in (DEFAULT, PLAIN) else "new", each["city"], each["isDefault"])
        for each in user.everything()
    )


@pytest.mark.parametrize("accident", Accident)
@pytest.mark.parametrize("name", REQUESTS)
def test_after_an_accident_at_any_call_the_clients_retry_gets_it_done(
    store: Store, context: LambdaContext, name: str, accident: Accident
) -> None:
    request = REQUESTS[name]
    faults = Faults(store.client)

    def begin() -> Customer:
        user = Customer(context, store.add_user())
        store.fill(user.user_id, [DEFAULT, PLAIN], DEFAULT)
        return user

    def met(user: Customer) -> None:
        """An accident, as the client sees it."""
        try:
            assert request.send(user).problem == (503, "unavailable")
        except Killed:
            assert accident in (Accident.KILLED_BEFORE, Accident.KILLED_AFTER)
        assert faults.over()

    calm = begin()
    faults.calls.clear()
    request.send(calm)
    assert faults.calls == request.calls
    wanted = seen(calm)
    for place, call in enumerate(request.calls):
        user = begin()
        before = store.rows(user.user_id)
        faults.plan(place, accident)
        met(user)
        store.assert_sound(user.user_id)
        written = accident in WRITTEN and call in ("TransactWriteItems", "UpdateItem")
        assert (store.rows(user.user_id) != before) == written
        assert request.send(user).status in request.again
        store.assert_sound(user.user_id)
        # Nothing says of two equal new addresses that they are meant to be one.
        twice = written and name.startswith("create")
        extra = [("new", ADDRESS["city"], False)] if twice else []
        assert seen(user) == sorted([*wanted, *extra])


@pytest.mark.parametrize("accident", Accident)
@pytest.mark.parametrize(
    ("count", "calls"),
    [
        (0, ["Query", "DeleteItem"]),
        (2, ["Query", "TransactWriteItems"]),
        # There are never so many; if there were, it would take several goes.
        (105, ["Query", "TransactWriteItems", "TransactWriteItems"]),
    ],
)
def test_after_an_accident_at_any_call_of_the_clearing_its_redelivery_leaves_nothing(
    store: Store, context: LambdaContext, accident: Accident, count: int, calls: list[str]
) -> None:
    faults = Faults(store.client)
    for place in range(len(calls)):
        user_id = store.add_user()
        store.fill(user_id, numbered(count), None)
        faults.plan(place, accident)
        with pytest.raises((Unavailable, Killed)):
            deliver(context, removal(user_id))
        assert faults.over()
        assert faults.calls == calls[: place + 1]
        deliver(context, removal(user_id))
        assert store.rows(user_id) == {}


def test_an_accident_that_was_planned_too_late_did_not_happen(store: Store) -> None:
    faults = Faults(store.client)
    faults.plan(1, Accident.REFUSED)
    store.client.list_tables()
    assert not faults.over()
    assert store.client.list_tables()["TableNames"]
