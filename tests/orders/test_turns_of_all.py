"""Several at once, call by call, in every order of calls that there is."""

from __future__ import annotations

from collections import Counter
from functools import partial
from typing import TYPE_CHECKING

import pytest

from shop.contracts.products import MAX_STOCK
from tests.addresses.turns import Turns, every_order
from tests.orders import doings
from tests.orders.doings import outcome

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tests.addresses.turns import Pick
    from tests.orders.world import Customer, Shop

pytestmark = [pytest.mark.exhaustive, pytest.mark.usefixtures("patient")]


class All:
    def __init__(self, shop: Shop, customer: Customer, other: Customer) -> None:
        self.shop, self.customer, self.other = shop, customer, other
        self.mug = shop.add_product(stock=1)
        self.look: Callable[[], object] = lambda: None
        """What else to look at after each order of calls."""
        self._turns = Turns(shop.client)

    def at_once(self, *operations: Callable[[], str]) -> list[Counter[object]]:
        """What each order of calls came to, with all sound after each."""
        start_over = self.shop.saved()

        def run(pick: Pick) -> Sequence[object]:
            start_over()
            told = self._turns.run([partial(outcome, each) for each in operations], pick)
            self.shop.assert_sound()
            self.look()
            return told

        return [Counter(told) for told in every_order(run)]

    def status(self) -> str | None:
        wanted = f"ORDER#{doings.order_id(self.customer)}"
        return next((row["status"] for row in self.shop.orders() if row["pk"] == wanted), None)

    def done(self, action: Callable[[], object]) -> Callable[[], str]:
        def do() -> str:
            action()
            return "done"

        return do


@pytest.fixture
def everyone(shop: Shop, customer: Customer, other: Customer) -> All:
    return All(shop, customer, other)


def test_one_request_three_times(everyone: All) -> None:
    place = partial(doings.place, everyone.customer, everyone.mug)
    for told in everyone.at_once(place, place, place):
        assert told == {"placed": 1, "repeated": 2}


def test_a_request_twice_beside_someone_who_wants_the_same_last_one(everyone: All) -> None:
    place = partial(doings.place, everyone.customer, everyone.mug)
    outcomes = everyone.at_once(place, place, partial(doings.place, everyone.other, everyone.mug))
    mine = {"placed": 1, "repeated": 1, "insufficient-stock": 1}
    theirs = {"placed": 1, "insufficient-stock": 2}
    assert all(told in (mine, theirs) for told in outcomes)
    assert mine in outcomes
    assert theirs in outcomes


def test_two_bodies_under_one_key(everyone: All) -> None:
    everyone.shop.adjust(everyone.mug, 5)
    one, two = (partial(doings.place, everyone.customer, everyone.mug, each) for each in (1, 2))
    for told in everyone.at_once(one, two, one):
        assert told in (
            {"placed": 1, "repeated": 1, "idempotency-key-reused": 1},
            {"placed": 1, "idempotency-key-reused": 2},
        )


def test_an_order_beside_the_end_of_its_product_and_of_its_user(everyone: All) -> None:
    """When it was placed they were there; when it was not, it has gone without a trace."""
    shop, customer = everyone.shop, everyone.customer
    outcomes = everyone.at_once(
        partial(doings.place, customer, everyone.mug),
        everyone.done(partial(shop.archive, everyone.mug)),
        everyone.done(partial(shop.delete_user, customer.user_id)),
    )
    ends = {"placed", "unknown-product", "unauthenticated"}
    seen = {next(iter(told.keys() & ends)) for told in outcomes}
    assert seen == ends


def test_an_order_beside_a_change_of_its_address_and_of_its_price(everyone: All) -> None:
    shop, customer = everyone.shop, everyone.customer
    seen = set()

    def look() -> None:
        (row,) = shop.orders()
        seen.add((row["shippingAddress"]["city"], str(row["totalAmount"])))

    everyone.look = look
    move = partial(shop.change_address, customer.user_id, customer.address_id, city="Cork")
    outcomes = everyone.at_once(
        partial(doings.place, customer, everyone.mug),
        everyone.done(move),
        everyone.done(partial(shop.change_product, everyone.mug, price="10.00")),
    )
    assert all(told == {"placed": 1, "done": 2} for told in outcomes)
    assert seen == {(city, total) for city in ("Galway", "Cork") for total in ("9.99", "10.00")}


def test_an_order_called_off_paid_and_given_up_at_once(everyone: All) -> None:
    doings.place(everyone.customer, everyone.mug)
    ends: list[str | None] = []
    everyone.look = lambda: ends.append(everyone.status())
    outcomes = everyone.at_once(
        partial(doings.cancel, everyone.customer),
        partial(doings.move, everyone.customer, "PAID"),
        doings.cancel_unpaid,
    )
    # Calling off comes last or first; it is never outdone, and gives back once (it is sound).
    assert set(ends) == {"CANCELLED"}
    assert all(told["cancelled"] == 1 for told in outcomes)
    assert any(told["PAID"] for told in outcomes)
    assert any(told["illegal-transition"] == 2 for told in outcomes)


def test_an_order_called_off_and_shipped_at_once_is_one_of_them(everyone: All) -> None:
    doings.place(everyone.customer, everyone.mug)
    doings.move(everyone.customer, "PAID")
    cancel, ship = (
        partial(doings.cancel, everyone.customer),
        partial(doings.move, everyone.customer, "SHIPPED"),
    )
    both = [
        {"CANCELLED": 1, "illegal-transition": 1},
        {"SHIPPED": 1, "illegal-transition": 1},
    ]
    outcomes = everyone.at_once(cancel, ship)
    assert all(told in both for told in outcomes)
    assert all(each in outcomes for each in both)


def test_what_is_called_off_can_be_bought_at_the_same_time(everyone: All) -> None:
    doings.place(everyone.customer, everyone.mug)
    outcomes = everyone.at_once(
        partial(doings.cancel, everyone.customer),
        partial(doings.place, everyone.other, everyone.mug),
    )
    assert all(told["CANCELLED"] == 1 for told in outcomes)
    assert {"placed", "insufficient-stock"} <= {each for told in outcomes for each in told}


def test_stock_never_passes_its_limit(everyone: All) -> None:
    doings.place(everyone.customer, everyone.mug)

    def fill_up() -> str:
        everyone.shop.adjust(everyone.mug, MAX_STOCK)
        return "full"

    outcomes = everyone.at_once(partial(doings.cancel, everyone.customer), fill_up)
    assert {frozenset(told.items()) for told in outcomes} == {
        frozenset({("CANCELLED", 1), ("stock-limit", 1)}),
        frozenset({("stock-limit", 1), ("full", 1)}),
    }
