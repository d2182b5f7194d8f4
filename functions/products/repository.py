"""The products table: the only place that knows its keys.

| row         | pk               | sk                  | holds                                    |
|-------------|------------------|---------------------|------------------------------------------|
| product     | PRODUCT#<id>     | PRODUCT             | all but the description; under 1 KB      |
| description | PRODUCT#<id>     | PRODUCT#DESCRIPTION | the long text, where there is one        |
| ledger      | PRODUCT#<id>     | STOCK#<time>#<id>   | an adjustment: delta, reason, userId     |
| category    | CATEGORY         | <name>              | name, description                        |

Six indexes, keys only, serve the lists. A product row is in them by ``listing`` (a constant) and
``category``, sorted by ``newestKey`` and ``priceKey``, which end in the product's id and so are
unique: there are no ties to lose a row in. ``nameKey`` (products.name_keys) has no room for that:
lists by name go on from a row's whole key. An archived product has none of these keys and so is in
no index. Stock is in none of them, so that buying costs no index write.

``initialStock`` is the stock that the product began with, which nothing changes: with the ledger
and the orders it tells what the stock must be. Rows from before it was kept have none.

``version`` moves with every write of a product's row, and so does ``updatedAt``; who writes a
description writes its product's row in the same transaction. ``imageUrl`` is as
products.image_address has it, and ``imageOrder`` is the upload that it came from, or the time when
it was given by hand: an upload that was begun earlier does not replace it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from products import image_address
from products.models import Category, Product, ProductSort, ProductSummary
from products.name_keys import name_key, searchable
from shop.contracts.products import SORT_KEY as PRODUCT
from shop.contracts.products import product_key
from shop.money import to_cents

if TYPE_CHECKING:
    from decimal import Decimal

    from products.models import NewProduct
    from shop.dynamo import Item, Table

DESCRIPTION = "PRODUCT#DESCRIPTION"
CATEGORY = "CATEGORY"
STOCK = "STOCK"
LISTING = "PRODUCTS"


class SortOrder(NamedTuple):
    """How an index is read: the attribute that it sorts by, and which end comes first."""

    key: str
    index_suffix: str
    forward: bool


SORT_ORDERS = {
    ProductSort.NEWEST: SortOrder("newestKey", "newest", forward=False),
    ProductSort.CHEAPEST: SortOrder("priceKey", "price", forward=True),
    ProductSort.DEAREST: SortOrder("priceKey", "price", forward=False),
}


BY_NAME = SortOrder("nameKey", "name", forward=True)


class ProductKeys(NamedTuple):
    """One page of a list: ids in order, and the sort key to read on from, if there is more."""

    ids: list[str]
    next_position: str | None


class StoredProduct(NamedTuple):
    """A product, the version of its row, which moves with every write, and its image's order."""

    product: Product
    version: int
    image_order: str | None = None


class Labels(NamedTuple):
    """What an image needs to know of the product that it is for; ``image`` as the row holds it."""

    active: bool
    name: str
    category: str | None
    image: str | None
    image_order: str | None
    updated_at: str


def description_key(product_id: str) -> Item:
    return {"pk": f"PRODUCT#{product_id}", "sk": DESCRIPTION}


def ledger_key(product_id: str, now: str, adjustment_id: str) -> Item:
    return {"pk": product_key(product_id)["pk"], "sk": f"{STOCK}#{now}#{adjustment_id}"}


def category_key(name: str) -> Item:
    return {"pk": CATEGORY, "sk": name}


def listing_keys(product_id: str, created_at: str, price: Decimal, name: str) -> Item:
    """The attributes that put a product into the lists; without them it is in none."""
    return {
        "listing": LISTING,
        "newestKey": f"{created_at}#{product_id}",
        "priceKey": f"{to_cents(price):010}#{product_id}",
        "nameKey": name_key(name),
    }


def new_product_rows(product_id: str, product: NewProduct, now: str) -> list[Item]:
    """The rows of a product that is on sale from ``now`` on: its own, then the description's.

    The product's image is as its row holds it.
    """
    row: Item = {
        **product_key(product_id),
        "name": product.name,
        "price": product.price,
        "category": product.category,
        "imageUrl": product.image_url,
        "stock": product.stock,
        "initialStock": product.stock,
        "active": True,
        "version": 1,
        "createdAt": now,
        "updatedAt": now,
        **listing_keys(product_id, now, product.price, product.name),
    }
    if product.description is None:
        return [row]
    return [row, {**description_key(product_id), "description": product.description}]


