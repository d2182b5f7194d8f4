"""Made-up products."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from itertools import islice

from ops.seed.catalogue import from_files
from ops.seed.generated import SHELVES, generated_products
from ops.seed.load import SAMPLE_CATEGORIES, SAMPLE_PRODUCTS
from ops.seed.names import CategoryNames, product_id
from products.models import NewProduct


def test_a_product_follows_from_its_index() -> None:
    few = list(generated_products(20, CategoryNames()))
    many = generated_products(1_000_000, CategoryNames())
    assert list(islice(many, 20)) == few


def test_they_stay_what_they_are() -> None:
    """What was seeded last year is found again."""
    [first] = generated_products(1, CategoryNames())
    assert first == NewProduct(
        name="Rustic Copper Bird Feeder, No. 1",
        description="Copper bird feeder of our rustic range, made for years of daily use."
        " Each one differs a little from the next.",
        price=Decimal("9.90"),
        category="Garden",
        stock=117,
    )


def test_names_are_unique_and_not_the_samples() -> None:
    sample = from_files(SAMPLE_PRODUCTS, SAMPLE_CATEGORIES, CategoryNames()).products
    generated = generated_products(5_000, CategoryNames())
    ids = [product_id(each.name) for each in [*sample, *generated]]
    assert len(set(ids)) == 64 + 5_000


def test_they_are_of_every_sample_category() -> None:
    names = [each.name for each in from_files(None, SAMPLE_CATEGORIES, CategoryNames()).categories]
    products = list(generated_products(500, CategoryNames()))
    assert {each.category for each in products} == set(SHELVES) == set(names)


def test_prices_have_many_ties_and_some_have_no_description() -> None:
    products = list(generated_products(500, CategoryNames()))
    assert min(Counter(each.price for each in products).values()) > 5
    assert 20 < sum(each.description is None for each in products) < 150
    assert any(each.stock == 0 for each in products)


def test_categories_are_spelled_as_the_table_has_them() -> None:
    products = generated_products(100, CategoryNames(["GARDEN"]))
    assert {"GARDEN"} == {each.category for each in products} - set(SHELVES)
