"""Others do something, whole, between any two calls of an operation: what holds at its commit."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING, Any

import pytest

from tests.orders import doings
from tests.orders.meetings import STOCK, Meeting

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.orders.world import Customer, Shop

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("patient")]


@pytest.fixture
def meeting(shop: Shop, customer: Customer, other: Customer) -> Meeting:
    return Meeting(shop, customer, other)


# What comes of an order that meets it, and what the order's row says then.
PLACING: list[tuple[Callable[[Meeting], None], str, dict[str, Any] | None]] = [
    (Meeting.no_user, "unauthenticated", None),
    (Meeting.no_address, "unknown-address", None),
    (Meeting.move_house, "placed", {"city": "Cork"}),
    (Meeting.archive, "unknown-product", None),
    (Meeting.price, "placed", {"price": "10.01", "total": "20.02"}),
    (Meeting.rename, "placed", {"name": "Cup"}),
    (Meeting.sell_out, "insufficient-stock", None),
    (Meeting.stock_up, "placed", {}),
    (Meeting.buyer, "insufficient-stock", None),
    (Meeting.twin, "repeated", {}),
    (Meeting.other_body, "idempotency-key-reused", {"quantity": 1, "total": "9.99"}),
    (Meeting.twin_and_cancel, "repeated", {"status": "CANCELLED"}),
    (Meeting.twin_and_archive, "repeated", {}),
    (Meeting.twin_and_no_user, "repeated", {}),
    (Meeting.twin_and_no_address, "repeated", {}),
    (Meeting.unpaid, "placed", {}),
]
PLACED = {
    "city": "Galway",
    "price": "9.99",
    "total": "19.98",
    "name": "Enamel Mug",
    "quantity": STOCK,
    "status": "PENDING",
}


def shown(order: dict[str, Any] | None) -> dict[str, Any] | None:
    if order is None:
        return None
    (item,) = order["items"]
    return {
        "city": order["shippingAddress"]["city"],
        "price": str(item["price"]),
        "total": str(order["totalAmount"]),
        "name": item["name"],
        "quantity": item["quantity"],
        "status": order["status"],
    }


@pytest.mark.parametrize(
    ("action", "told", "row"), PLACING, ids=[each[0].__name__ for each in PLACING]
)
def test_an_order_is_placed_on_what_is_true_when_it_is_written(
    meeting: Meeting, action: Callable[[Meeting], None], told: str, row: dict[str, Any] | None
) -> None:
    start_over = meeting.shop.saved()
    for moment in range(2):
        start_over()
        found, _ = meeting.meet(
            lambda: doings.place(meeting.customer, meeting.mug, STOCK),
            lambda: action(meeting),
            {moment},
        )
        assert found == told
        assert shown(meeting.order) == (None if row is None else PLACED | row)


@pytest.mark.parametrize("kind", ["price", "name", "city"])
def test_a_catalogue_or_a_book_that_never_rests_lets_no_order_in_at_an_old_state(
    meeting: Meeting, kind: str
) -> None:
    seen = count(1)

    def change() -> None:
        number = next(seen)
        if kind == "city":
            user = meeting.customer
            meeting.shop.change_address(user.user_id, user.address_id, city=f"Town {number}")
        else:
            value = f"{number}.00" if kind == "price" else f"Mug {number}"
            meeting.shop.change_product(meeting.mug, **{kind: value})

    told, calls = meeting.meet(
        lambda: doings.place(meeting.customer, meeting.mug, STOCK), change, set(range(100))
    )
    # It reads and writes six times, and looks in the end whether it had been heard.
    assert (told, calls) == ("unavailable", 12)
    assert meeting.order is None


# What comes of calling an order off that meets it, and of paying it; and the status after each.
MOVING: list[tuple[Callable[[Meeting], None], tuple[str, str], tuple[str, str]]] = [
    (Meeting.cancel, ("illegal-transition", "CANCELLED"), ("illegal-transition", "CANCELLED")),
    (Meeting.pay, ("CANCELLED", "CANCELLED"), ("illegal-transition", "PAID")),
    (Meeting.ship, ("illegal-transition", "SHIPPED"), ("illegal-transition", "SHIPPED")),
    (Meeting.unpaid, ("illegal-transition", "CANCELLED"), ("illegal-transition", "CANCELLED")),
    (Meeting.fill_up, ("stock-limit", "PENDING"), ("PAID", "PAID")),
    *(
        (action, ("CANCELLED", "CANCELLED"), ("PAID", "PAID"))
        for action in (
            Meeting.no_user,
            Meeting.no_address,
            Meeting.archive,
            Meeting.price,
            Meeting.rename,
            Meeting.stock_up,
        )
    ),
]


@pytest.mark.parametrize(
    ("action", "cancelled", "paid"), MOVING, ids=[each[0].__name__ for each in MOVING]
)
def test_an_order_moves_from_the_status_that_it_has_when_it_is_written(
    meeting: Meeting,
    action: Callable[[Meeting], None],
    cancelled: tuple[str, str],
    paid: tuple[str, str],
) -> None:
    doings.place(meeting.customer, meeting.mug, STOCK)
    start_over = meeting.shop.saved()
    operations = [
        (lambda: doings.cancel(meeting.customer), cancelled),
        (lambda: doings.move(meeting.customer, "PAID"), paid),
    ]
    for operation, (told, status) in operations:
        for moment in range(2):
            start_over()
            found, calls = meeting.meet(operation, lambda: action(meeting), {moment})
            assert calls >= 1 + moment
            assert found == told
            order = meeting.order
            assert order
            assert order["status"] == status
