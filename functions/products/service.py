"""The rules of the catalogue, as plain functions over a repository."""

from __future__ import annotations

from typing import TYPE_CHECKING

from products.errors import ProductNotFound
from products.models import CategoryList, ProductPage, ProductSort
from products.name_keys import searchable
from shop import cursor as cursors
from shop.ids import is_id

if TYPE_CHECKING:
    from products.repository import ProductRepository, StoredProduct


def list_products(
    repository: ProductRepository,
    *,
    category: str | None = None,
    sort: ProductSort = ProductSort.NEWEST,
    limit: int = 20,
    cursor: str | None = None,
) -> ProductPage:
    """One page. Raises InvalidCursor for a cursor of another category, sort or list."""
    scope = ("products", category, sort)
    after = cursors.decode(cursor, scope) if cursor is not None else None
    keys = repository.page_keys(category, sort, after, limit)
    return ProductPage(
        items=repository.summaries(keys.ids),
        next_cursor=cursors.encode(keys.next_position, scope) if keys.next_position else None,
    )


def find_products(
    repository: ProductRepository,
    *,
    name: str,
    category: str | None = None,
    limit: int = 20,
    cursor: str | None = None,
) -> ProductPage:
    """One page of those whose name begins with ``name``, by name.

    Raises InvalidCursor for a cursor of another name, category or list.
    """
    scope = ("products", category, "name", searchable(name))
    after = cursors.decode(cursor, scope) if cursor is not None else None
    keys = repository.page_by_name(category, name, after, limit)
    return ProductPage(
        items=repository.named(keys.ids, name),
        next_cursor=cursors.encode(keys.next_position, scope) if keys.next_position else None,
    )


def get_product(repository: ProductRepository, product_id: str) -> StoredProduct:
    """Raises ProductNotFound for what is unknown or archived."""
    found = repository.find(product_id) if is_id(product_id) else None
    if not found:
        raise ProductNotFound(product_id)
    return found


def list_categories(repository: ProductRepository) -> CategoryList:
    return CategoryList(items=repository.categories())
