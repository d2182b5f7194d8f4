"""An order stays what it was, whatever becomes of the product, the address and the account."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.orders.world import ADDRESS

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.orders.world import Client, Customer, Shop

LATER = {
    "a new price": lambda shop, product, _: shop.change_product(product, price="0.01"),
    "a new name": lambda shop, product, _: shop.change_product(product, name="Cup"),
    "archived": lambda shop, product, _: shop.archive(product),
    "moved": lambda shop, _, user: shop.change_address(
        user.user_id, user.address_id, street="x", city="x", state="x", zipCode="x", country="x"
    ),
    "no address": lambda shop, _, user: shop.delete_address(user.user_id, user.address_id),
    "no account": lambda shop, _, user: shop.delete_user(user.user_id),
}


@pytest.mark.parametrize("what", LATER)
def test_no_later_change_touches_an_order(
    shop: Shop, customer: Customer, admin: Client, what: str
) -> None:
    mug = shop.add_product("9.99", 10)
    order = customer.bought({mug: 2})
    before = shop.orders()
    change: Callable[[Shop, str, Customer], None] = LATER[what]
    change(shop, mug, customer)
    assert shop.orders() == before
    assert customer.get(order["id"]).body == order
    assert customer.items(order["id"]).body == {"items": order["items"]}
    assert customer.everything() == admin.everything(userId=customer.user_id) == [order]
    moved = admin.move(order["id"], "PAID").body
    assert moved == order | {"status": "PAID", "updatedAt": moved["updatedAt"]}
    shop.assert_sound()


def test_an_order_has_what_was_true_when_it_was_placed(shop: Shop, customer: Customer) -> None:
    mug = shop.add_product("9.99", 10, "Mug")
    first = customer.bought({mug: 1})
    shop.change_product(mug, price="12.00", name="Cup")
    shop.change_address(customer.user_id, customer.address_id, city="Cork", zipCode="T12")
    second = customer.bought({mug: 1})
    assert [(order["items"][0]["name"], order["totalAmount"]) for order in (first, second)] == [
        ("Mug", "9.99"),
        ("Cup", "12.00"),
    ]
    assert first["shippingAddress"] == ADDRESS | {"state": None, "zipCode": None}
    assert second["shippingAddress"] == ADDRESS | {"state": None, "zipCode": "T12", "city": "Cork"}
    assert first["shippingAddressId"] == second["shippingAddressId"]


def test_what_goes_back_is_what_was_taken_though_the_price_is_another(
    shop: Shop, customer: Customer
) -> None:
    mug = shop.add_product("9.99", 10)
    order = customer.bought({mug: 4})
    shop.change_product(mug, price="1.00", name="Cup")
    assert customer.cancel(order["id"]).body["totalAmount"] == "39.96"
    row = shop.product(mug)
    assert (row["stock"], row["name"], row["price"]) == (10, "Cup", 1)
    shop.assert_sound()
