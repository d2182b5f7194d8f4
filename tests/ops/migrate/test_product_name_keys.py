"""0001: products from before there was a key of names are found by their names."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ops.migrate.budget import Budget
from ops.migrate.entry import State
from ops.migrate.migration import Migration, migrations
from ops.migrate.run import Run, Spending
from ops.migrate.survey import problems
from products.repository import ProductRepository
from products.service import find_products
from shop import dynamo
from tests.emulated import emulated_aws
from tests.products.catalogue import Catalogue
from tests.products.tables import create_products_table

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ops.migrate.entry import Entry

TABLE = "products"


@pytest.fixture
def catalogue(pauses: list[float]) -> Iterator[Catalogue]:
    """With products of both shapes, some archived."""
    with emulated_aws():
        create_products_table(dynamo.client(), TABLE)
        made = Catalogue(dynamo.client(), TABLE)
        made.add_category("cups")
        for number in range(12):
            product = made.add(name=f"Mug {number}", description="x", category="cups")
            if number % 4 == 3:
                made.archive(product)
            if number % 2:
                make_old(made, product["id"])
        yield made


def make_old(catalogue: Catalogue, product_id: str) -> None:
    row = catalogue.row(product_id)
    row.pop("nameKey", None)
    catalogue.put(row)


def the_migration() -> Migration:
    return next(each for each in migrations() if each.number == "0001")


def run() -> Run:
    return Run(dynamo.client(), TABLE, the_migration(), Spending(Budget(None), Budget(None)))


def up() -> Entry:
    entry = run().up(segments=1)
    assert entry
    return entry


def found(catalogue: Catalogue, name: str) -> int:
    return len(find_products(ProductRepository(catalogue.table, ""), name=name, limit=100).items)


def test_all_that_are_on_sale_are_found_and_nothing_else_changes(catalogue: Catalogue) -> None:
    before = catalogue.products()
    assert found(catalogue, "mug") == 6
    assert problems(run()).problems == 3
    entry = up()
    assert (entry.state, entry.changed) == (State.DONE, 3)
    assert found(catalogue, "mug") == 9
    assert problems(run()).problems == 0
    after = {key: row for key, row in catalogue.products().items() if key in before}
    assert {k: {**row, "nameKey": None} for k, row in after.items()} == {
        k: {**row, "nameKey": None} for k, row in before.items()
    }
    assert len(after) == len(before) == 24


def test_a_product_that_is_archived_with_a_key_loses_it(catalogue: Catalogue) -> None:
    """As code does that knows nothing of the key yet, beside code that does."""
    product = catalogue.add(name="Mug")
    catalogue.archive(product)
    catalogue.set(product["id"], {"nameKey": "mug"})
    up()
    assert "nameKey" not in catalogue.row(product["id"])


def test_a_broken_row_is_told_and_the_others_go_on(catalogue: Catalogue) -> None:
    broken = catalogue.add(name="Mug")
    row = catalogue.row(broken["id"])
    del row["name"], row["nameKey"]
    catalogue.put(row)
    entry = up()
    assert [each.pk for each in entry.failures] == [row["pk"]]
    assert (entry.state, entry.changed) == (State.FAILED, 3)
    assert "KeyError" in entry.failures[0].problem


items = st.fixed_dictionaries(
    {"pk": st.just("PRODUCT#1"), "sk": st.just("PRODUCT"), "name": st.text(min_size=1)},
    optional={"listing": st.just("PRODUCTS"), "nameKey": st.text(min_size=1)},
)


@given(items, st.booleans())
def test_it_is_idempotent_and_its_check_agrees(item: dict[str, Any], active: bool) -> None:  # noqa: FBT001  (drawn)
    migration = the_migration()
    item = {**item, "active": active}
    changed = {**item, **migration.changes(item)}
    after = {name: value for name, value in changed.items() if value is not None}
    assert migration.changes(after) == {}
    assert (migration.check(after) is None) == (("listing" in item) == active)
