"""GET /products/{product_id} and GET /categories, from the gateway's event to the answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from products.models import ProductSort
from shop import dynamo
from shop.ids import new_id

if TYPE_CHECKING:
    from tests.products.catalogue import Catalogue, Customer
    from tests.shop.wire import Wire


# --- GET /products/{product_id} ---------------------------------------------------------------
def test_a_product_has_everything(catalogue: Catalogue, customer: Customer) -> None:
    product = catalogue.add(description="Holds\ncoffee. \U0001f600", category="cups", price="0.30")
    answer = customer.product(product["id"])
    assert answer.status == 200
    assert answer.headers["Content-Type"] == "application/json"
    shown = {name: value for name, value in product.items() if name != "inStock"}
    assert answer.body == shown | {"description": "Holds\ncoffee. \U0001f600"}
    assert answer.body["price"] == "0.30"


def test_what_a_product_does_not_have_is_null(catalogue: Catalogue, customer: Customer) -> None:
    body = customer.product(catalogue.add()["id"]).body
    assert [body[name] for name in ("description", "imageUrl", "category")] == [None, None, None]


def test_an_empty_description_is_one(catalogue: Catalogue, customer: Customer) -> None:
    assert customer.product(catalogue.add(description="")["id"]).body["description"] == ""


def test_the_etag_is_the_version(catalogue: Catalogue, customer: Customer) -> None:
    product = catalogue.add()
    assert customer.product(product["id"]).headers["ETag"] == '"1"'
    catalogue.set_version(product, 17)
    assert customer.product(product["id"]).headers["ETag"] == '"17"'


def test_an_archived_product_is_nowhere(catalogue: Catalogue, customer: Customer) -> None:
    archived, kept = (catalogue.add(category="cups") for _ in range(2))
    catalogue.archive(archived)
    assert customer.product(archived["id"]).problem == (404, "not-found")
    for sort in ProductSort:
        assert customer.whole_list(sort=sort) == [kept]
        assert customer.whole_list(sort=sort, category="cups") == [kept]
    for index in ("listing-newest", "listing-price", "category-newest", "category-price"):
        rows = dynamo.client().scan(TableName="products", IndexName=index)["Items"]
        assert len(rows) == 1


@pytest.mark.parametrize(
    "product_id",
    [
        "1",
        "0" * 31,
        "0" * 33,
        "0" * 5000,
        "A" * 32,
        "PRODUCT",
        "..",
        " ",
        "%20",
        "%",
        "null",
        "'",
        '"',
        "\\",
        "<script>",
        "#",
        "\u00e9" * 32,
        "\u0663" * 32,
        "\U0001f600",
        "\x00",
        "a\nb",
        "0" * 32 + "#DESCRIPTION",
        "0" * 32 + "/description",
    ],
    ids=lambda product_id: ascii(product_id)[:20],
)
def test_what_cannot_be_an_id_is_404_and_asks_no_store(
    customer: Customer, untouched: Wire, product_id: str
) -> None:
    answer = customer.product(product_id)
    assert answer.problem == (404, "not-found")
    assert answer.body["instance"] == f"/products/{product_id}"
    assert len(answer.body["detail"]) < 200
    assert untouched.requests == []


def test_an_unknown_id_is_404_and_named(catalogue: Catalogue, customer: Customer) -> None:
    product_id = new_id()
    answer = customer.product(product_id)
    assert answer.problem == (404, "not-found")
    assert product_id in answer.body["detail"]


# --- GET /categories --------------------------------------------------------------------------
def test_categories_come_by_name(catalogue: Catalogue, customer: Customer) -> None:
    catalogue.add(category="Never made a category")
    for name in ["b", "\u00c4pfel", "B", "a", "a b", "10", "9", "\u676f"]:
        catalogue.add_category(name, f"All about {name}" if name != "b" else None)
    items = customer.categories().body["items"]
    assert [each["name"] for each in items] == [
        "10", "9", "B", "a", "a b", "b", "\u00c4pfel", "\u676f",
    ]  # fmt: skip
    assert items[2] == {"name": "B", "description": "All about B"}
    assert items[5] == {"name": "b", "description": None}


def test_no_categories_are_an_empty_list(catalogue: Catalogue, customer: Customer) -> None:
    assert customer.categories().body == {"items": []}
