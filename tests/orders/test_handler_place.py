"""POST /orders: what an order is made of, and what it leaves behind."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from orders.placing import order_id
from shop.contracts.products import MAX_STOCK
from shop.identity import Role
from shop.ids import is_id
from tests.orders.world import ADDRESS, Client

if TYPE_CHECKING:
    from collections.abc import Callable

    from aws_lambda_powertools.utilities.typing import LambdaContext

    from tests.orders.world import Customer, Shop

NOON = "2026-11-22T12:00:00.000Z"
READ, WRITE = "BatchGetItem", "TransactWriteItems"
MOST = "99999999.99"


def line(product_id: str, quantity: object) -> dict[str, Any]:
    return {"productId": product_id, "quantity": quantity}


def shortages(*products: tuple[str, int, int]) -> list[dict[str, Any]]:
    """Products of which there is not enough: id, how many are wanted, how many there are."""
    return [
        {"productId": each, "requested": wanted, "available": there}
        for each, wanted, there in products
    ]


def test_a_new_order_is_answered_whole(
    shop: Shop, customer: Customer, set_clock: Callable[[str], None], calls: list[str]
) -> None:
    mug, tent = shop.add_product("9.99", 10), shop.add_product("120.50", 3, "Tent")
    set_clock(NOON)
    calls.clear()
    answer = customer.buy({tent: 1, mug: 2}, key="first")
    assert calls == [READ, WRITE]
    assert answer.status == 201
    assert answer.headers["Content-Type"] == "application/json"
    placed = order_id(customer.user_id, "first")
    assert answer.headers["Location"] == f"/orders/{placed}"
    items = answer.body["items"]
    assert answer.body == {
        "id": placed,
        "userId": customer.user_id,
        "orderDate": NOON,
        "totalAmount": "140.48",
        "status": "PENDING",
        "shippingAddressId": customer.address_id,
        "shippingAddress": {"state": None, "zipCode": None, **ADDRESS},
        "items": [
            {"id": items[0]["id"], "productId": tent, "name": "Tent", "quantity": 1,
             "price": "120.50"},
            {"id": items[1]["id"], "productId": mug, "name": "Enamel Mug", "quantity": 2,
             "price": "9.99"},
        ],
        "createdAt": NOON,
        "updatedAt": NOON,
    }  # fmt: skip
    assert customer.get(placed).body == answer.body
    assert (shop.stock(mug), shop.stock(tent)) == (8, 2)
    shop.assert_sound()


def test_every_item_has_an_id_of_its_own(shop: Shop, customer: Customer) -> None:
    products = {shop.add_product(): 1 for _ in range(3)}
    items = [item for _ in range(2) for item in customer.bought(products)["items"]]
    ids = {item["id"] for item in items}
    assert len(ids) == 6
    assert all(map(is_id, ids))
    assert ids.isdisjoint(products)


def test_a_whole_address_goes_with_the_order(shop: Shop, customer: Customer) -> None:
    fields = {"street": "1 Quay", "city": "Cork", "state": "Munster", "zipCode": "T12"}
    address_id = shop.add_address(customer.user_id, **fields)
    order = customer.placed({shop.add_product(): 1}, address_id)
    assert order["shippingAddressId"] == address_id
    assert order["shippingAddress"] == ADDRESS | fields


def test_lines_of_a_product_are_one_item_where_it_was_first_named(
    shop: Shop, customer: Customer
) -> None:
    a, b, c = sorted((shop.add_product("1.10", 100) for _ in range(3)), reverse=True)
    lines = [line(b, 1), line(a, 2), line(b, 4), line(c, 8), line(a, 16)]
    answer = customer.post({"items": lines, "shippingAddressId": customer.address_id}, "k")
    assert answer.status == 201
    assert [(each["productId"], each["quantity"]) for each in answer.body["items"]] == [
        (b, 5),
        (a, 18),
        (c, 8),
    ]
    assert answer.body["totalAmount"] == "34.10"
    assert [shop.stock(each) for each in (a, b, c)] == [82, 95, 92]
    shop.assert_sound()


@pytest.mark.parametrize("count", [1, 2, 50])
def test_up_to_fifty_products_are_one_order_in_two_round_trips(
    shop: Shop, customer: Customer, calls: list[str], count: int
) -> None:
    products = {each: n for n, each in enumerate(shop.add_products(count, stock=60), 1)}
    calls.clear()
    answer = customer.buy(products)
    assert calls == [READ, WRITE]
    assert answer.status == 201
    assert {each["productId"]: each["quantity"] for each in answer.body["items"]} == products
    assert [shop.stock(each) for each in products] == [60 - n for n in products.values()]
    calls.clear()
    assert customer.cancel(answer.body["id"]).status == 200
    assert calls == ["GetItem", WRITE]
    shop.assert_sound()


def test_what_costs_nothing_can_be_ordered(shop: Shop, customer: Customer) -> None:
    order = customer.bought({shop.add_product("0", 5): 5})
    assert (order["totalAmount"], order["items"][0]["price"]) == ("0.00", "0.00")
    assert customer.get(order["id"]).body == order


@pytest.mark.parametrize(
    ("prices", "total"),
    [
        ({"0.1": 1, "0.2": 1}, "0.30"),
        ({"0.07": 10_000}, "700.00"),
        ({"19.90": 3}, "59.70"),
        ({"9999.99": 10_000}, "99999900.00"),
        ({"99999999.98": 1, "0.01": 1}, MOST),
    ],
)
def test_the_total_is_exact(
    shop: Shop, customer: Customer, prices: dict[str, int], total: str
) -> None:
    products = {shop.add_product(price, 10_000): count for price, count in prices.items()}
    order = customer.bought(products)
    assert order["totalAmount"] == total
    assert customer.get(order["id"]).body["totalAmount"] == total


def test_the_most_that_an_order_can_cost_is_the_most_that_a_price_can_be(
    shop: Shop, customer: Customer
) -> None:
    dear, cent = shop.add_product(MOST), shop.add_product("0.01")
    assert customer.bought({dear: 1})["totalAmount"] == MOST
    for products in ({dear: 1, cent: 1}, {dear: 2}):
        answer = customer.buy(products)
        assert answer.problem == (422, "total-too-large")
        assert answer.body["detail"] == f"The most is {MOST}."
    assert (shop.stock(dear), shop.stock(cent)) == (9, 10)
    shop.assert_sound()


def test_the_last_one_can_be_bought_and_no_more(
    shop: Shop, customer: Customer, calls: list[str]
) -> None:
    mug = shop.add_product(stock=3)
    calls.clear()
    short = customer.buy({mug: 4})
    assert short.problem == (409, "insufficient-stock")
    assert short.body["products"] == shortages((mug, 4, 3))
    assert calls == [READ, WRITE, "TransactGetItems"]
    assert customer.buy({mug: 3}).status == 201
    assert customer.buy({mug: 1}).body["products"] == shortages((mug, 1, 0))
    assert shop.stock(mug) == 0
    shop.assert_sound()


def test_each_product_of_which_there_is_not_enough_is_named_and_none_is_taken(
    shop: Shop, customer: Customer
) -> None:
    enough, few, none = (shop.add_product(stock=stock) for stock in (5, 2, 0))
    before = [shop.product(each) for each in (enough, few, none)]
    answer = customer.buy({few: 3, enough: 5, none: 1})
    assert answer.problem == (409, "insufficient-stock")
    assert answer.body["products"] == shortages((few, 3, 2), (none, 1, 0))
    assert [shop.product(each) for each in (enough, few, none)] == before
    assert shop.orders() == []


def test_a_refused_order_leaves_its_key_for_another_try(shop: Shop, customer: Customer) -> None:
    mug = shop.add_product(stock=0)
    assert customer.buy({mug: 1}, key="k").status == 409
    shop.adjust(mug, 5)
    assert customer.buy({mug: 2}, key="k").status == 201
    shop.assert_sound()


def test_the_largest_quantity_can_be_ordered(shop: Shop, customer: Customer) -> None:
    mug = shop.add_product("0.01", MAX_STOCK)
    assert customer.bought({mug: 10_000})["totalAmount"] == "100.00"
    assert shop.stock(mug) == MAX_STOCK - 10_000


def test_a_sale_moves_the_product_on(
    shop: Shop, customer: Customer, set_clock: Callable[[str], None]
) -> None:
    """Its version is what ETags rest on; its time, what clients sort by."""
    mug = shop.add_product()
    before = shop.product(mug)
    set_clock("2000-01-01T00:00:00.000Z")  # whose clock is behind
    order = customer.bought({mug: 1})
    sold = shop.product(mug)
    assert sold["updatedAt"] > before["updatedAt"]
    customer.cancel(order["id"])
    assert [int(each["version"]) for each in (before, sold, shop.product(mug))] == [1, 2, 3]
    kept = {"pk", "sk", "name", "price", "active", "createdAt", "listing", "newestKey", "priceKey"}
    assert {name: sold[name] for name in kept} == {name: before[name] for name in kept}


def test_an_administrator_buys_like_everyone(shop: Shop, context: LambdaContext) -> None:
    admin = Client(context, shop.add_user(), Role.ADMIN)
    order = admin.placed({shop.add_product(): 1}, shop.add_address(admin.user_id))
    assert order["userId"] == admin.user_id
    assert admin.get(order["id"]).body == order
    shop.assert_sound()
