"""The orders table: the only place that knows its keys. One row is one order with its items.

| row   | pk         | sk    | holds                                                              |
|-------|------------|-------|--------------------------------------------------------------------|
| order | ORDER#<id> | ORDER | the order, its items and address inside; ``version``, which moves  |
|       |            |       | with every write; ``placedKey`` and ``userStatus`` for the indexes |

Three indexes, keys only, serve the lists: by ``userId``, by ``userStatus`` and by ``status``, each
sorted by ``placedKey``. That ends in the order's id and so is unique: there are no ties to lose a
row in. Pages are put together from the rows themselves, so that they never show an old status.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from orders.models import Order
from orders.states import OrderStatus
from shop import dynamo, writes
from shop.contracts.addresses import address_key
from shop.contracts.orders import SORT_KEY
from shop.contracts.products import Offer, offer, product_key
from shop.ids import is_id

if TYPE_CHECKING:
    from collections.abc import Collection

    from orders.models import OrderItem
    from shop.dynamo import Item, Table


BY_USER = "user-newest"
BY_USER_AND_STATUS = "user-status-newest"
BY_STATUS = "status-newest"
INDEXES = {BY_USER: "userId", BY_USER_AND_STATUS: "userStatus", BY_STATUS: "status"}
"""The partition key of each index."""


class StoredOrder(NamedTuple):
    """An order, and the version of its row: 1 when it is placed, one more with every move."""

    order: Order
    version: int


class Desk(NamedTuple):
    """What placing an order rests on, as it was read: not all of it at the same moment."""

    placed: StoredOrder | None
    address: Item | None
    offers: dict[str, Offer]


class OrderKeys(NamedTuple):
    """One page of a list: ids in order, and the sort key to read on from, if there is more."""

    ids: list[str]
    next_position: str | None


def order_key(order_id: str) -> Item:
    return {"pk": f"ORDER#{order_id}", "sk": SORT_KEY}


def placed_key(order_date: str, order_id: str) -> str:
    """Where an order stands in the lists; no two share a place."""
    return f"{order_date}#{order_id}"


def user_status(user_id: str, status: OrderStatus) -> str:
    return f"{user_id}#{status}"


def order_row(stored: StoredOrder) -> Item:
    order = stored.order
    address = order.shipping_address.model_dump(by_alias=True, exclude_none=True)
    return {
        **order_key(order.id),
        "userId": order.user_id,
        "orderDate": order.order_date,
        "totalAmount": order.total_amount,
        "status": order.status,
        "shippingAddressId": order.shipping_address_id,
        "shippingAddress": address,
        "items": [_item_row(item) for item in order.items],
        "createdAt": order.created_at,
        "updatedAt": order.updated_at,
        "placedKey": placed_key(order.order_date, order.id),
        "userStatus": user_status(order.user_id, order.status),
        "version": stored.version,
    }


def stored_order(row: Item) -> StoredOrder:
    """The order in a row of the table, or of its stream."""
    names = ("userId", "orderDate", "totalAmount", "status", "shippingAddressId")
    order = Order.model_validate(
        {
            "id": str(row["pk"]).partition("#")[2],
            **{name: row[name] for name in (*names, "items", "createdAt", "updatedAt")},
            "shippingAddress": {"state": None, "zipCode": None, **row["shippingAddress"]},
        },
        by_alias=True,
    )
    return StoredOrder(order, int(row["version"]))


class OrderRepository:
    """Reads of orders, and of what placing one rests on. Each is one round trip, and none scans."""

    def __init__(self, orders: Table, addresses: Table, products: Table) -> None:
        self._orders = orders
        self._addresses = addresses
        self._products = products

    def desk(
        self, order_id: str, user_id: str, address_id: str, product_ids: Collection[str]
    ) -> Desk:
        """As last written, row by row. What cannot be an id is not asked for."""
        addresses = [address_key(user_id, each) for each in [address_id] if is_id(each)]
        placed, address, products = dynamo.batch_get(
            [
                (self._orders, [order_key(order_id)]),
                (self._addresses, addresses),
                (self._products, [product_key(each) for each in product_ids if is_id(each)]),
            ],
            consistent=True,
        )
        offers = [found for row in products if (found := offer(row))]
        return Desk(
            placed=stored_order(placed[0]) if placed else None,
            address=address[0] if address else None,
            offers={each.product_id: each for each in offers},
        )

    def find(self, order_id: str) -> StoredOrder | None:
        """The order as last written."""
        row = self._orders.get(order_key(order_id))
        return stored_order(row) if row else None

    def find_settled(self, order_id: str) -> StoredOrder | None:
        """The order, once nobody is placing or moving it; it costs twice what ``find`` does."""
        row = writes.settled_row(self._orders, order_key(order_id))
        return stored_order(row) if row else None

    def many(self, order_ids: list[str]) -> list[StoredOrder]:
        """The orders at ``order_ids`` (100 at most) as last written, in that order."""
        rows = self._orders.batch_get([order_key(each) for each in order_ids], consistent=True)
        by_id = {stored.order.id: stored for stored in map(stored_order, rows)}
        return [by_id[each] for each in order_ids if each in by_id]

    def page_keys(
        self,
        user_id: str | None,
        status: OrderStatus | None,
        after: str | None,
        limit: int,
    ) -> OrderKeys:
        """Up to ``limit`` ids of a list, the newest first, from behind the sort key ``after``.

        Of a user, of a status, or of both; one of them must be there.
        """
        index, partition = _list(user_id, status)
        condition = f"#{INDEXES[index]} = :partition"
        values = {":partition": partition}
        if after:
            condition += " AND #placedKey < :after"
            values[":after"] = after
        rows = self._orders.query(
            condition,
            values,
            index=index,
            forward=False,
            limit=limit + 1,  # one more tells whether there is a next page
        )
        keys = [row["placedKey"] for row in rows[:limit]]
        next_position = keys[-1] if len(rows) > limit else None
        return OrderKeys([_id(key) for key in keys], next_position)

    def unpaid(self, before: str, limit: int) -> list[str]:
        """Ids of up to ``limit`` pending orders placed ``before`` a time, the oldest first."""
        rows = self._orders.query(
            f"#{INDEXES[BY_STATUS]} = :pending AND #placedKey < :before",
            {":pending": OrderStatus.PENDING, ":before": before},
            index=BY_STATUS,
            limit=limit,
        )
        return [_id(row["placedKey"]) for row in rows]


def _list(user_id: str | None, status: OrderStatus | None) -> tuple[str, str]:
    """The index of a list, and the partition to read there."""
    if user_id and status:
        return BY_USER_AND_STATUS, user_status(user_id, status)
    if user_id:
        return BY_USER, user_id
    return BY_STATUS, str(status)


def _id(key: str) -> str:
    """The id in a ``placedKey``."""
    return key.rpartition("#")[2]


def _item_row(item: OrderItem) -> Item:
    return {
        "id": item.id,
        "productId": item.product_id,
        "name": item.name,
        "quantity": item.quantity,
        "price": item.price,
    }
