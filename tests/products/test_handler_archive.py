"""DELETE /products/{product_id}: off sale, and still there for what refers to it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from products.models import ProductSort
from shop import dynamo
from shop.ids import new_id
from tests.products.races import interrupt
from tests.products.tables import INDEXES

if TYPE_CHECKING:
    from tests.products.administrator import Administrator
    from tests.products.catalogue import Catalogue, Customer
    from tests.shop.wire import Wire

NOT_FOUND = (404, "not-found")
NOT_IDS = ["1", "0" * 31, "A" * 32, "null", "..", "\u0663" * 32, "0" * 32 + "#DESCRIPTION"]


def test_an_archived_product_is_nowhere_to_be_found(
    categories: None, admin: Administrator, customer: Customer
) -> None:
    product = admin.create(category="cups", description="x").body
    kept = admin.create(category="cups").body
    answer = admin.archive(product["id"])
    assert (answer.status, answer.body) == (204, {})
    assert customer.product(product["id"]).problem == NOT_FOUND
    for sort in ProductSort:
        for category in (None, "cups"):
            assert [each["id"] for each in customer.whole_list(sort=sort, category=category)] == [
                kept["id"]
            ]
    for index in INDEXES:
        assert dynamo.client().scan(TableName="products", IndexName=index)["Count"] == 1


def test_its_rows_stay(categories: None, catalogue: Catalogue, admin: Administrator) -> None:
    product = admin.create(category="cups", description="x", stock=7).body
    before = catalogue.everything()
    admin.archive(product["id"])
    after = catalogue.everything()
    assert before.keys() == after.keys()
    row = catalogue.row(product["id"])
    gone = {"listing", "newestKey", "priceKey", "nameKey"}
    assert before[(row["pk"], row["sk"])].keys() - row.keys() == gone
    assert (row["active"], row["version"], row["stock"]) == (False, 2, 7)
    assert row["createdAt"] == product["createdAt"]
    assert row["updatedAt"] > product["updatedAt"]


def test_what_is_archived_takes_no_more_changes(catalogue: Catalogue, admin: Administrator) -> None:
    product_id = admin.create().body["id"]
    admin.archive(product_id)
    before = catalogue.everything()
    assert admin.archive(product_id).problem == NOT_FOUND
    assert admin.change(product_id, name="Cup").problem == NOT_FOUND
    assert admin.change(product_id, if_match="*", name="Cup").problem == NOT_FOUND
    assert admin.adjust(product_id, 1).problem == NOT_FOUND
    assert admin.begin_image(product_id).problem == NOT_FOUND
    assert catalogue.everything() == before


def test_an_unknown_product_is_404_for_everything(
    catalogue: Catalogue, admin: Administrator
) -> None:
    product_id = new_id()
    for answer in (
        admin.archive(product_id),
        admin.change(product_id, name="Cup"),
        admin.change(product_id),
        admin.adjust(product_id, 1),
        admin.adjust(product_id, -1),
        admin.begin_image(product_id),
    ):
        assert answer.problem == NOT_FOUND
        assert product_id in answer.body["detail"]
    assert catalogue.everything() == {}


@pytest.mark.parametrize("product_id", NOT_IDS, ids=ascii)
def test_what_cannot_be_an_id_is_404_and_asks_no_store(
    admin: Administrator, untouched: Wire, product_id: str
) -> None:
    for answer in (
        admin.archive(product_id),
        admin.change(product_id, name="Cup"),
        admin.adjust(product_id, 1),
        admin.begin_image(product_id),
    ):
        assert answer.problem == NOT_FOUND
    assert untouched.requests == []


def test_the_second_of_two_that_archive_at_once_finds_nothing(
    catalogue: Catalogue, admin: Administrator
) -> None:
    product_id = admin.create().body["id"]
    answers = []
    interrupt("TransactWriteItems", lambda: answers.append(admin.archive(product_id).status))
    assert admin.archive(product_id).problem == NOT_FOUND
    assert answers == [204]
    assert catalogue.row(product_id)["version"] == 2


def test_a_clock_that_is_behind_does_not_stop_it(
    catalogue: Catalogue, admin: Administrator, calls: list[str]
) -> None:
    product_id = admin.create().body["id"]
    catalogue.set(product_id, {"updatedAt": "2099-01-01T00:00:00.000Z"})
    calls.clear()
    assert admin.archive(product_id).status == 204
    assert calls == ["TransactWriteItems"] * 2
    assert catalogue.row(product_id)["updatedAt"] == "2099-01-01T00:00:00.001Z"
