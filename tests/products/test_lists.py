"""Every list gives each product exactly once and in order, whatever happens between its pages."""

from __future__ import annotations

from decimal import Decimal
from itertools import batched
from typing import TYPE_CHECKING, Any

import pytest

from products.handler import api
from tests.products.catalogue import ids

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.products.catalogue import Catalogue, Customer

pytestmark = pytest.mark.slow

type Product = dict[str, Any]

SORTS = ["newest", "price", "-price"]
MORNING, NOON, EVENING = (f"2026-11-22T{hour}:00:00.000Z" for hour in ("08", "12", "20"))
# Ties within and across; prices that sort otherwise as text.
PRICES = ["9.99", "10.00", "9.99", "100.00", "0.00", "9.99", "99999999.99"]
TIMES = [NOON, NOON, MORNING, NOON, EVENING, NOON, MORNING]


def in_order(products: list[Product], sort: str) -> list[Product]:
    """What the list should be, worked out from the products alone; ties go by id."""
    by = {
        "newest": lambda each: (each["createdAt"], each["id"]),
        "price": lambda each: (Decimal(each["price"]), each["id"]),
    }[sort.removeprefix("-")]
    return sorted(products, key=by, reverse=sort != "price")


@pytest.fixture
def shelf(catalogue: Catalogue) -> list[Product]:
    """Products of two categories and of none, with ids in no order."""
    return [
        catalogue.add(price=price, created_at=time, category=category)
        for price, time in zip(PRICES, TIMES, strict=True)
        for category in ("cups", "plates" if time == NOON else None)
    ]


@pytest.mark.parametrize("sort", SORTS)
@pytest.mark.parametrize("category", [None, "cups"])
def test_a_walk_meets_every_product_once_and_in_order_whatever_the_page_size(
    shelf: list[Product], customer: Customer, category: str | None, sort: str
) -> None:
    wanted = in_order([each for each in shelf if category in (None, each["category"])], sort)
    for limit in (1, 2, 3, 7, 100):
        pages = list(customer.pages(category=category, sort=sort, limit=limit))
        assert pages == [list(page) for page in batched(wanted, limit, strict=False)]


def test_the_order_is_newest_first_and_twenty_to_a_page_unless_asked_otherwise(
    catalogue: Catalogue, customer: Customer
) -> None:
    products = [
        catalogue.add(created_at=f"2026-11-22T12:00:00.{number:03}Z") for number in range(21)
    ]
    pages = list(customer.pages())
    assert [ids(page) for page in pages] == [
        ids(products[:0:-1]),
        ids(products[:1]),
    ]


def test_a_page_may_change_its_size_on_the_way(shelf: list[Product], customer: Customer) -> None:
    first = customer.products(limit=3).body
    rest = customer.whole_list(limit=100, cursor=first["nextCursor"])
    assert first["items"] + rest == in_order(shelf, "newest")


def test_a_page_may_be_asked_for_again(shelf: list[Product], customer: Customer) -> None:
    cursor = customer.products(limit=3).body["nextCursor"]
    again = [customer.products(limit=3, cursor=cursor).body for _ in range(2)]
    assert again[0] == again[1]


def test_the_largest_page_is_what_one_batch_can_read(customer: Customer) -> None:
    schema = api.get_openapi_schema().model_dump(by_alias=True, exclude_none=True)
    parameters = {each["name"]: each for each in schema["paths"]["/products"]["get"]["parameters"]}
    limit = parameters["limit"]["schema"]
    assert (limit["type"], limit["minimum"], limit["default"]) == ("integer", 1, 20)
    assert limit["maximum"] == 100  # what one BatchGetItem takes


# --- between two pages ------------------------------------------------------------------------
PER_PAGE = 4


def numbered(catalogue: Catalogue, number: float, product_id: str | None = None) -> Product:
    """A cup that is newer and dearer than those of lower numbers."""
    return catalogue.add(
        product_id,
        price=f"{number * 10:.2f}",
        created_at=f"2026-11-22T12:00:{number:06.3f}Z",
        category="cups",
    )


