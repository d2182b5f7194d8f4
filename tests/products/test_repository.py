"""Reads of the products table, row by row."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from products.models import ProductSort
from products.repository import ProductRepository
from shop import dynamo
from shop.ids import new_id
from tests.products.bucket import IMAGES_URL
from tests.products.conftest import TABLE_NAME
from tests.shop.wire import Wire

if TYPE_CHECKING:
    from tests.products.catalogue import Catalogue


@pytest.fixture
def repository(catalogue: Catalogue) -> ProductRepository:
    return ProductRepository(dynamo.Table(TABLE_NAME, dynamo.client()), IMAGES_URL)


def test_a_page_of_keys_ends_with_a_position_only_when_there_is_more(
    catalogue: Catalogue, repository: ProductRepository
) -> None:
    first, second = sorted(catalogue.add()["id"] for _ in range(2))
    page = repository.page_keys(None, ProductSort.CHEAPEST, None, 1)
    assert page.ids == [first]
    assert page.next_position
    assert repository.page_keys(None, ProductSort.CHEAPEST, page.next_position, 1) == (
        [second],
        None,
    )
    assert repository.page_keys(None, ProductSort.CHEAPEST, None, 2) == ([first, second], None)


def test_summaries_keep_the_order_asked_for_and_leave_out_what_is_gone(
    catalogue: Catalogue, repository: ProductRepository
) -> None:
    products = [catalogue.add(name=name) for name in ("a", "b", "c", "d")]
    catalogue.archive(products[1])
    catalogue.delete(products[2])
    wanted = [product["id"] for product in products[::-1]] + [new_id()]
    assert [each.name for each in repository.summaries(wanted)] == ["d", "a"]


def test_no_ids_are_no_summaries(repository: ProductRepository) -> None:
    assert repository.summaries([]) == []


def test_a_found_product_comes_with_its_version(
    catalogue: Catalogue, repository: ProductRepository
) -> None:
    product = catalogue.add(description="Holds coffee.")
    catalogue.set_version(product, 2**40)
    found = repository.find(product["id"])
    assert found
    assert (found.product.description, found.version) == ("Holds coffee.", 2**40)


def test_a_description_without_its_product_is_not_found(
    catalogue: Catalogue, repository: ProductRepository
) -> None:
    product = catalogue.add(description="Holds coffee.")
    dynamo.client().delete_item(
        TableName=TABLE_NAME,
        Key=dynamo.to_wire({"pk": f"PRODUCT#{product['id']}", "sk": "PRODUCT"}),
    )
    assert repository.find(product["id"]) is None


def test_a_product_is_read_as_it_was_last_written() -> None:
    wire = Wire(dynamo.client(), {"Items": []})
    assert (
        ProductRepository(dynamo.Table(TABLE_NAME, dynamo.client()), IMAGES_URL).find(new_id())
        is None
    )
    assert [request["ConsistentRead"] for request in wire.requests] == [True]