class ProductRepository:
    """Reads of the catalogue. Every method is one or two round trips, and none scans.

    ``images_url`` is where the world finds ``images/``, without a slash at its end.
    """

    def __init__(self, table: Table, images_url: str) -> None:
        self.images_url = images_url
        self._table = table

    def page_keys(
        self, category: str | None, sort: ProductSort, after: str | None, limit: int
    ) -> ProductKeys:
        """Up to ``limit`` ids of a list, from behind the sort key ``after``."""
        order = SORT_ORDERS[sort]
        partition = "category" if category else "listing"
        condition = f"{partition} = :partition"
        values: dict[str, Any] = {":partition": category or LISTING}
        if after:
            condition += f" AND {order.key} {'>' if order.forward else '<'} :after"
            values[":after"] = after
        rows = self._table.query(
            condition,
            values,
            index=f"{partition}-{order.index_suffix}",
            forward=order.forward,
            limit=limit + 1,  # one more tells whether there is a next page
        )
        keys = [row[order.key] for row in rows[:limit]]
        next_position = keys[-1] if len(rows) > limit else None
        return ProductKeys([key.rpartition("#")[2] for key in keys], next_position)

    def page_by_name(
        self, category: str | None, beginning: str, after: str | None, limit: int
    ) -> ProductKeys:
        """Up to ``limit`` ids of the products whose name may begin so, from behind ``after``.

        The key knows how a name begins, and no more of it; ``named`` knows the rest.
        """
        partition, value = ("category", category) if category else ("listing", LISTING)
        name, _, product_id = (after or "").rpartition("#")
        start = {partition: value, "nameKey": name, **product_key(product_id)}
        rows = self._table.query(
            f"{partition} = :partition AND begins_with(nameKey, :beginning)",
            {":partition": value, ":beginning": name_key(beginning)},
            index=f"{partition}-{BY_NAME.index_suffix}",
            limit=limit + 1,
            start=start if after else None,
        )
        ids = [row["pk"].removeprefix(product_key("")["pk"]) for row in rows[:limit]]
        last = f"{rows[limit - 1]['nameKey']}#{ids[-1]}" if len(rows) > limit else None
        return ProductKeys(ids, last)

    def named(self, product_ids: list[str], beginning: str) -> list[ProductSummary]:
        """Those of the products whose names begin so, whatever the case and the accents."""
        wanted = searchable(beginning)
        found = self.summaries(product_ids)
        return [each for each in found if searchable(each.name).startswith(wanted)]

    def summaries(self, product_ids: list[str]) -> list[ProductSummary]:
        """The products at ``product_ids`` as they are now, in that order, without archived ones."""
        rows = self._table.batch_get([product_key(each) for each in product_ids])
        by_pk = {row["pk"]: row for row in rows if row["active"]}
        return [
            self._summary(product_id, by_pk[pk])
            for product_id in product_ids
            if (pk := product_key(product_id)["pk"]) in by_pk
        ]

    def find(self, product_id: str) -> StoredProduct | None:
        """The product as last written (a consistent read), or None when archived or unknown."""
        rows = self._table.query(
            "pk = :pk AND begins_with(sk, :product)",
            {":pk": product_key(product_id)["pk"], ":product": PRODUCT},
            consistent=True,
        )
        by_sk = {row["sk"]: row for row in rows}
        row = by_sk.get(PRODUCT)
        if not row or not row["active"]:
            return None
        description = by_sk.get(DESCRIPTION, {}).get("description")
        product = Product(**self._attributes(product_id, row), description=description)
        return StoredProduct(product, int(row["version"]), row.get("imageOrder"))

    def stock(self, product_id: str) -> int:
        """How many there are of a product that exists, archived or not, as last written."""
        row = self._table.get(product_key(product_id)) or {}
        return int(row["stock"])

    def labels(self, product_id: str) -> Labels | None:
        """As last written, or None when there is no such product; an archived one's too."""
        row = self._table.get(product_key(product_id))
        if not row:
            return None
        return Labels(
            active=row["active"],
            name=row["name"],
            category=row.get("category"),
            image=row.get("imageUrl"),
            image_order=row.get("imageOrder"),
            updated_at=row["updatedAt"],
        )

    def categories(self) -> list[Category]:
        rows = self._table.query("pk = :pk", {":pk": CATEGORY})
        return [Category(name=row["sk"], description=row.get("description")) for row in rows]

    def _summary(self, product_id: str, row: Item) -> ProductSummary:
        return ProductSummary(**self._attributes(product_id, row), in_stock=row["stock"] > 0)

    def _attributes(self, product_id: str, row: Item) -> dict[str, Any]:
        return {
            "id": product_id,
            "name": row["name"],
            "price": row["price"],
            "image_url": image_address.shown(row.get("imageUrl"), self.images_url),
            "category": row.get("category"),
            "stock": int(row["stock"]),
            "created_at": row["createdAt"],
            "updated_at": row["updatedAt"],
        }
