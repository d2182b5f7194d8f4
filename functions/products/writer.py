"""Writes to the products table. Each one carries the condition that keeps it true.

A change of a product rests on what was read, and says so by the version. What changes stock must
not get in the way of those who buy at the same time, so it rests on nothing but the stock itself:
such writes find out the row's state only when they are refused, from the row that comes back.
Their ``updatedAt`` is now, or just after the one in the row where that is not earlier; so it
moves on with every write, although nothing is read before. They are transactions, also where
there is but one row: DynamoDB knows those again when the SDK repeats one that it got no answer to.
When no answer came at all, the writes that must not happen twice look for a row of their own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from products import image_address
from products.errors import ProductNotFound, UnknownCategory
from products.repository import (
    category_key,
    description_key,
    ledger_key,
    listing_keys,
    new_product_rows,
)
from shop import clock, writes
from shop.contracts.products import (
    MAX_STOCK,
    ON_SALE,
    InsufficientStock,
    Shortage,
    StockLimit,
    product_key,
)
from shop.errors import InternalError, Unavailable
from shop.ids import new_id
from shop.optimistic import Outdated

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from products.models import NewProduct, Product, StockAdjustment
    from products.repository import Labels, StoredProduct
    from shop.dynamo import Item, Table

_ATTEMPTS = 6
_LATER = "#updatedAt < :now"
_UNKNOWN = (
    "Nobody knows whether it was done: the database did not answer. Look before you send it again."
)


class ProductWriter:
    """Every method is one round trip, unless it meets others who write the same product.

    The writes that must not happen twice take another one when no answer came. ``images_url`` is
    where the world finds ``images/``, without a slash at its end.
    """

    def __init__(self, table: Table, images_url: str) -> None:
        self._table = table
        self._client = table.client
        self._images_url = images_url

    def create(self, product_id: str, new: NewProduct, now: str) -> None:
        """Raises UnknownCategory, Unavailable; InternalError when nobody knows if it was done."""
        image = image_address.stored(new.image_url, self._images_url)
        rows = new_product_rows(product_id, new.model_copy(update={"image_url": image}), now)
        puts = [writes.put(self._table, row) for row in rows]
        try:
            self._once([*puts, *self._there(new.category)], product_key(product_id))
        except writes.ConditionFailed as failure:
            # Nobody else writes rows of this product, so it was the category.
            if new.category is None:
                raise
            raise UnknownCategory(new.category) from failure

    def change(self, seen: StoredProduct, wanted: StoredProduct, category: str | None) -> None:
        """Write what differs from ``seen``, but for the stock.

        ``category`` is the one that was sent, if one was. Raises Outdated; UnknownCategory when
        only that stands in the way.
        """
        expression, values = writes.changing(self._attributes(seen), self._attributes(wanted))
        update = writes.update(
            self._table,
            product_key(wanted.product.id),
            expression,
            f"{ON_SALE} AND #version = :seen",
            {**values, ":yes": True, ":seen": seen.version},
        )
        actions = self._description(seen.product, wanted.product)
        self._write(update, *actions, category=category)

    def _attributes(self, stored: StoredProduct) -> Item:
        """What a change can make of a product's row."""
        product = stored.product
        return {
            "name": product.name,
            "price": product.price,
            "category": product.category,
            "imageUrl": image_address.stored(product.image_url, self._images_url),
            "imageOrder": stored.image_order,
            **listing_keys(product.id, product.created_at, product.price, product.name),
            "version": stored.version,
            "updatedAt": product.updated_at,
        }

    def _description(self, seen: Product, wanted: Product) -> list[writes.Action]:
        """What makes the description's row, as it was seen, say what is wanted."""
        if wanted.description == seen.description:
            return []
        key = description_key(wanted.id)
        if wanted.description is None:
            return [writes.delete(self._table, key)]
        condition = writes.NOT_THERE if seen.description is None else writes.THERE
        return [writes.put(self._table, {**key, "description": wanted.description}, condition)]

    def _there(self, category: str | None) -> list[writes.Action]:
        """What lets a transaction happen only while there is the category, if one is named."""
        return [] if category is None else [writes.check(self._table, category_key(category))]

    def archive(self, product_id: str) -> None:
        """Take a product off all lists, for good. Raises ProductNotFound, Unavailable."""
        expression = (
            "SET #active = :no, #updatedAt = :now"
            " REMOVE #listing, #newestKey, #priceKey, #nameKey"
            " ADD #version :one"
        )

        def write(now: str) -> None:
            values = {":yes": True, ":no": False, ":now": now, ":one": 1}
            condition = f"{ON_SALE} AND {_LATER}"
            key = product_key(product_id)
            update = writes.update(self._table, key, expression, condition, values)
            writes.transact(self._client, [update])

        def explain(row: Item) -> None:
            if not row.get("active"):
                raise ProductNotFound(product_id)

        _onward(write, explain)

    def adjust_stock(self, product_id: str, adjustment: StockAdjustment, user_id: str) -> None:
        """Change the stock and write down who did and why, both or neither.

        Raises ProductNotFound, InsufficientStock, StockLimit, Unavailable; InternalError when
        nobody knows whether it was done.
        """
        adjustment_id = new_id()

        def write(now: str) -> None:
            key = ledger_key(product_id, now, adjustment_id)
            entry = {
                **key,
                "delta": adjustment.delta,
                "reason": adjustment.reason,
                "userId": user_id,
                "createdAt": now,
            }
            update = self._stock_update(product_id, adjustment.delta, now)
            self._once([update, writes.put(self._table, entry)], key)

        _onward(write, lambda row: _explain(row, product_id, adjustment.delta))

    def _stock_update(self, product_id: str, delta: int, now: str) -> writes.Action:
        return writes.update(
            self._table,
            product_key(product_id),
            "SET #stock = #stock + :delta, #updatedAt = :now ADD #version :one",
            f"{ON_SALE} AND #stock BETWEEN :least AND :most AND {_LATER}",
            {
                ":yes": True,
                ":delta": delta,
                ":least": max(0, -delta),
                ":most": min(MAX_STOCK, MAX_STOCK - delta),
                ":now": now,
                ":one": 1,
            },
        )

    def show_image(self, product_id: str, seen: Labels, order: str, image: str) -> None:
        """Give a product the image of the upload ``order``, unless it has a later one.

        That the labels fit the row with it was found out with those ``seen``, so they must still
        be there. They alone: by the version, those who buy would get in the way. Raises Outdated.
        """
        values = {
            ":yes": True,
            ":now": clock.after(seen.updated_at),
            ":one": 1,
            ":image": image,
            ":order": order,
            ":name": seen.name,
        }
        category = "attribute_not_exists(#category)"
        if seen.category is not None:
            category = "#category = :category"
            values[":category"] = seen.category
        update = writes.update(
            self._table,
            product_key(product_id),
            "SET #imageUrl = :image, #imageOrder = :order, #updatedAt = :now ADD #version :one",
            f"{ON_SALE} AND {_LATER} AND #name = :name AND {category}"
            " AND (attribute_not_exists(#imageOrder) OR #imageOrder < :order)",
            values,
        )
        self._write(update)

    def _once(self, actions: Sequence[writes.Action], own: Item) -> None:
        """All of ``actions`` or none, for good: who is told Unavailable may send them again.

        One of them puts a row at ``own``, where nobody else writes, so that it tells when no answer
        came. Raises Unavailable when it is not there, InternalError when it cannot be read.
        """
        try:
            writes.transact(self._client, actions)
        except Unavailable as unheard:
            try:
                done = self._table.get(own) is not None
            except Unavailable:
                raise InternalError(_UNKNOWN) from unheard
            if not done:
                raise

    def _write(self, *actions: writes.Action, category: str | None = None) -> None:
        """All of ``actions`` or none, and only while there is the ``category``, if one is named.

        Raises Outdated when a condition of an action failed, else UnknownCategory.
        """
        checks = self._there(category)
        try:
            if len(actions) + len(checks) == 1:
                writes.apply(self._client, actions[0])
            else:
                writes.transact(self._client, [*actions, *checks])
        except writes.ConditionFailed as failure:
            if category is None or any(map(failure.failed, range(len(actions)))):
                raise Outdated from failure
            raise UnknownCategory(category) from failure


def _onward(write: Callable[[str], None], explain: Callable[[Item], None]) -> None:
    """``write`` with the time now, or with the next one that the product has not had yet.

    ``explain`` raises what stands in the way of a write that was refused, from the product's row;
    otherwise it was the time. Raises Unavailable when that does not end.
    """
    now = clock.now()
    for _ in range(_ATTEMPTS):
        try:
            return write(now)
        except writes.ConditionFailed as failure:
            row = failure.rows[0] or {}
            explain(row)
            now = clock.after(row["updatedAt"])
    raise Unavailable


def _explain(row: Item, product_id: str, delta: int) -> None:
    """Raise what stands in the way of a change of the stock in ``row``, unless it is the time."""
    if not row.get("active"):
        raise ProductNotFound(product_id)
    stock = int(row["stock"])
    if stock + delta < 0:
        raise InsufficientStock([Shortage(product_id, requested=-delta, available=stock)])
    if stock + delta > MAX_STOCK:
        raise StockLimit(stock=stock)
