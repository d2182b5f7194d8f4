"""Rows of orders: what is in them, and that nothing gets lost on the way."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from orders.repository import (
    INDEXES,
    StoredOrder,
    order_row,
    placed_key,
    stored_order,
    user_status,
)
from orders.states import OrderStatus
from shop import cursor as cursors
from shop.dynamo import from_wire, to_wire
from shop.ids import new_id
from tests.orders import tables
from tests.orders.shelf import NOON, Shelf, an_order
from tests.sizes import item_size

if TYPE_CHECKING:
    from orders.repository import OrderRepository
    from tests.orders.world import Client, Customer, Shop

USER, ID, PRODUCT = "a" * 32, "b" * 32, "c" * 32


def normalised(value: Any) -> Any:
    """As DynamoDB gives numbers back: without zeros at the end, which moto leaves there."""
    if isinstance(value, dict):
        return {name: normalised(each) for name, each in value.items()}
    if isinstance(value, list):
        return [normalised(each) for each in value]
    return Decimal(f"{value.normalize():f}") if isinstance(value, Decimal) else value


def test_a_row_is_the_order_with_what_the_indexes_need() -> None:
    item = {"id": "d" * 32, "productId": PRODUCT, "name": "Mug", "quantity": 2, "price": "9.90"}
    order = an_order(USER, id=ID, items=[item], totalAmount="19.80", shippingAddressId="e" * 32)
    row = order_row(StoredOrder(order, 3))
    assert row == {
        "pk": f"ORDER#{ID}",
        "sk": "ORDER",
        "userId": USER,
        "orderDate": NOON,
        "totalAmount": Decimal("19.80"),
        "status": "PENDING",
        "shippingAddressId": "e" * 32,
        "shippingAddress": {"street": "12 Harbour Lane", "city": "Galway", "country": "Ireland"},
        "items": [item | {"price": Decimal("9.90")}],
        "createdAt": NOON,
        "updatedAt": NOON,
        "placedKey": f"{NOON}#{ID}",
        "userStatus": f"{USER}#PENDING",
        "version": 3,
    }
    assert {*INDEXES.values(), "placedKey"} <= row.keys()


@pytest.mark.parametrize("address", [{}, {"state": "Connacht"}, {"zipCode": "H91"}])
@pytest.mark.parametrize("status", list(OrderStatus))
def test_an_order_comes_back_from_its_row_as_it_was(
    status: OrderStatus, address: dict[str, str]
) -> None:
    place = {"street": "x", "city": "y", "state": None, "zipCode": None, "country": "z"} | address
    stored = StoredOrder(an_order(USER, status=status, shippingAddress=place), 7)
    row = from_wire(to_wire(order_row(stored)))
    assert stored_order(row) == stored
    assert stored_order(normalised(row)) == stored
    assert order_row(stored) == normalised(row)


def test_money_keeps_its_cents_though_dynamodb_drops_zeros(
    shop: Shop, customer: Customer, admin: Client
) -> None:
    mug = shop.add_product("9.90")
    product = normalised(shop.product(mug))
    shop.client.put_item(TableName="products", Item=to_wire(product))
    order = customer.bought({mug: 10})
    assert (order["totalAmount"], order["items"][0]["price"]) == ("99.00", "9.90")
    [row] = shop.orders()
    shop.client.put_item(TableName="orders", Item=to_wire(normalised(row)))
    assert customer.get(order["id"]).body == order
    assert customer.buy({mug: 10}).problem == (409, "insufficient-stock")
    moved = admin.move(order["id"], "PAID").body
    assert moved == order | {"status": "PAID", "updatedAt": moved["updatedAt"]}


def test_a_move_leaves_no_trace_of_the_status_before(
    shop: Shop, customer: Customer, admin: Client
) -> None:
    order = customer.bought({shop.add_product(): 1})
    [before] = shop.orders()
    moved = admin.move(order["id"], "PAID").body
    assert shop.orders() == [
        before
        | {
            "status": "PAID",
            "userStatus": user_status(customer.user_id, OrderStatus.PAID),
            "updatedAt": moved["updatedAt"],
            "version": 2,
        }
    ]


def test_the_largest_order_fits_its_row_by_far() -> None:
    """DynamoDB takes 400 KB."""
    item = {"id": ID, "productId": PRODUCT, "name": "\u6771" * 216, "quantity": 10_000,
            "price": "99999999.99"}  # fmt: skip
    wide = "\U0001f600" * 255
    address = {"street": wide, "city": wide, "state": wide, "zipCode": "x" * 20, "country": wide}
    order = an_order(USER, items=[item] * 50, shippingAddress=address, totalAmount="99999999.99")
    assert item_size(order_row(StoredOrder(order, 1))) < 50_000


def test_places_in_lists_sort_by_time_and_fit_a_cursor() -> None:
    early, late = placed_key(NOON, "f" * 32), placed_key("2026-11-22T12:00:00.001Z", "0" * 32)
    assert early < late
    assert placed_key(NOON, "0" * 32) < early
    assert len(cursors.encode(late, ("orders", USER, "DELIVERED"))) <= cursors.MAX_LENGTH


def test_many_are_as_asked_for_and_without_those_that_are_not_there(
    repository: OrderRepository, shop: Shop, calls: list[str]
) -> None:
    shelf = Shelf(shop.client)
    ids = [shelf.add(USER) for _ in range(5)]
    wanted = [ids[3], new_id(), ids[0], ids[4]]
    calls.clear()
    found = [stored.order.id for stored in repository.many(wanted)]
    assert found == [ids[3], ids[0], ids[4]]
    assert calls == ["BatchGetItem"]
    assert repository.many([]) == []


def test_unpaid_are_the_oldest_pending_ones_from_before_a_time(
    repository: OrderRepository, shop: Shop
) -> None:
    shelf = Shelf(shop.client)
    times = [f"2026-11-22T12:00:00.00{digit}Z" for digit in range(5)]
    ids = {time: shelf.add(new_id(), order_date=time) for time in reversed(times)}
    shelf.add(USER, order_date="2001-01-01T00:00:00.000Z", status="PAID")
    shelf.add(USER, order_date="2001-01-01T00:00:00.000Z", status="CANCELLED")
    assert repository.unpaid(times[3], 100) == [ids[time] for time in times[:3]]
    assert repository.unpaid(times[3], 2) == [ids[time] for time in times[:2]]
    assert repository.unpaid(times[0], 100) == []


def test_the_tests_have_the_indexes_that_the_code_reads() -> None:
    assert {name: keys[0] for name, keys in tables.INDEXES.items()} == INDEXES
    assert {keys[1] for keys in tables.INDEXES.values()} == {"placedKey"}
