"""POST /orders again: one Idempotency-Key of a user is one order, whatever happens in between."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from orders.placing import order_id
from shop.ids import new_id

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.orders.world import Answer, Client, Customer, Shop

REUSED = (422, "idempotency-key-reused")
KEY = "k"


@pytest.fixture
def mug(shop: Shop) -> str:
    return shop.add_product()


@pytest.fixture
def tent(shop: Shop) -> str:
    return shop.add_product("120.50", 10, "Tent")


def assert_repeated(answer: Answer, order: dict[str, Any]) -> None:
    assert answer.status == 200
    assert answer.body == order
    assert answer.headers["Location"] == f"/orders/{order['id']}"


def test_a_repeat_is_the_same_order_in_one_round_trip(
    shop: Shop, customer: Customer, mug: str, calls: list[str]
) -> None:
    order = customer.bought({mug: 2}, key=KEY)
    calls.clear()
    for _ in range(3):
        assert_repeated(customer.buy({mug: 2}, key=KEY), order)
    assert calls == ["BatchGetItem"] * 3
    assert shop.stock(mug) == 8
    shop.assert_sound()


def test_the_same_content_in_other_lines_is_a_repeat(
    shop: Shop, customer: Customer, mug: str, tent: str
) -> None:
    order = customer.bought({mug: 3, tent: 1}, key=KEY)
    for lines in ([(tent, 1), (mug, 3)], [(mug, 1), (tent, 1), (mug, 2)], [(mug, 3), (tent, 1)]):
        items = [{"productId": each, "quantity": count} for each, count in lines]
        body = {"items": items, "shippingAddressId": customer.address_id}
        assert_repeated(customer.post(body, KEY), order)
    shop.assert_sound()


def test_another_content_under_the_key_is_refused(
    shop: Shop, customer: Customer, mug: str, tent: str, calls: list[str]
) -> None:
    order = customer.bought({mug: 2}, key=KEY)
    elsewhere = shop.add_address(customer.user_id)
    calls.clear()
    answers = [
        customer.buy({mug: 1}, key=KEY),
        customer.buy({mug: 3}, key=KEY),
        customer.buy({tent: 2}, key=KEY),
        customer.buy({mug: 2, tent: 1}, key=KEY),
        customer.place({mug: 2}, elsewhere, key=KEY),
        # Neither is there, nor enough of it; but it is the key that is wrong first.
        customer.buy({new_id(): 2}, key=KEY),
        customer.buy({mug: 9_000}, key=KEY),
        customer.place({mug: 2}, "x", key=KEY),
    ]
    assert [answer.problem for answer in answers] == [REUSED] * 8
    assert all(order["id"] in answer.body["detail"] for answer in answers)
    assert all("order" not in answer.body for answer in answers)
    assert calls == ["BatchGetItem"] * 8
    assert (shop.stock(mug), shop.stock(tent)) == (8, 10)
    assert [customer.get(order["id"]).body] == customer.everything() == [order]


def test_a_body_that_is_no_order_is_no_repeat_either(customer: Customer, mug: str) -> None:
    customer.bought({mug: 2}, key=KEY)
    assert customer.buy({mug: 0}, key=KEY).problem == (422, "validation-failed")


def test_a_key_is_each_users_own(shop: Shop, customer: Customer, other: Customer, mug: str) -> None:
    first, second = customer.bought({mug: 1}, key=KEY), other.bought({mug: 1}, key=KEY)
    assert first["id"] != second["id"]
    assert (first["userId"], second["userId"]) == (customer.user_id, other.user_id)
    assert shop.stock(mug) == 8
    shop.assert_sound()


def test_another_key_is_another_order(shop: Shop, customer: Customer, mug: str) -> None:
    keys = ["a", "A", "a,b", "a, b", "b,a", ",", "\u00e9", "e\u0301", "\u6771" * 255, "x" * 255,
            "x" * 254, "#", "1", "01", '"', "'", "%20", "\U0001f600"]  # fmt: skip
    orders = [customer.bought({mug: 1}, key=key) for key in keys[:10]]
    shop.adjust(mug, 100)
    orders += [customer.bought({mug: 1}, key=key) for key in keys[10:]]
    assert len({order["id"] for order in orders}) == len(keys)
    for key, order in zip(keys, orders, strict=True):
        assert order["id"] == order_id(customer.user_id, key)
        assert_repeated(customer.buy({mug: 1}, key=key), order)
    shop.assert_sound()


def test_ids_of_orders_stay_what_they_are() -> None:
    """A client may repeat after a deployment; its order is where it was."""
    assert order_id("0" * 32, "k") == "31e85c4ed93357a093258bd9c58ff438"


type Change = Callable[[Shop, Customer, dict[str, Any]], object]
CHANGES: dict[str, Change] = {
    "price": lambda shop, _, order: shop.change_product(_product(order), price="1.00"),
    "name": lambda shop, _, order: shop.change_product(_product(order), name="Cup"),
    "archived": lambda shop, _, order: shop.archive(_product(order)),
    "sold out": lambda shop, _, order: shop.adjust(_product(order), -shop.stock(_product(order))),
    "address": lambda shop, user, _: shop.change_address(user.user_id, user.address_id, city="X"),
    "no address": lambda shop, user, _: shop.delete_address(user.user_id, user.address_id),
    "no account": lambda shop, user, _: shop.delete_user(user.user_id),
}


def _product(order: dict[str, Any]) -> str:
    return str(order["items"][0]["productId"])


@pytest.mark.parametrize("what", CHANGES)
def test_what_has_changed_since_changes_no_repeat(
    shop: Shop, customer: Customer, mug: str, what: str
) -> None:
    order = customer.bought({mug: 2}, key=KEY)
    CHANGES[what](shop, customer, order)
    assert_repeated(customer.buy({mug: 2}, key=KEY), order)
    shop.assert_sound()


def test_a_repeat_shows_the_order_as_it_is_now(
    shop: Shop, customer: Customer, admin: Client, mug: str
) -> None:
    order = customer.bought({mug: 2}, key=KEY)
    for status in ("PAID", "SHIPPED", "DELIVERED"):
        moved = admin.move(order["id"], status).body
        assert moved["status"] == status
        assert_repeated(customer.buy({mug: 2}, key=KEY), moved)
    shop.assert_sound()


def test_a_cancelled_order_is_not_placed_again_by_its_key(
    shop: Shop, customer: Customer, mug: str
) -> None:
    order = customer.bought({mug: 2}, key=KEY)
    cancelled = customer.cancel(order["id"]).body
    assert_repeated(customer.buy({mug: 2}, key=KEY), cancelled)
    assert shop.stock(mug) == 10
    assert customer.buy({mug: 3}, key=KEY).problem == REUSED
    assert customer.buy({mug: 2}, key="another").status == 201
    shop.assert_sound()
