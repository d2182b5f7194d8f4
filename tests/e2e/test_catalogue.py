"""Browsing, through the gateway, with IAM enforced."""

import csv
import itertools
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest

from ops.local.stack import LocalStack
from ops.paths import SEED_DATA
from products.models import NewProduct
from products.repository import new_product_rows
from shop import clock, dynamo, ids
from tests.e2e.conftest import Api

pytestmark = pytest.mark.e2e

PRODUCTS = list(csv.DictReader((SEED_DATA / "products.csv").read_text().splitlines()))
CATEGORIES = sorted({each["category"] for each in PRODUCTS})


def walk(api: Api, **query: object) -> Iterator[dict[str, Any]]:
    """Every page of a list, as a client reads it."""
    page = api.get("/products", **query).json()
    yield page
    while page["nextCursor"]:
        page = api.get("/products", **query, cursor=page["nextCursor"]).json()
        yield page


def items(pages: Iterator[dict[str, Any]]) -> list[dict[str, Any]]:
    return list(itertools.chain.from_iterable(page["items"] for page in pages))


@pytest.mark.parametrize("limit", [5, 64, 100])
@pytest.mark.parametrize(
    ("sort", "key"),
    [
        ("newest", lambda each: each["createdAt"]),
        ("price", lambda each: Decimal(each["price"])),
        ("-price", lambda each: -Decimal(each["price"])),
    ],
)
def test_every_list_shows_every_product_once_in_order(
    api: Api, sort: str, key: Any, limit: int
) -> None:
    found = items(walk(api, sort=sort, limit=limit))
    assert sorted(each["name"] for each in found) == sorted(each["name"] for each in PRODUCTS)
    keys = [key(each) for each in found]
    assert keys == sorted(keys, reverse=sort == "newest")


@pytest.mark.parametrize("category", CATEGORIES)
def test_a_category_shows_its_products_only(api: Api, category: str) -> None:
    found = items(walk(api, category=category, limit=3))
    expected = [each["name"] for each in PRODUCTS if each["category"] == category]
    assert sorted(each["name"] for each in found) == sorted(expected)


def test_the_seed_is_served_as_it_was_written(api: Api) -> None:
    by_name = {each["name"]: each for each in items(walk(api, limit=100))}
    for row in PRODUCTS:
        product = api.get(f"/products/{by_name[row['name']]['id']}").json()
        assert product["price"] == row["price"]
        assert product["stock"] == int(row["stock"])
        assert product["description"] == (row["description"] or None)
        assert by_name[row["name"]]["inStock"] is (int(row["stock"]) > 0)


def test_a_product_has_an_etag_and_a_list_item_has_no_description(api: Api) -> None:
    first = api.get("/products", limit=1).json()["items"][0]
    answer = api.get(f"/products/{first['id']}")
    assert answer.headers["etag"] == '"1"'
    assert "description" in answer.json()
    assert "description" not in first


def test_categories_are_listed_by_name(api: Api) -> None:
    found = api.get("/categories").json()["items"]
    assert [each["name"] for each in found] == CATEGORIES
    assert all(each["description"] for each in found)


def test_products_that_arrive_while_a_list_is_read_disturb_nothing(
    api: Api, stack: LocalStack
) -> None:
    before = {each["id"] for each in items(walk(api, limit=100))}
    added: list[str] = []
    seen: list[str] = []
    for page in walk(api, sort="price", limit=5):
        seen += [each["id"] for each in page["items"]]
        added += [add_product(stack, "0.01"), add_product(stack, "9999.00")]
    try:
        assert len(seen) == len(set(seen))
        assert before <= set(seen)
        prices = [Decimal(api.get(f"/products/{each}").json()["price"]) for each in seen]
        assert prices == sorted(prices)
    finally:
        remove_products(stack, added)


def add_product(stack: LocalStack, price: str) -> str:
    product_id = ids.new_id()
    new = NewProduct(name=f"Newcomer {product_id[:8]}", price=Decimal(price), stock=1)
    for row in new_product_rows(product_id, new, clock.now()):
        stack.target.dynamodb().put_item(
            TableName=stack.target.output("ProductsTableName"), Item=dynamo.to_wire(row)
        )
    return product_id


def remove_products(stack: LocalStack, product_ids: list[str]) -> None:
    for product_id in product_ids:
        stack.target.dynamodb().delete_item(
            TableName=stack.target.output("ProductsTableName"),
            Key=dynamo.to_wire({"pk": f"PRODUCT#{product_id}", "sk": "PRODUCT"}),
        )
