"""Reading orders, as plain functions over a repository."""

from __future__ import annotations

from itertools import accumulate
from typing import TYPE_CHECKING

from orders.errors import OrderNotFound
from orders.models import OrderPage
from orders.repository import placed_key
from shop import cursor as cursors
from shop.errors import Forbidden
from shop.identity import Role
from shop.ids import is_id

if TYPE_CHECKING:
    from orders.models import Order
    from orders.repository import OrderRepository, StoredOrder
    from orders.states import OrderStatus
    from shop.identity import Caller

# A page of a hundred orders of fifty items each would be larger than Lambda may answer (6 MB).
_MOST_ITEMS = 1500


def get_order(repository: OrderRepository, order_id: str, owner: str | None = None) -> StoredOrder:
    """Raises OrderNotFound for what is unknown or, where an ``owner`` is given, someone else's."""
    found = repository.find(order_id) if is_id(order_id) else None
    if not found or (owner is not None and found.order.user_id != owner):
        raise OrderNotFound(order_id)
    return found


def whose(caller: Caller, user_id: str | None, status: OrderStatus | None) -> str | None:
    """Whose orders a list is of: the caller's own, unless an administrator asks for others'.

    None stands for everyone's. Raises Forbidden for a customer who asks by user.
    """
    if caller.role is Role.ADMIN:
        return user_id if user_id or status else caller.user_id
    if user_id is not None:
        raise Forbidden(f"Asking for a user's orders takes the role {Role.ADMIN}.")
    return caller.user_id


def list_orders(
    repository: OrderRepository,
    *,
    user_id: str | None,
    status: OrderStatus | None,
    limit: int = 20,
    cursor: str | None = None,
) -> OrderPage:
    """One page, the newest first, of a user or a status or both.

    Raises InvalidCursor for a cursor of another user, status or list.
    """
    scope = ("orders", user_id, status)
    after = cursors.decode(cursor, scope) if cursor is not None else None
    if user_id is not None and not is_id(user_id):
        return OrderPage(items=[], next_cursor=None)
    keys = repository.page_keys(user_id, status, after, limit)
    found = [stored.order for stored in repository.many(keys.ids)]
    shown = _that_fit(found)
    # The index may not know yet that an order has moved.
    orders = [order for order in shown if status is None or order.status is status]
    following = keys.next_position
    if len(shown) < len(found):
        following = placed_key(shown[-1].order_date, shown[-1].id)
    return OrderPage(
        items=orders, next_cursor=cursors.encode(following, scope) if following else None
    )


def _that_fit(orders: list[Order]) -> list[Order]:
    """The first of ``orders``, as many as an answer can hold."""
    sizes = accumulate(len(order.items) for order in orders)
    return [order for order, size in zip(orders, sizes, strict=True) if size <= _MOST_ITEMS]
