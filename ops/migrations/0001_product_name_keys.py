"""Products that are on sale get the key by which lists by name find them (GET /products?name=...).

Since then whoever writes a product's row writes it, too: functions/products/repository.py.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ops.migrate.migration import Migration
from products.name_keys import name_key
from shop.contracts.products import SORT_KEY

if TYPE_CHECKING:
    from shop.dynamo import Item


def forward(item: Item) -> dict[str, Any]:
    return {"nameKey": name_key(item["name"]) if item["active"] else None}


def check(item: Item) -> str | None:
    if ("listing" in item) != item["active"]:
        return "it is on sale and in no list, or the other way round"
    return None


MIGRATION = Migration(
    table="Products",
    prefix="PRODUCT#",
    sort_key=SORT_KEY,
    reads=("name", "active", "listing", "nameKey"),
    forward=forward,
    check=check,
)
