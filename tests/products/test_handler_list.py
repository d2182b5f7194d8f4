"""GET /products, from the gateway's event to the answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from products.models import ProductSort
from shop import cursor as cursors
from tests.products.catalogue import NOW, ids

if TYPE_CHECKING:
    from tests.products.catalogue import Catalogue, Customer
    from tests.shop.wire import Wire

INVALID_CURSOR = (400, "invalid-cursor")
VALIDATION_FAILED = (422, "validation-failed")


def test_an_empty_catalogue_is_an_empty_page(catalogue: Catalogue, customer: Customer) -> None:
    answer = customer.products()
    assert answer.status == 200
    assert answer.headers["Content-Type"] == "application/json"
    assert answer.body == {"items": [], "nextCursor": None}


def test_a_list_shows_products_without_their_description(
    catalogue: Catalogue, customer: Customer
) -> None:
    product = catalogue.add(
        "0" * 32,
        name="Mug",
        description="Holds coffee.",
        price="1.10",
        category="Cups & saucers",
        stock=2,
        imageUrl="https://images.test/mug.webp",
    )
    assert customer.products().body["items"] == [product]
    assert product == {
        "id": "0" * 32,
        "name": "Mug",
        "price": "1.10",
        "imageUrl": "https://images.test/mug.webp",
        "category": "Cups & saucers",
        "stock": 2,
        "inStock": True,
        "createdAt": NOW,
        "updatedAt": NOW,
    }


@pytest.mark.parametrize(("stock", "in_stock"), [(0, False), (1, True), (2_147_483_647, True)])
def test_a_product_is_in_stock_when_there_is_one(
    catalogue: Catalogue, customer: Customer, stock: int, *, in_stock: bool
) -> None:
    catalogue.add(stock=stock)
    [product] = customer.products().body["items"]
    assert (product["stock"], product["inStock"]) == (stock, in_stock)


@pytest.mark.parametrize(
    "category",
    [
        "cups",
        "cups,plates",
        ",",
        "Caf\u00e9 & Th\u00e9",
        "100% cotton",
        "%2C",
        "a+b",
        "\u676f\u5b50",
        "\U0001f600",
        "PRODUCTS",
        "#",
        "x" * 100,
        "\u676f" * 100,
    ],
    ids=lambda category: ascii(category)[:20],
)
def test_a_category_lists_its_own_products_and_no_others(
    catalogue: Catalogue, customer: Customer, category: str
) -> None:
    products = [catalogue.add(category=category) for _ in range(2)]
    for other in (None, "cup", category[:-1] + "x" if category[-1] != "x" else "y"):
        catalogue.add(category=other)
    assert sorted(ids(customer.whole_list(category=category, limit=1))) == sorted(ids(products))
    assert len(customer.products().body["items"]) == 5


def test_a_category_that_nothing_is_in_is_an_empty_page(
    catalogue: Catalogue, customer: Customer
) -> None:
    catalogue.add(category="cups")
    assert customer.products(category="Cups").body == {"items": [], "nextCursor": None}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *(
            ("limit", value)
            for value in [
                "0", "101", "-1", "x", "1.5", "1.0", "", " ", "1_0", " 5", "5 ", "+5", "5\n", "1e1",
                "0x10", "\u0663", "\u00b2", "true", "null", "1,2", "9" * 5000,
            ]
        ),
        *(("sort", value) for value in ["", "name", "Newest", "newest ", "+price", "price,price"]),
        *(
            ("category", value)
            for value in ["", " ", "   ", "x" * 101, "a\nb", "cups\n", "\x00", "\x7f", "\x1b[0m"]
        ),
    ],
    ids=lambda value: ascii(value)[:20],
)  # fmt: skip
def test_a_parameter_that_makes_no_sense_is_422_and_named(
    customer: Customer, untouched: Wire, name: str, value: str
) -> None:
    answer = customer.products(**{name: value})
    assert answer.problem == VALIDATION_FAILED
    assert [each["loc"][:2] for each in answer.body["errors"]] == [["query", name]]
    assert untouched.requests == []


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("limit", "12"),
        ("limit", "22"),
        ("sort", ["price", "newest"]),
        ("category", ["cups", "plates"]),
        ("cursor", "ab"),
    ],
)
def test_a_parameter_given_twice_is_422(
    customer: Customer, untouched: Wire, name: str, values: str | list[str]
) -> None:
    answer = customer.products(*((name, value) for value in values))
    assert answer.problem == VALIDATION_FAILED
    assert answer.body["errors"][0]["loc"] == ["query", name]
    assert untouched.requests == []


def test_a_parameter_that_there_is_not_is_ignored(catalogue: Catalogue, customer: Customer) -> None:
    assert customer.products(colour="red").status == 200


@pytest.mark.parametrize(
    "query",
    [
        {"sort": "price"},
        {"sort": "-price"},
        {"category": "cups"},
        {"category": "plates", "sort": "price"},
    ],
)
def test_a_cursor_of_another_list_is_400(
    catalogue: Catalogue, customer: Customer, query: dict[str, Any]
) -> None:
    for _ in range(2):
        catalogue.add(category="cups")
    cursor = customer.products(limit=1).body["nextCursor"]
    other = customer.products(limit=1, category="cups", sort="price").body["nextCursor"]
    assert customer.products(cursor=cursor, **query).problem == INVALID_CURSOR
    assert customer.products(cursor=other, **query).problem == INVALID_CURSOR
    assert customer.products(cursor=cursor, sort="newest").status == 200


@pytest.mark.parametrize(
    "cursor", ["", "x", "====", "a,b", "\u00fc", "%00", "A" * 10_000, "null", " "],
    ids=lambda cursor: ascii(cursor)[:20],
)  # fmt: skip
def test_a_made_up_cursor_is_400(customer: Customer, untouched: Wire, cursor: str) -> None:
    answer = customer.products(cursor=cursor)
    assert answer.problem == INVALID_CURSOR
    assert answer.body["detail"]
    assert untouched.requests == []


def test_a_cursor_forged_with_our_own_code_starts_the_callers_own_list_elsewhere(
    catalogue: Catalogue, customer: Customer
) -> None:
    catalogue.add(category="cups")
    forged = cursors.encode("~", ("products", "cups", ProductSort.NEWEST))
    assert len(customer.products(category="cups", cursor=forged).body["items"]) == 1