@pytest.fixture
def row(catalogue: Catalogue) -> list[Product]:
    return [numbered(catalogue, number, f"{number}" * 32) for number in range(1, 10)]


type Change = Callable[[Catalogue, list[Product], Product], list[Product]]
"""Given all products and the last one seen, changes something; gives all products then."""


def delete(catalogue: Catalogue, row: list[Product], seen: Product) -> list[Product]:
    catalogue.delete(seen)
    return [each for each in row if each != seen]


def archive(catalogue: Catalogue, row: list[Product], seen: Product) -> list[Product]:
    catalogue.archive(seen)
    return [each for each in row if each != seen]


def archive_a_later_one_unknown_to_the_indexes(
    catalogue: Catalogue, row: list[Product], seen: Product
) -> list[Product]:
    later = row[6] if row.index(seen) < 4 else row[2]
    catalogue.archive_before_the_indexes_know(later)
    return [each for each in row if each != later]


def make_cheapest(catalogue: Catalogue, row: list[Product], seen: Product) -> list[Product]:
    return [*(each for each in row if each != seen), catalogue.reprice(seen, "0.01")]


def make_dearest(catalogue: Catalogue, row: list[Product], seen: Product) -> list[Product]:
    return [*(each for each in row if each != seen), catalogue.reprice(seen, "99999.00")]


def insert_everywhere(catalogue: Catalogue, row: list[Product], seen: Product) -> list[Product]:
    return [*row, *(numbered(catalogue, number + 0.5) for number in range(10))]


def insert_ties(catalogue: Catalogue, row: list[Product], seen: Product) -> list[Product]:
    number = float(seen["price"]) / 10
    higher, lower = (seen["id"][:-1] + digit for digit in "f0")
    return [*row, numbered(catalogue, number, higher), numbered(catalogue, number, lower)]


CHANGES: list[Change] = [
    delete,
    archive,
    archive_a_later_one_unknown_to_the_indexes,
    make_cheapest,
    make_dearest,
    insert_everywhere,
    insert_ties,
]


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize(
    ("category", "sort"),
    [(None, "newest"), (None, "price"), ("cups", "-price"), ("cups", "newest")],
)
def test_the_rest_of_a_walk_is_what_now_lies_behind_its_cursor(
    catalogue: Catalogue,
    row: list[Product],
    customer: Customer,
    category: str | None,
    sort: str,
    change: Change,
) -> None:
    pages = customer.pages(category=category, sort=sort, limit=PER_PAGE)
    seen = next(pages)
    assert seen == in_order(row, sort)[:PER_PAGE]
    products = change(catalogue, row, seen[-1])
    rest = [product for page in pages for product in page]
    assert rest == behind(seen[-1], products, sort)


def behind(seen: Product, products: list[Product], sort: str) -> list[Product]:
    """The part of the list that comes after the place where ``seen`` was seen."""
    ordered = in_order([*(each for each in products if each != seen), seen], sort)
    return ordered[ordered.index(seen) + 1 :]


@pytest.mark.parametrize("sort", SORTS)
def test_a_product_archived_and_still_in_the_indexes_is_not_shown(
    catalogue: Catalogue, row: list[Product], customer: Customer, sort: str
) -> None:
    for product in row[::2]:
        catalogue.archive_before_the_indexes_know(product)
    assert customer.whole_list(sort=sort, limit=1) == in_order(row[1::2], sort)


def test_neighbouring_prices_sort_as_numbers(catalogue: Catalogue, customer: Customer) -> None:
    prices = ["0.00", "0.01", "0.10", "1.00", "9.99", "10.00", "99.99", "9999999.99", "10000000.00"]
    for price in prices[::-1]:
        catalogue.add(price=price)
    assert [each["price"] for each in customer.whole_list(sort="price", limit=4)] == prices
    assert [each["price"] for each in customer.whole_list(sort="-price", limit=4)] == prices[::-1]
