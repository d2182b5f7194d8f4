"""What seeding makes of the table: created, updated, left alone."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from ops.seed.load import Counts, Summary, load, load_sample
from products.models import Category, NewCategory, ProductSort
from products.repository import ProductRepository
from shop import clock
from shop.dynamo import Table
from tests.ops.seed.support import (
    IMAGES_URL,
    Calls,
    catalogue,
    change_row,
    new_product,
    numbered,
    product_rows,
    table_rows,
)

if TYPE_CHECKING:
    from ops.seed.store import Store
    from tests.ops.seed.support import EmulatedTarget

pytestmark = pytest.mark.slow

BEVERAGES = NewCategory(name="Beverages", description="Soft drinks, coffees, teas")
NONE = Counts(0, 0, 0)


@pytest.fixture
def clock_at(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The time: its last entry."""
    times = ["2026-01-01T00:00:00.000Z"]
    monkeypatch.setattr(clock, "now", lambda: times[-1])
    return times


def repository(store: Store) -> ProductRepository:
    return ProductRepository(Table(store.table, store.client), IMAGES_URL)


def listed(store: Store, category: str | None = None) -> list[str]:
    keys = repository(store).page_keys(category, ProductSort.CHEAPEST, None, 100)
    return [each.name for each in repository(store).summaries(keys.ids)]


def test_the_sample_is_there_to_browse(target: EmulatedTarget, store: Store) -> None:
    summary = load_sample(target)

    assert summary == Summary(categories=Counts(8, 0, 0), products=Counts(64, 0, 0))
    assert len(repository(store).categories()) == 8
    assert len(listed(store)) == 64
    assert len(listed(store, "Lighting")) == 8


def test_a_second_time_writes_nothing(target: EmulatedTarget, store: Store) -> None:
    load_sample(target)
    before = table_rows(store)
    writes = Calls().listen(store, "TransactWriteItems")

    summary = load_sample(target)

    assert summary == Summary(categories=Counts(0, 0, 8), products=Counts(0, 0, 64))
    assert summary.changed == 0
    assert writes.count == 0
    assert table_rows(store) == before


def test_a_new_product_is_what_the_shop_reads(store: Store, clock_at: list[str]) -> None:
    load(
        store,
        catalogue(
            BEVERAGES,
            new_product(description="10 boxes", category="Beverages", image_url="https://a/b.png"),
        ),
    )

    [row] = product_rows(store).values()
    product_id = row["pk"].removeprefix("PRODUCT#")
    found = repository(store).find(product_id)
    assert found is not None
    assert found.version == 1
    assert found.product.model_dump() == {
        "id": product_id,
        "name": "Chai",
        "description": "10 boxes",
        "price": "18.00",
        "image_url": "https://a/b.png",
        "category": "Beverages",
        "stock": 39,
        "created_at": clock_at[0],
        "updated_at": clock_at[0],
    }


def test_an_update_keeps_what_belongs_to_others(store: Store, clock_at: list[str]) -> None:
    load(store, catalogue(new_product(image_url="https://a/b.png")))
    [before] = product_rows(store).values()
    change_row(store, before, stock=7, version=5)
    clock_at.append("2026-02-02T00:00:00.000Z")

    summary = load(store, catalogue(new_product("CHAI", price="20.00", stock=100)))

    [after] = product_rows(store).values()
    assert summary.products == Counts(0, 1, 0)
    product_id = before["pk"].removeprefix("PRODUCT#")
    assert after == before | {
        "name": "CHAI",
        "price": Decimal(20),
        "stock": Decimal(7),
        "version": Decimal(6),
        "updatedAt": clock_at[-1],
        "priceKey": f"0000002000#{product_id}",
    }


def test_another_stock_alone_changes_nothing(store: Store) -> None:
    load(store, catalogue(new_product(stock=39)))

    assert load(store, catalogue(new_product(stock=40))).changed == 0
    assert product_rows(store)["Chai"]["stock"] == 39


def test_a_clock_that_is_behind_does_not_hold_the_time_back(store: Store) -> None:
    load(store, catalogue(new_product()))
    [row] = product_rows(store).values()
    change_row(store, row, updatedAt="2099-01-01T00:00:00.000Z")

    load(store, catalogue(new_product(price="1.00")))

    assert product_rows(store)["Chai"]["updatedAt"] == "2099-01-01T00:00:00.001Z"


