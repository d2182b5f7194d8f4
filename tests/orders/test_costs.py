"""What each operation costs: round trips, read and write units, exactly, and as a formula.

docs/consistency.md has the same formulas in words.
"""

from __future__ import annotations

from math import ceil
from typing import TYPE_CHECKING, Any

import pytest

from orders.repository import order_key, order_row, stored_order
from products.models import LABEL_BYTES
from shop.contracts.products import product_key
from shop.dynamo import from_wire, to_wire
from shop.ids import new_id
from tests.capacity import Cost, Meter
from tests.orders.world import ORDERS, PRODUCTS, Customer
from tests.sizes import item_size

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.orders.world import Answer, Client, Shop

pytestmark = pytest.mark.slow

WIDE = "漢" * 255
LONGEST_NAME = "漢" * (LABEL_BYTES // 3)


def _crowd(shop: Shop, customer: Customer, size: int) -> None:
    """Fill the tables with as many rows: costs must not depend on it."""
    pattern = _row(shop, customer.bought({shop.add_product(): 1})["id"])
    for number in range(size):
        _copy(shop, pattern, f"2020-01-01T00:00:00.{number:03}Z")
    _products(shop, size)


def _row(shop: Shop, order_id: str) -> dict[str, Any]:
    key = to_wire(order_key(order_id))
    return from_wire(shop.client.get_item(TableName=ORDERS, Key=key)["Item"])


def _copy(shop: Shop, row: dict[str, Any], order_date: str) -> None:
    """Another order like that in ``row``, of the same user."""
    stored = stored_order(row)
    order = stored.order.model_copy(update={"id": new_id(), "order_date": order_date})
    shop.client.put_item(TableName=ORDERS, Item=to_wire(order_row(stored._replace(order=order))))


def _products(shop: Shop, count: int, **fields: Any) -> dict[str, int]:
    """One of each of so many products, all alike."""
    pattern = shop.product(shop.add_product(**fields))
    ids = [new_id() for _ in range(count)]
    for each in ids:
        row = {**pattern, **product_key(each)}
        shop.client.put_item(TableName=PRODUCTS, Item=to_wire(row))
    return dict.fromkeys(ids, 1)


@pytest.mark.parametrize(
    ("count", "cost"), [(1, Cost(2, 3, 11)), (5, Cost(2, 7, 21)), (50, Cost(2, 52, 121))]
)
def test_placing_an_order_is_two_calls_and_two_write_units_a_product(
    shop: Shop, customer: Customer, count: int, cost: Cost
) -> None:
    wanted = _products(shop, count)
    meter = Meter(shop.client)
    order = customer.bought(wanted)
    assert meter.spent() == cost
    kilobytes = ceil(item_size(_row(shop, order["id"])) / 1024)
    assert cost == Cost(2, count + 2, 2 * kilobytes + 3 + 2 + 2 + 2 * count)


@pytest.mark.parametrize(
    ("count", "cost"), [(1, Cost(1, 3, 0)), (5, Cost(1, 7, 0)), (50, Cost(1, 53, 0))]
)
def test_a_repeat_is_one_call_and_writes_nothing(
    shop: Shop, customer: Customer, count: int, cost: Cost
) -> None:
    wanted = _products(shop, count)
    order = customer.bought(wanted, key="again")
    meter = Meter(shop.client)
    assert customer.buy(wanted, key="again").status == 200
    assert meter.spent() == cost
    assert cost == Cost(1, _four_kilobytes(shop, order["id"]) + 1 + count, 0)


def test_an_order_refused_for_its_stock_is_looked_for_once_more(
    shop: Shop, customer: Customer
) -> None:
    wanted = _products(shop, 5, stock=0)
    meter = Meter(shop.client)
    assert customer.buy(wanted).status == 409
    # In case a twin of the request is placing it: a transactional read. Nothing gets into an index.
    assert meter.spent() == Cost(3, 5 + 2 + 2, 2 * (3 + 5))


def test_an_order_of_nothing_that_there_is_costs_no_write(shop: Shop, customer: Customer) -> None:
    meter = Meter(shop.client)
    assert customer.buy({new_id(): 1}).status == 422
    assert meter.spent() == Cost(2, 3 + 2, 0)
    assert customer.buy({"not-an-id": 1}).status == 422
    assert meter.spent() == Cost(2, 2 + 2, 0)


@pytest.mark.parametrize(
    ("count", "cost"), [(1, Cost(2, 1, 8)), (5, Cost(2, 1, 18)), (50, Cost(2, 2, 118))]
)
def test_calling_an_order_off_is_two_calls_and_two_write_units_a_product(
    shop: Shop, customer: Customer, count: int, cost: Cost
) -> None:
    order = customer.bought(_products(shop, count))
    meter = Meter(shop.client)
    assert customer.cancel(order["id"]).status == 200
    assert meter.spent() == cost
    moving = _moving(shop, order["id"])
    assert cost == moving._replace(writes=moving.writes + 2 * count)


@pytest.mark.parametrize(("count", "cost"), [(1, Cost(2, 1, 6)), (50, Cost(2, 2, 18))])
def test_moving_an_order_on_is_two_calls_whatever_is_in_it(
    shop: Shop, customer: Customer, admin: Client, count: int, cost: Cost
) -> None:
    order = customer.bought(_products(shop, count))
    moving = _moving(shop, order["id"])
    meter = Meter(shop.client)
    for status in ("PAID", "SHIPPED", "DELIVERED"):
        assert admin.move(order["id"], status).status == 200
        assert meter.spent() == cost == moving


def test_a_move_that_cannot_be_is_one_call(shop: Shop, customer: Customer, admin: Client) -> None:
    order = customer.bought(_products(shop, 1))
    meter = Meter(shop.client)
    assert admin.move(order["id"], "DELIVERED").status == 409
    assert meter.spent() == Cost(1, 1, 0)


@pytest.mark.parametrize("count", [1, 50])
def test_reading_an_order_is_one_call(
    shop: Shop, customer: Customer, other: Customer, count: int
) -> None:
    order = customer.bought(_products(shop, count))
    cost = Cost(1, {1: 1, 50: 2}[count], 0)
    meter = Meter(shop.client)
    for ask, status in ((customer.get, 200), (customer.items, 200), (other.get, 404)):
        assert ask(order["id"]).status == status
        assert meter.spent() == cost
    assert customer.get("not-an-id").status == 404
    assert meter.spent() == Cost(0, 0, 0)
    assert cost.reads == _four_kilobytes(shop, order["id"])


@pytest.mark.parametrize("status", [None, "PENDING"])
def test_a_page_is_two_calls_and_a_read_for_each_order(
    shop: Shop, customer: Customer, status: str | None
) -> None:
    _crowd(shop, customer, 30)
    meter = Meter(shop.client)
    page = customer.page(status=status).body
    assert (len(page["items"]), meter.spent()) == (20, Cost(2, 0.5 + 20, 0))
    rest = customer.page(status=status, cursor=page["nextCursor"]).body
    assert (len(rest["items"]), meter.spent()) == (11, Cost(2, 0.5 + 11, 0))


def test_what_an_operation_costs_does_not_grow_with_the_tables(
    shop: Shop, customer: Customer, admin: Client
) -> None:
    meter = Meter(shop.client)
    _crowd(shop, customer, 5)
    first = _each_operation(shop, customer, admin, meter)
    _crowd(shop, customer, 45)
    assert _each_operation(shop, customer, admin, meter) == first


def _each_operation(shop: Shop, customer: Customer, admin: Client, meter: Meter) -> list[Cost]:
    ((product, _),) = _products(shop, 1).items()
    key, costs = new_id(), []
    meter.spent()
    order_id = customer.bought({product: 1}, key)["id"]
    costs.append(meter.spent())
    asks: list[Callable[[], Answer]] = [
        lambda: customer.buy({product: 1}, key),
        lambda: customer.get(order_id),
        lambda: customer.page(limit=4),
        lambda: customer.page(limit=4, status="PENDING"),
        lambda: admin.page(limit=4, status="PENDING"),
        lambda: admin.move(order_id, "PAID"),
        lambda: customer.cancel(order_id),
    ]
    for ask in asks:
        assert ask().status == 200
        costs.append(meter.spent())
    return costs


def test_an_empty_list_is_one_call(shop: Shop, customer: Customer) -> None:
    meter = Meter(shop.client)
    assert customer.page().body["items"] == []
    assert meter.spent() == Cost(1, 0.5, 0)


def test_a_product_and_an_index_entry_stay_below_a_write_unit_whatever_is_in_them(
    shop: Shop, customer: Customer
) -> None:
    product_id = shop.add_product(price="99999999.99", stock=2_147_483_647, name=LONGEST_NAME)
    shop.change_product(product_id, description=WIDE * 30)
    order = customer.bought({product_id: 1})
    assert customer.cancel(order["id"]).status == 200
    assert item_size(shop.product(product_id)) <= 1024
    row = _row(shop, order["id"])
    keys = ("pk", "sk", "userId", "userStatus", "status", "placedKey")
    assert item_size({name: row[name] for name in keys}) <= 1024


def test_the_largest_order_is_far_from_what_a_row_can_be(shop: Shop, customer: Customer) -> None:
    widest = {"street": WIDE, "city": WIDE, "state": WIDE, "zipCode": "漢" * 20, "country": WIDE}
    address_id = shop.add_address(customer.user_id, **widest)
    wanted = {shop.add_product(name=LONGEST_NAME): 1 for _ in range(50)}
    meter = Meter(shop.client)
    order = customer.placed(wanted, address_id)
    spent, size = meter.spent(), item_size(_row(shop, order["id"]))
    assert size < 50_000  # of 400 KB
    # The address is checked, and has more than 3 KB.
    assert spent == Cost(2, 52, 2 * ceil(size / 1024) + 3 + 2 + 2 * 4 + 2 * 50)


def _moving(shop: Shop, order_id: str) -> Cost:
    """Two of the three indexes are by status: there the entry goes, and another comes."""
    kilobytes = ceil(item_size(_row(shop, order_id)) / 1024)
    return Cost(2, _four_kilobytes(shop, order_id), 2 * kilobytes + 2 * 2)


def _four_kilobytes(shop: Shop, order_id: str) -> int:
    return ceil(item_size(_row(shop, order_id)) / 4096)
