"""Writes of orders: each rests on what was seen, and tells why it was not done."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from orders.repository import StoredOrder
from orders.states import OrderStatus
from orders.writer import AlreadyPlaced
from shop.contracts.products import InsufficientStock, Shortage
from shop.errors import Unauthenticated
from shop.ids import new_id
from shop.optimistic import Outdated
from tests.orders.shelf import an_order

if TYPE_CHECKING:
    from collections.abc import Callable

    from orders.repository import Desk, OrderRepository
    from orders.writer import OrderWriter
    from tests.orders.world import Customer, Shop

LATER = "2030-01-01T00:00:00.000Z"


class Counter:
    """Where an order of two mugs and a tent is about to be written."""

    def __init__(
        self, shop: Shop, customer: Customer, repository: OrderRepository, writer: OrderWriter
    ) -> None:
        self.shop, self.customer, self._writer = shop, customer, writer
        self.mug, self.tent = shop.add_product("1.00", 10), shop.add_product("5.00", 10, "Tent")
        wanted = [self.mug, self.tent]
        self._desk: Desk = repository.desk(new_id(), customer.user_id, customer.address_id, wanted)
        self.stored = StoredOrder(self._order(wanted), 1)

    def _order(self, wanted: list[str]) -> Any:
        offers = [self._desk.offers[each] for each in wanted]
        items = [
            {"id": new_id(), "productId": each.product_id, "name": each.name, "quantity": quantity,
             "price": each.price}
            for each, quantity in zip(offers, (2, 1), strict=True)
        ]  # fmt: skip
        return an_order(
            self.customer.user_id,
            items=items,
            totalAmount="7.00",
            shippingAddressId=self.customer.address_id,
        )

    def place(self) -> None:
        assert self._desk.address is not None
        offers = [self._desk.offers[each] for each in (self.mug, self.tent)]
        self._writer.place(self.stored, offers, self._desk.address["updatedAt"])

    def move(self, to: OrderStatus, updated_at: str = LATER) -> None:
        """Move the order from where it was when it was placed."""
        news = {"status": to, "updated_at": updated_at}
        moved = StoredOrder(self.stored.order.model_copy(update=news), 2)
        self._writer.move(self.stored, moved)

    def stocks(self) -> tuple[int, int]:
        return self.shop.stock(self.mug), self.shop.stock(self.tent)


@pytest.fixture
def counter(
    shop: Shop, customer: Customer, repository: OrderRepository, writer: OrderWriter
) -> Counter:
    return Counter(shop, customer, repository, writer)


def test_an_order_is_placed_in_one_round_trip(counter: Counter, calls: list[str]) -> None:
    counter.place()
    assert calls == ["TransactWriteItems"]
    assert counter.stocks() == (8, 9)
    counter.shop.assert_sound()


def test_an_order_that_is_there_is_not_placed_again(counter: Counter) -> None:
    counter.place()
    with pytest.raises(AlreadyPlaced) as caught:
        counter.place()
    assert caught.value.placed == counter.stored
    assert counter.stocks() == (8, 9)


SINCE: dict[str, Callable[[Counter], object]] = {
    "price": lambda it: it.shop.change_product(it.tent, price="5.01"),
    "name": lambda it: it.shop.change_product(it.mug, name="Cup"),
    "archived": lambda it: it.shop.archive(it.tent),
    "address": lambda it: it.shop.change_address(
        it.customer.user_id, it.customer.address_id, city="Cork"
    ),
    "no address": lambda it: it.shop.delete_address(it.customer.user_id, it.customer.address_id),
}


@pytest.mark.parametrize("short", [False, True])
@pytest.mark.parametrize("what", SINCE)
def test_what_is_no_longer_what_was_seen_is_outdated_also_where_there_is_not_enough(
    counter: Counter, what: str, *, short: bool
) -> None:
    """A new look may find another reason, or none."""
    if short:
        counter.shop.adjust(counter.mug, -9)
    SINCE[what](counter)
    before = counter.stocks()
    with pytest.raises(Outdated):
        counter.place()
    assert counter.stocks() == before
    assert counter.shop.orders() == []


def test_that_the_account_is_gone_comes_before_all_that_may_pass(counter: Counter) -> None:
    counter.shop.delete_user(counter.customer.user_id)
    counter.shop.change_product(counter.mug, price="2.00")
    counter.shop.adjust(counter.tent, -10)
    with pytest.raises(Unauthenticated):
        counter.place()
    assert counter.shop.orders() == []


def test_all_that_is_short_is_told_at_once(counter: Counter) -> None:
    counter.shop.adjust(counter.mug, -9)
    counter.shop.adjust(counter.tent, -10)
    with pytest.raises(InsufficientStock) as caught:
        counter.place()
    wanted = [Shortage(counter.mug, 2, 1), Shortage(counter.tent, 1, 0)]
    assert caught.value.extensions == InsufficientStock(wanted).extensions
    assert counter.shop.orders() == []


# --- moves ----------------------------------------------------------------------------------------
@pytest.mark.parametrize("to", [OrderStatus.PAID, OrderStatus.CANCELLED])
@pytest.mark.parametrize("meanwhile", [OrderStatus.PAID, OrderStatus.CANCELLED])
def test_a_move_rests_on_the_status_that_was_seen(
    counter: Counter, meanwhile: OrderStatus, to: OrderStatus
) -> None:
    counter.place()
    counter.move(meanwhile, "2029-01-01T00:00:00.000Z")
    before = [*counter.shop.orders(), *counter.stocks()]
    with pytest.raises(Outdated):
        counter.move(to)
    assert [*counter.shop.orders(), *counter.stocks()] == before
    counter.shop.assert_sound()


@pytest.mark.parametrize("to", [OrderStatus.PAID, OrderStatus.CANCELLED])
def test_the_very_same_move_was_heard_of_late(counter: Counter, to: OrderStatus) -> None:
    """The SDK asks again when it got no answer; DynamoDB may know the request no more."""
    counter.place()
    counter.move(to)
    before = [*counter.shop.orders(), *counter.stocks()]
    counter.move(to)
    assert [*counter.shop.orders(), *counter.stocks()] == before
    counter.shop.assert_sound()


def test_a_move_is_of_an_order_that_is_there(counter: Counter) -> None:
    for to in (OrderStatus.PAID, OrderStatus.CANCELLED):
        with pytest.raises(Outdated):
            counter.move(to)
    assert counter.shop.orders() == []
    assert counter.stocks() == (10, 10)
