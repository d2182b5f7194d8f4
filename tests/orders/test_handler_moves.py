"""PATCH /orders/{order_id} and its cancel: every move that there is, and no other."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from orders.repository import user_status
from orders.states import OrderStatus
from shop.contracts.products import MAX_STOCK
from shop.ids import new_id
from tests.orders.shelf import Shelf

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.orders.world import Client, Customer, Shop

ILLEGAL = (409, "illegal-transition")
READ, WRITE = "GetItem", "TransactWriteItems"
STATUSES = ["PENDING", "PAID", "SHIPPED", "DELIVERED", "CANCELLED"]
# As the contract has it; nothing of it comes from the code.
LEGAL = {
    ("PENDING", "PAID"), ("PAID", "SHIPPED"), ("SHIPPED", "DELIVERED"),
    ("PENDING", "CANCELLED"), ("PAID", "CANCELLED"),
}  # fmt: skip


@pytest.fixture
def order_at(shop: Shop, customer: Customer) -> Callable[[str], tuple[str, dict[str, object]]]:
    """A product of which four of ten are sold in an order of a status, and that order."""

    def make(status: str) -> tuple[str, dict[str, object]]:
        mug = shop.add_product(stock=10)
        order = customer.bought({mug: 4})
        if status == "CANCELLED":
            return mug, customer.cancel(order["id"]).body
        moved = {"status": status, "userStatus": user_status(customer.user_id, OrderStatus(status))}
        Shelf(shop.client).set(order["id"], **moved)
        return mug, order | {"status": status}

    return make


@pytest.mark.parametrize(("status", "to"), sorted(LEGAL))
def test_an_administrator_moves_an_order_where_there_is_a_way(
    shop: Shop,
    customer: Customer,
    admin: Client,
    order_at: Callable[..., tuple[str, dict[str, str]]],
    calls: list[str],
    status: str,
    to: str,
) -> None:
    mug, order = order_at(status)
    calls.clear()
    answer = admin.move(order["id"], to)
    assert calls == [READ, WRITE]
    assert answer.status == 200
    assert answer.body == order | {"status": to, "updatedAt": answer.body["updatedAt"]}
    assert answer.body["updatedAt"] > order["updatedAt"]
    assert customer.get(order["id"]).body == answer.body
    assert shop.stock(mug) == (10 if to == "CANCELLED" else 6)
    shop.assert_sound()


@pytest.mark.parametrize("status", STATUSES)
def test_and_nowhere_else(
    shop: Shop,
    customer: Customer,
    admin: Client,
    order_at: Callable[..., tuple[str, dict[str, str]]],
    calls: list[str],
    status: str,
) -> None:
    mug, order = order_at(status)
    stock = shop.stock(mug)
    for to in STATUSES:
        if (status, to) in LEGAL:
            continue
        calls.clear()
        answer = admin.move(order["id"], to)
        assert calls == [READ]
        assert answer.problem == ILLEGAL
        assert (answer.body["from"], answer.body["to"]) == (status, to)
        assert answer.body["detail"] == f"The order is {status}; it cannot become {to}."
        assert customer.get(order["id"]).body == order
        assert shop.stock(mug) == stock


@pytest.mark.parametrize("status", STATUSES)
def test_an_owner_calls_off_what_is_not_shipped(
    shop: Shop,
    customer: Customer,
    order_at: Callable[..., tuple[str, dict[str, str]]],
    calls: list[str],
    status: str,
) -> None:
    mug, order = order_at(status)
    calls.clear()
    answer = customer.cancel(order["id"])
    if status in ("PENDING", "PAID"):
        assert calls == [READ, WRITE]
        wanted = order | {"status": "CANCELLED", "updatedAt": answer.body["updatedAt"]}
        assert (answer.status, answer.body) == (200, wanted)
        assert shop.stock(mug) == 10
        assert customer.cancel(order["id"]).problem == ILLEGAL
        assert shop.stock(mug) == 10
    else:
        assert calls == [READ]
        assert answer.problem == ILLEGAL
        assert (answer.body["from"], answer.body["to"]) == (status, "CANCELLED")
        assert customer.get(order["id"]).body == order
    shop.assert_sound()


def test_every_status_is_in_these_tests() -> None:
    assert list(OrderStatus) == STATUSES


@pytest.mark.parametrize("status", ["PENDING", "PAID"])
def test_nobody_else_calls_an_order_off(
    shop: Shop,
    other: Customer,
    admin: Client,
    order_at: Callable[..., tuple[str, dict[str, str]]],
    status: str,
) -> None:
    mug, order = order_at(status)
    before = shop.orders()
    for client in (other, admin):
        assert client.cancel(order["id"]).problem == (404, "not-found")
    assert shop.orders() == before
    assert shop.stock(mug) == 6


def test_only_administrators_move_orders(
    shop: Shop, customer: Customer, other: Customer, calls: list[str]
) -> None:
    order = customer.bought({shop.add_product(): 1})
    calls.clear()
    for client in (customer, other):
        for order_id in (order["id"], new_id(), "x"):
            assert client.move(order_id, "CANCELLED").problem == (403, "forbidden")
    assert calls == []
    assert customer.get(order["id"]).body == order


@pytest.mark.parametrize(
    "status", ["paid", "", "OPEN", "PENDING ", None, 1, True, ["PAID"], {}, "PAID,SHIPPED"],
    ids=ascii,
)  # fmt: skip
def test_a_status_that_is_none_is_422_also_for_no_order(
    admin: Client, calls: list[str], status: object
) -> None:
    for order_id in (new_id(), "x"):
        answer = admin.move(order_id, status)  # type: ignore[arg-type]  # that is the point
        assert answer.problem == (422, "validation-failed")
        assert [each["loc"] for each in answer.body["errors"]] == [["body", "status"]]
    assert calls == []


def test_a_move_is_of_the_status_alone(shop: Shop, customer: Customer, admin: Client) -> None:
    order = customer.bought({shop.add_product(): 1})
    for body in ({}, {"status": "PAID", "totalAmount": "0.00"}, {"userId": new_id()}):
        answer = admin.send(
            "PATCH",
            f"/orders/{order['id']}",
            route="/orders/{order_id}",
            path_parameters={"order_id": order["id"]},
            body=json.dumps(body),
        )
        assert answer.problem == (422, "validation-failed")
    assert customer.get(order["id"]).body == order


def test_an_order_that_is_not_there_does_not_move(admin: Client, calls: list[str]) -> None:
    unknown = new_id()
    answer = admin.move(unknown, "PAID")
    assert answer.problem == (404, "not-found")
    assert answer.body["detail"] == f"There is no order '{unknown}'."
    assert calls == [READ]


def test_what_is_archived_goes_back_into_the_stock_and_stays_archived(
    shop: Shop, customer: Customer, other: Customer
) -> None:
    mug, tent = shop.add_product(stock=10), shop.add_product(stock=5)
    order = customer.bought({mug: 4, tent: 5})
    shop.archive(mug)
    assert customer.cancel(order["id"]).status == 200
    assert (shop.stock(mug), shop.stock(tent)) == (10, 5)
    assert shop.product(mug)["active"] is False
    assert other.buy({mug: 1}).problem == (422, "unknown-product")
    assert other.buy({tent: 5}).status == 201
    shop.assert_sound()


@pytest.mark.parametrize("there", [MAX_STOCK - 4, MAX_STOCK - 3, MAX_STOCK])
def test_an_order_is_not_called_off_where_the_stock_has_no_room(
    shop: Shop, customer: Customer, admin: Client, there: int
) -> None:
    mug, tent = shop.add_product(stock=10), shop.add_product(stock=10)
    order = customer.bought({tent: 1, mug: 4})
    shop.adjust(mug, there - 6)
    if there == MAX_STOCK - 4:
        assert customer.cancel(order["id"]).status == 200
        assert (shop.stock(mug), shop.stock(tent)) == (MAX_STOCK, 10)
    else:
        before = [*shop.orders(), shop.product(mug), shop.product(tent)]
        for answer in (customer.cancel(order["id"]), admin.move(order["id"], "CANCELLED")):
            assert answer.problem == (409, "stock-limit")
            assert str(there) in answer.body["detail"]
        assert [*shop.orders(), shop.product(mug), shop.product(tent)] == before
        assert admin.move(order["id"], "PAID").status == 200, "it can go on"
    shop.assert_sound()


def test_times_and_versions_move_on_though_clocks_disagree(
    shop: Shop, customer: Customer, admin: Client, set_clock: Callable[[str], None]
) -> None:
    set_clock("2026-11-22T12:00:00.000Z")
    order = customer.bought({shop.add_product(): 1})
    updated = [order["updatedAt"]]
    for status, now in (
        ("PAID", "2026-11-22T12:00:00.000Z"),
        ("SHIPPED", "2001-01-01T00:00:00.000Z"),
        ("DELIVERED", "2026-11-22T12:00:00.007Z"),
    ):
        set_clock(now)
        moved = admin.move(order["id"], status).body
        assert moved == order | {"status": status, "updatedAt": moved["updatedAt"]}
        updated.append(moved["updatedAt"])
        [row] = shop.orders()
        assert row["version"] == len(updated)
    assert updated == [f"2026-11-22T12:00:00.00{n}Z" for n in (0, 1, 2, 7)]
