"""The rules of the catalogue over a repository that a test holds in its hands."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import pytest

from products import service
from products.errors import ProductNotFound
from products.models import ProductSort
from products.repository import ProductKeys, ProductRepository
from shop.errors import InvalidCursor
from shop.ids import new_id

if TYPE_CHECKING:
    from products.models import ProductSummary
    from products.repository import StoredProduct


class FakeRepository:
    """Holds no product; remembers from where its list was read."""

    def __init__(self, next_position: str | None = None) -> None:
        self.read_from: list[str | None] = []
        self.looked_for: list[str] = []
        self._next_position = next_position

    def page_keys(self, _category: str, _sort: str, after: str | None, _limit: int) -> ProductKeys:
        self.read_from.append(after)
        return ProductKeys([], self._next_position)

    def summaries(self, _product_ids: list[str]) -> list[ProductSummary]:
        return []

    def find(self, product_id: str) -> StoredProduct | None:
        self.looked_for.append(product_id)
        return None


def over(fake: FakeRepository) -> ProductRepository:
    return cast("ProductRepository", fake)


def test_a_cursor_goes_on_at_the_position_that_the_page_ended_with() -> None:
    fake = FakeRepository(next_position="there")
    page = service.list_products(over(fake))
    assert page.next_cursor
    service.list_products(over(fake), cursor=page.next_cursor)
    assert fake.read_from == [None, "there"]


def test_a_page_of_gone_products_still_leads_on() -> None:
    page = service.list_products(over(FakeRepository(next_position="there")))
    assert page.items == []
    assert page.next_cursor


def test_the_last_page_has_no_cursor() -> None:
    assert service.list_products(over(FakeRepository())).next_cursor is None


def test_a_cursor_is_checked_before_anything_is_read() -> None:
    fake = FakeRepository(next_position="there")
    cursor = service.list_products(over(fake), sort=ProductSort.CHEAPEST).next_cursor
    with pytest.raises(InvalidCursor):
        service.list_products(over(fake), sort=ProductSort.DEAREST, cursor=cursor)
    assert fake.read_from == [None]


def test_only_what_can_be_an_id_is_looked_for() -> None:
    fake = FakeRepository()
    known_shape = new_id()
    for product_id in ("", "x", known_shape.upper() + "A", known_shape):
        with pytest.raises(ProductNotFound):
            service.get_product(over(fake), product_id)
    assert fake.looked_for == [known_shape]
