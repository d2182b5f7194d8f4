"""Half a transaction, as a restore may hold it, is told with what the other half was."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from ops.recover.verify.rules import Finding, Rule

if TYPE_CHECKING:
    from tests.ops.recover.verify.world import Shop
    from tests.orders.world import Client, Customer

pytestmark = pytest.mark.slow


def finding(shop: Shop) -> Finding:
    (found,) = shop.reconciled().findings
    return found


def put_back(shop: Shop, *rows: dict[str, Any]) -> None:
    for row in rows:
        shop.write("products", row)


def test_an_order_whose_stock_was_not_taken(shop: Shop, customer: Customer) -> None:
    mug, kite = shop.add_product(stock=10), shop.add_product(stock=10)
    customer.bought({mug: 3})
    customer.bought({kite: 2})
    before = [shop.product(mug), shop.product(kite)]
    torn = customer.bought({mug: 2, kite: 1})
    customer.bought({mug: 1})
    put_back(shop, before[0] | {"stock": 6}, before[1])
    found = shop.reconciled().findings
    assert {each.row for each in found} == {f"PRODUCT#{each} / PRODUCT" for each in (mug, kite)}
    assert {each.rule for each in found} == {Rule.STOCK}
    suspects = {suspect for each in found for suspect in each.suspects}
    assert len(suspects) == 1
    assert torn["id"] in suspects.pop()


def test_a_stock_that_was_taken_by_an_order_that_is_not_there(
    shop: Shop, customer: Customer
) -> None:
    mug = shop.add_product(stock=10)
    customer.bought({mug: 1})
    lost = customer.bought({mug: 3})
    shop.erase("orders", f"ORDER#{lost['id']}", "ORDER")
    found = finding(shop)
    assert found.text == "the stock is 6 and should be 9, by all that moved it"
    assert found.suspects == ("something that moved it by -3 is missing",)


def test_an_order_that_was_called_off_and_gave_nothing_back(shop: Shop, customer: Customer) -> None:
    mug = shop.add_product(stock=10)
    order = customer.bought({mug: 4})
    before = shop.product(mug)
    customer.cancel(order["id"])
    put_back(shop, before)
    assert f"order {order['id']} (CANCELLED" in finding(shop).suspects[0]


def test_an_adjustment_that_moved_nothing(shop: Shop) -> None:
    mug = shop.add_product(stock=10)
    before = shop.product(mug)
    shop.adjust(mug, 5)
    shop.adjust(mug, 7)
    put_back(shop, before | {"stock": 17})
    (suspect,) = finding(shop).suspects
    assert suspect.startswith("adjustment STOCK#")
    (entry,) = (
        each
        for each in shop.tables.partition("products", f"PRODUCT#{mug}", "STOCK#")
        if each["delta"] == 5
    )
    assert entry["sk"] in suspect


def test_without_what_it_began_with_nothing_is_said_of_the_stock_but_that(
    shop: Shop, customer: Customer
) -> None:
    mug = shop.add_product(stock=10)
    customer.bought({mug: 1})
    shop.write("products", shop.product(mug) | {"stock": 3}, initialStock=None)
    assert finding(shop).text.startswith("initialStock is missing")


def test_an_archived_product_is_added_up_too(shop: Shop, customer: Customer) -> None:
    mug = shop.add_product(stock=10)
    customer.bought({mug: 1})
    shop.archive(mug)
    assert shop.found() == []
    shop.write("products", shop.product(mug), stock=10)
    assert shop.found() == [Rule.STOCK]


def test_more_products_than_one_transaction_reads(shop: Shop, admin: Client) -> None:
    made = shop.add_products(101)
    for product_id in made:
        shop.write("products", shop.product(product_id), stock=9)
    assert shop.found() == [Rule.STOCK] * 101
