"""Writes of orders: each one transaction over the tables that have to agree.

There is nothing to repair afterwards: an order, the stock that it takes, and the account and the
address that it names are written and found to be there together, or nothing is written
(docs/adr/0011-orders-in-one-transaction.md).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from orders.repository import order_key, order_row, stored_order, user_status
from orders.states import OrderStatus
from shop import writes
from shop.contracts.addresses import address_unchanged
from shop.contracts.products import (
    InsufficientStock,
    Shortage,
    StockLimit,
    offer,
    reserve_stock,
    return_stock,
)
from shop.contracts.users import user_exists
from shop.errors import Unauthenticated
from shop.optimistic import Outdated

if TYPE_CHECKING:
    from collections.abc import Sequence

    from orders.models import Order
    from orders.repository import StoredOrder
    from shop.contracts.products import Offer
    from shop.dynamo import Item, Table

# Places of the actions in the transaction that places an order; the products' follow.
_ORDER, _USER, _ADDRESS, _PRODUCTS = range(4)


class AlreadyPlaced(Exception):
    """There is an order with this id; nothing was written."""

    def __init__(self, placed: StoredOrder) -> None:
        super().__init__(placed.order.id)
        self.placed = placed


class OrderWriter:
    """Every method is one round trip, unless it meets others who write the same rows."""

    def __init__(self, orders: Table, users: Table, addresses: Table, products: Table) -> None:
        self._orders = orders
        self._users = users
        self._addresses = addresses
        self._products = products

    def place(self, stored: StoredOrder, offers: Sequence[Offer], address_seen: str) -> None:
        """Write a new order and take what it sells out of the stock, or do nothing.

        ``offers`` are what it was made from, item by item; ``address_seen`` is the ``updatedAt`` of
        its address. Raises AlreadyPlaced, Unauthenticated when the account is gone, Outdated when
        an offer or the address is no longer what was seen, InsufficientStock, Unavailable.
        """
        order = stored.order
        actions = [
            writes.put(self._orders, order_row(stored)),
            user_exists(self._users, order.user_id),
            address_unchanged(
                self._addresses, order.user_id, order.shipping_address_id, address_seen
            ),
            *(
                reserve_stock(self._products, seen, item.quantity)
                for seen, item in zip(offers, order.items, strict=True)
            ),
        ]
        try:
            writes.transact(self._orders.client, actions)
        except writes.ConditionFailed as failure:
            _explain_placing(failure, order, offers)

    def move(self, seen: StoredOrder, moved: StoredOrder) -> None:
        """Write ``moved`` over ``seen``; a cancelled order's items go back into the stock with it.

        Raises Outdated when it is no longer in the status that was seen, StockLimit, Unavailable.
        """
        actions = [self._move(seen, moved)]
        if moved.order.status is OrderStatus.CANCELLED:
            actions += [
                return_stock(self._products, item.product_id, item.quantity)
                for item in seen.order.items
            ]
        try:
            writes.transact(self._orders.client, actions)
        except writes.ConditionFailed as failure:
            if failure.rows[_ORDER] == order_row(moved):
                return  # It was written when asked first, unheard.
            if failure.failed(_ORDER) or _ORDER in failure.undecided:
                raise Outdated from failure
            _explain_return(failure)

    def _move(self, seen: StoredOrder, moved: StoredOrder) -> writes.Action:
        order = moved.order
        expression, values = writes.setting(
            {
                "status": order.status,
                "userStatus": user_status(order.user_id, order.status),
                "updatedAt": order.updated_at,
                "version": moved.version,
            }
        )
        condition = "#status = :seen"
        values = {**values, ":seen": seen.order.status}
        return writes.update(self._orders, order_key(order.id), expression, condition, values)


def _explain_placing(
    failure: writes.ConditionFailed, order: Order, offers: Sequence[Offer]
) -> None:
    """Raise why an order was not placed."""
    present = failure.rows[_ORDER]
    if present is not None:
        raise AlreadyPlaced(stored_order(present)) from None
    if _ORDER in failure.undecided:
        # It may be this very order that another request is placing, and what it takes out of the
        # stock that is missing here.
        raise Outdated from failure
    if failure.failed(_USER):
        raise Unauthenticated("The account is gone.") from None
    rows = failure.rows[_PRODUCTS:]
    if failure.failed(_ADDRESS) or not all(map(_stands, offers, rows)):
        raise Outdated from failure
    raise InsufficientStock(
        [
            Shortage(item.product_id, requested=item.quantity, available=int(row["stock"]))
            for item, row in zip(order.items, rows, strict=True)
            if row is not None
        ]
    ) from None


def _stands(seen: Offer, row: Item | None) -> bool:
    """Whether an offer is what it was, says the row that was in the way, if one was."""
    if row is None:
        return True
    found = offer(row)
    return found is not None and (found.name, found.price) == (seen.name, seen.price)


def _explain_return(failure: writes.ConditionFailed) -> None:
    """Raise why what was ordered does not go back into the stock."""
    for row in failure.rows[_ORDER + 1 :]:
        if row:
            raise StockLimit(stock=int(row["stock"])) from None
    raise failure
