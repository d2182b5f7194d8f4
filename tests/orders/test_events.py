"""What the stream of the orders table has the world told."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pytest

from orders import order_events
from orders.order_events import OrderEvent, of_record
from shop.contracts.orders import OrderEventType
from tests.orders.records import record

if TYPE_CHECKING:
    from tests.orders.world import Client, Customer, Shop

PATHS = {
    "delivered": ["PENDING", "PAID", "SHIPPED", "DELIVERED"],
    "called off": ["PENDING", "CANCELLED"],
    "paid and called off": ["PENDING", "PAID", "CANCELLED"],
}
TYPES = {
    "PENDING": "OrderPlaced",
    "PAID": "OrderPaid",
    "SHIPPED": "OrderShipped",
    "DELIVERED": "OrderDelivered",
    "CANCELLED": "OrderCancelled",
}


@pytest.fixture
def rows(shop: Shop, customer: Customer, admin: Client) -> list[dict[str, Any]]:
    """An order's row after each of its moves."""
    return lived(shop, customer, admin, PATHS["delivered"])


def lived(shop: Shop, customer: Customer, admin: Client, path: list[str]) -> list[dict[str, Any]]:
    order_id = customer.bought({shop.add_product(): 2, shop.add_product("0.01"): 1})["id"]
    rows = [order_row(shop, order_id)]
    for status in path[1:]:
        assert admin.move(order_id, status).status == 200
        rows.append(order_row(shop, order_id))
    return rows


def order_row(shop: Shop, order_id: str) -> dict[str, Any]:
    return next(row for row in shop.orders() if row["pk"] == f"ORDER#{order_id}")


def told(old: dict[str, Any] | None, new: dict[str, Any] | None) -> OrderEvent:
    event = of_record(record(old, new))
    assert event
    return event


@pytest.mark.parametrize("path", PATHS.values(), ids=PATHS)
def test_each_move_is_an_event_with_the_whole_order(
    shop: Shop, customer: Customer, admin: Client, path: list[str]
) -> None:
    rows = lived(shop, customer, admin, path)
    events = [told(old, new) for old, new in pairwise([None, *rows])]
    assert [each.type for each in events] == [TYPES[status] for status in path]
    assert [each.version for each in events] == list(range(1, len(path) + 1))
    assert [each.previous_status for each in events] == [None, *path[:-1]]
    assert [each.order.status for each in events] == path
    assert [each.occurred_at for each in events] == [row["updatedAt"] for row in rows]
    now = customer.get(events[0].order.id).body
    assert events[-1].order.model_dump(mode="json", by_alias=True) == now


def test_there_is_a_type_for_every_status() -> None:
    assert {str(status): str(each) for status, each in order_events._TYPES.items()} == TYPES
    assert set(TYPES.values()) == set(OrderEventType)


def test_an_event_has_the_same_id_however_often_it_comes_and_no_other_has_it(
    shop: Shop, customer: Customer, admin: Client, rows: list[dict[str, Any]]
) -> None:
    others = lived(shop, customer, admin, PATHS["delivered"])
    changes = [*pairwise([None, *rows]), *pairwise([None, *others])]
    once, again = ([told(old, new).id for old, new in changes] for _ in range(2))
    assert once == again
    assert len(set(once)) == len(changes)


def test_ids_of_events_never_change(rows: list[dict[str, Any]]) -> None:
    """Consumers know by them what they have had."""
    row = rows[0] | {"pk": f"ORDER#{'a' * 32}"}
    assert told(None, row).id == "1cbcac0e1ce85005b62977914e1c479d"


def test_what_is_no_move_is_no_event(rows: list[dict[str, Any]]) -> None:
    row = rows[1]
    assert of_record(record(row, row)) is None
    assert of_record(record(row, row | {"version": row["version"] + 1})) is None
    assert of_record(record(row, row | {"addedLater": "x"})) is None
    assert of_record(record(row, None)) is None


def test_another_row_of_the_table_is_no_event(rows: list[dict[str, Any]]) -> None:
    assert of_record(record(None, rows[0] | {"sk": "ORDER#NOTE"})) is None
    assert of_record(record(None, {"pk": rows[0]["pk"], "sk": "ORDER#NOTE"})) is None


def test_an_order_that_is_put_back_is_told_as_what_it_is(rows: list[dict[str, Any]]) -> None:
    """As by a restore: what its consumers had of it before, they know by the id."""
    for old, new in pairwise(rows):
        restored = told(None, new)
        assert restored.id == told(old, new).id
        assert restored.previous_status is None
        assert restored.type == TYPES[new["status"]]


def test_images_hold_what_later_versions_may_add(rows: list[dict[str, Any]]) -> None:
    old, new = ({**row, "addedLater": {"x": [1]}} for row in rows[:2])
    assert told(old, new) == told(*rows[:2])