def test_an_archived_product_is_updated_and_stays_unlisted(store: Store) -> None:
    load(store, catalogue(BEVERAGES, new_product(category="Beverages")))
    [row] = product_rows(store).values()
    change_row(store, row, "listing", "newestKey", "priceKey", active=False)

    summary = load(store, catalogue(new_product(category="Beverages", price="20.00")))

    assert summary.products == Counts(0, 1, 0)
    [row] = product_rows(store).values()
    assert row["price"] == 20
    assert row["active"] is False
    assert not row.keys() & {"listing", "newestKey", "priceKey"}
    assert listed(store) == listed(store, "Beverages") == []
    assert load(store, catalogue(new_product(category="Beverages", price="20"))).changed == 0


def test_what_the_file_no_longer_says_is_removed(store: Store) -> None:
    load(store, catalogue(BEVERAGES, new_product(description="Tea", category="Beverages")))

    summary = load(store, catalogue(new_product()))

    assert summary.products == Counts(0, 1, 0)
    [row] = product_rows(store).values()
    assert "category" not in row
    assert row["version"] == 2
    assert [sk for _, sk in table_rows(store)] == ["Beverages", "PRODUCT"]
    assert listed(store, "Beverages") == []
    assert listed(store) == ["Chai"]


def test_a_description_alone_makes_a_new_version(store: Store) -> None:
    load(store, catalogue(new_product(description="Tea")))

    summary = load(store, catalogue(new_product(description="Black tea")))

    assert summary.products == Counts(0, 1, 0)
    [row] = product_rows(store).values()
    assert row["version"] == 2
    assert table_rows(store)[(row["pk"], "PRODUCT#DESCRIPTION")]["description"] == "Black tea"


@pytest.mark.parametrize(("before", "after"), [("Tea", "Coffee"), ("Tea", None), (None, "Tea")])
def test_a_category_is_updated(store: Store, before: str | None, after: str | None) -> None:
    load(store, catalogue(NewCategory(name="Drinks", description=before)))

    summary = load(store, catalogue(NewCategory(name="Drinks", description=after)))

    assert summary == Summary(categories=Counts(0, 1, 0), products=NONE)
    assert repository(store).categories() == [Category(name="Drinks", description=after)]


def test_what_the_catalogue_does_not_name_is_left_alone(store: Store) -> None:
    load(store, catalogue(BEVERAGES, *numbered(3)))
    before = table_rows(store)

    load(store, catalogue(NewCategory(name="Drinks", description=None), new_product()))

    assert table_rows(store).items() >= before.items()


def test_a_dry_run_says_what_would_happen_and_writes_nothing(store: Store) -> None:
    load(store, catalogue(BEVERAGES, *numbered(3)))
    before = table_rows(store)
    news = catalogue(
        NewCategory(name="Drinks", description=None),
        BEVERAGES,
        *numbered(2),
        new_product("Product 2", price="1.00"),
        new_product(),
    )

    summary = load(store, news, dry_run=True)

    assert summary == Summary(categories=Counts(1, 0, 1), products=Counts(1, 1, 2))
    assert table_rows(store) == before
    assert load(store, news) == summary


def test_categories_come_before_products(store: Store) -> None:
    load(store, catalogue(BEVERAGES, new_product(category="Beverages")))
    first_written: list[str] = []

    def hear(params: dict[str, list[dict[str, dict[str, dict[str, str]]]]], **_: object) -> None:
        first_written.append(str(params["TransactItems"][0]))

    store.client.meta.events.register("before-parameter-build.dynamodb.TransactWriteItems", hear)
    load(
        store,
        catalogue(
            new_product("Coffee", category="Drinks"), NewCategory(name="Drinks", description=None)
        ),
    )

    assert ["CATEGORY" in each for each in first_written] == [True, False]


def test_progress_is_told_for_every_entry(store: Store) -> None:
    told: list[int] = []
    load(store, catalogue(BEVERAGES, *numbered(60)), on_done=told.append)
    assert sum(told) == 61
