"""What others may rely on of products: what is for sale, and taking it out and putting it back."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from shop import clock, writes
from shop.contracts import products
from shop.contracts.products import InsufficientStock, Offer, Shortage, StockLimit
from shop.ids import new_id
from tests.shop.shelf import key, row

if TYPE_CHECKING:
    from shop.dynamo import Item, Table

ID = "5b0f3f0c7e6f5d0e8e5d9f0a1b2c3d4e"
NOON = "2026-11-22T12:00:00.000Z"
MUG: dict[str, Any] = {
    **products.product_key(ID),
    "name": "Mug",
    "price": Decimal("9.90"),
    "stock": Decimal(10),
    "active": True,
    "version": Decimal(3),
    "updatedAt": NOON,
    "category": "cups",
}
OFFER = Offer(ID, "Mug", Decimal("9.90"), NOON)


def present(shelf: Table) -> dict[str, Any]:
    return shelf.get(products.product_key(ID)) or {}


def put(shelf: Table, **attributes: Any) -> dict[str, Any]:
    shelf.client.delete_item(
        TableName=shelf.name, Key={"pk": {"S": f"PRODUCT#{ID}"}, "sk": {"S": "PRODUCT"}}
    )
    stored = {name: value for name, value in (MUG | attributes).items() if value is not None}
    writes.apply(shelf.client, writes.put(shelf, stored))
    return stored


def refused(shelf: Table, *actions: writes.Action) -> writes.ConditionFailed:
    with pytest.raises(writes.ConditionFailed) as caught:
        writes.transact(shelf.client, actions)
    return caught.value


# --- what is for sale -----------------------------------------------------------------------------
def test_an_offer_is_what_the_row_says() -> None:
    assert products.offer(MUG) == OFFER


@pytest.mark.parametrize("row", [{}, MUG | {"active": False}, {**products.product_key(ID)}])
def test_what_is_archived_or_is_not_there_is_no_offer(row: Item) -> None:
    assert products.offer(row) is None


# --- taking out -----------------------------------------------------------------------------------
@pytest.mark.parametrize("quantity", [1, 9, 10])
def test_what_there_is_can_be_taken(shelf: Table, quantity: int) -> None:
    before = put(shelf)
    writes.transact(shelf.client, [products.reserve_stock(shelf, OFFER, quantity)])
    after = present(shelf)
    assert after.pop("updatedAt") > before.pop("updatedAt")
    assert after == before | {"stock": 10 - quantity, "version": 4}


@pytest.mark.parametrize(
    ("attributes", "quantity"),
    [
        ({}, 11),
        ({"stock": Decimal(0)}, 1),
        ({"stock": Decimal(-1)}, 1),
        ({"active": False}, 1),
        ({"active": None}, 1),
        ({"price": Decimal("9.91")}, 1),
        ({"price": Decimal("9.89")}, 1),
        ({"name": "mug"}, 1),
        ({"name": "Mug "}, 1),
    ],
)
def test_nothing_is_taken_of_what_is_short_or_another_offer(
    shelf: Table, attributes: dict[str, Any], quantity: int
) -> None:
    stored = put(shelf, **attributes)
    with_it = writes.put(shelf, row("with it"))
    failure = refused(shelf, with_it, products.reserve_stock(shelf, OFFER, quantity))
    assert failure.rows == [None, stored], "by which the reason is found"
    assert present(shelf) == stored
    assert shelf.get(key("with it")) is None


def test_nothing_is_taken_of_a_product_that_is_not_there(shelf: Table) -> None:
    assert refused(shelf, products.reserve_stock(shelf, OFFER, 1)).rows == [{}]
    assert present(shelf) == {}


@pytest.mark.parametrize(
    "attributes",
    [
        {"price": Decimal("9.9")},  # as DynamoDB writes 9.90
        {"updatedAt": "2030-01-01T00:00:00.000Z"},
        {"version": Decimal(99)},
        {"category": None},
        {"stock": Decimal(products.MAX_STOCK)},
    ],
)
def test_what_does_not_change_the_offer_does_not_get_in_the_way(
    shelf: Table, attributes: dict[str, Any]
) -> None:
    put(shelf, **attributes)
    writes.transact(shelf.client, [products.reserve_stock(shelf, OFFER, 1)])


def test_time_moves_on_from_what_was_seen_though_the_clock_is_behind(
    shelf: Table, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(shelf)
    monkeypatch.setattr(clock, "now", lambda: "2001-01-01T00:00:00.000Z")
    writes.transact(shelf.client, [products.reserve_stock(shelf, OFFER, 1)])
    assert present(shelf)["updatedAt"] == "2026-11-22T12:00:00.001Z"


# --- putting back ---------------------------------------------------------------------------------
@pytest.mark.parametrize("active", [True, False])
def test_what_was_taken_goes_back_also_when_it_is_archived(shelf: Table, *, active: bool) -> None:
    before = put(shelf, active=active, price=Decimal("1.00"), name="Cup")
    writes.transact(shelf.client, [products.return_stock(shelf, ID, 7)])
    after = present(shelf)
    assert after.pop("updatedAt") > before.pop("updatedAt")
    assert after == before | {"stock": 17, "version": 4}


def test_what_was_taken_and_put_back_is_what_was_there(shelf: Table) -> None:
    put(shelf)
    for quantity in (1, 10):
        writes.transact(shelf.client, [products.reserve_stock(shelf, OFFER, quantity)])
        writes.transact(shelf.client, [products.return_stock(shelf, ID, quantity)])
    assert (present(shelf)["stock"], present(shelf)["version"]) == (10, 7)


@pytest.mark.parametrize("quantity", [1, 10_000])
def test_a_stock_is_full_at_its_limit(shelf: Table, quantity: int) -> None:
    put(shelf, stock=Decimal(products.MAX_STOCK - quantity))
    writes.transact(shelf.client, [products.return_stock(shelf, ID, quantity)])
    full = present(shelf)
    assert full["stock"] == products.MAX_STOCK
    assert refused(shelf, products.return_stock(shelf, ID, 1)).rows == [full]
    assert present(shelf) == full


def test_nothing_is_put_into_a_product_that_is_not_there(shelf: Table) -> None:
    assert refused(shelf, products.return_stock(shelf, ID, 1)).rows == [{}]
    assert present(shelf) == {}


# --- what a role needs ----------------------------------------------------------------------------
def test_they_name_the_attributes_that_a_role_may_update_and_no_others(shelf: Table) -> None:
    actions = [products.reserve_stock(shelf, OFFER, 1), products.return_stock(shelf, ID, 1)]
    named: set[str] = set()
    for action in actions:
        assert action.kind == "Update"
        named |= set(action.request["ExpressionAttributeNames"].values())
        named |= action.request["Key"].keys()
        text = action.request["UpdateExpression"] + action.request["ConditionExpression"]
        assert not re.search(r"(?<![#:\w])(stock|price|name|active|version)\b", text)
    assert named == set(products.STOCK_ATTRIBUTES)
    assert list(products.STOCK_ATTRIBUTES) == sorted(named)


# --- what went wrong ------------------------------------------------------------------------------
def test_every_shortage_is_named() -> None:
    one, two = new_id(), new_id()
    error = InsufficientStock([Shortage(one, 3, 2), Shortage(two, 1, 0)])
    assert (error.status, error.type) == (409, "insufficient-stock")
    assert error.extensions == {
        "products": [
            {"productId": one, "requested": 3, "available": 2},
            {"productId": two, "requested": 1, "available": 0},
        ]
    }
    assert all(text in error.detail for text in ("3 ", " 2", "1 ", " 0"))


def test_a_full_stock_is_told_with_its_limit() -> None:
    error = StockLimit(stock=2_147_483_000)
    assert (error.status, error.type) == (409, "stock-limit")
    assert "2147483000" in error.detail
    assert "2147483647" in error.detail
