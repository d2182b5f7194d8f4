"""POST /products, from the gateway's event to the answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from products.models import LABEL_BYTES, ProductSort
from shop.contracts.products import MAX_STOCK
from shop.ids import is_id
from tests.products.administrator import NEW

if TYPE_CHECKING:
    from tests.products.administrator import Administrator
    from tests.products.catalogue import Catalogue, Customer
    from tests.shop.wire import Wire

FULL: dict[str, Any] = {
    "name": "Caf\u00e9 mug",
    "description": "Holds\n350 ml. \U0001f600",
    "price": "8.50",
    "category": "Cups & saucers",
    "stock": 3,
    "imageUrl": "https://images.test/mug.webp",
}


@pytest.fixture
def categories(catalogue: Catalogue) -> None:
    catalogue.add_category(FULL["category"])


def test_a_new_product_is_answered_and_is_where_it_says(
    categories: None, admin: Administrator, customer: Customer
) -> None:
    answer = admin.create(**FULL)
    assert answer.status == 201
    assert answer.headers["Content-Type"] == "application/json"
    assert answer.headers["ETag"] == '"1"'
    assert answer.headers["Location"] == f"/products/{answer.body['id']}"
    assert is_id(answer.body["id"])
    assert {name: answer.body[name] for name in FULL} == FULL
    assert answer.body["createdAt"] == answer.body["updatedAt"]
    found = customer.product(answer.body["id"])
    assert (found.body, found.headers["ETag"]) == (answer.body, '"1"')


def test_it_is_on_every_list_at_once(
    categories: None, admin: Administrator, customer: Customer
) -> None:
    product = admin.create(**FULL).body
    for sort in ProductSort:
        for category in (None, FULL["category"]):
            [listed] = customer.whole_list(sort=sort, category=category)
            assert listed["id"] == product["id"]
            assert listed["inStock"] is True


def test_what_is_not_said_is_not_there(catalogue: Catalogue, admin: Administrator) -> None:
    bare = admin.create()
    assert bare.status == 201
    assert [bare.body[name] for name in ("description", "category", "imageUrl")] == [None] * 3
    nulls = admin.create(description=None, category=None, imageUrl=None)
    assert nulls.status == 201
    rows = catalogue.products()
    assert {sk for _, sk in rows} == {"PRODUCT"}
    first, second = rows.values()
    assert first.keys() == second.keys()
    assert "category" not in first


def test_two_of_the_same_are_two_products(
    categories: None, catalogue: Catalogue, admin: Administrator
) -> None:
    first, second = (admin.create(**FULL).body for _ in range(2))
    assert first["id"] != second["id"]
    assert len(catalogue.products()) == 4


@pytest.mark.parametrize("fields", [{"price": "0.00"}, {"price": 7}, {"stock": 0}])
def test_nothing_costs_nothing_and_is_there_not_at_all(
    catalogue: Catalogue, admin: Administrator, fields: dict[str, Any]
) -> None:
    assert admin.create(**fields).status == 201


@pytest.mark.parametrize(
    "fields",
    [
        {"name": ""},
        {"name": None},
        {"price": None},
        {"price": "-1"},
        {"price": 0.123},
        {"stock": MAX_STOCK + 1},
        {"stock": 1.5},
        {"category": " "},
        {"imageUrl": "x"},
        {"colour": "red"},
    ],
    ids=ascii,
)
def test_a_field_that_makes_no_sense_is_422_and_named(
    admin: Administrator, untouched: Wire, fields: dict[str, Any]
) -> None:
    answer = admin.create(**fields)
    assert answer.problem == (422, "validation-failed")
    assert [each["loc"] for each in answer.body["errors"]] == [["body", *fields]]
    assert untouched.requests == []


def test_labels_that_do_not_fit_together_are_422(admin: Administrator, untouched: Wire) -> None:
    answer = admin.create(name="\u00e9" * 255, category="\u00e9" * 100)
    assert answer.problem == (422, "validation-failed")
    message = f"take 710 bytes of UTF-8, at most {LABEL_BYTES}"
    assert message in answer.body["detail"]
    assert answer.body["errors"][0]["loc"] == ["body"]
    assert untouched.requests == []


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        (None, (422, "validation-failed")),
        ("", (422, "validation-failed")),
        ("{", (400, "malformed-json")),
        ('{"stock": NaN}', (400, "malformed-json")),
        (b"\xff", (400, "malformed-json")),
        ("null", (422, "validation-failed")),
        ("[]", (422, "validation-failed")),
        ('"Mug"', (422, "validation-failed")),
        ("{}", (422, "validation-failed")),
    ],
    ids=ascii,
)
def test_a_body_that_is_no_product(
    admin: Administrator, untouched: Wire, body: Any, problem: tuple[int, str]
) -> None:
    assert admin.send("POST", "/products", body=body).problem == problem
    assert untouched.requests == []


def test_only_json_is_read(admin: Administrator, untouched: Wire) -> None:
    answer = admin.send("POST", "/products", body=NEW, headers={"Content-Type": "text/plain"})
    assert answer.problem == (415, "unsupported-media-type")
    assert untouched.requests == []
