"""What anyone does about orders, below the routes, so that it fits between two calls."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orders import handler, moves, placing
from orders.models import NewOrder
from orders.states import OrderStatus
from shop.errors import ShopError

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.orders.world import Customer


def place(customer: Customer, product_id: str, quantity: int = 1, key: str = "k") -> str:
    items = [{"productId": product_id, "quantity": quantity}]
    body = {"items": items, "shippingAddressId": customer.address_id}
    new = NewOrder.model_validate(body)
    repository, writer = handler.repository(), handler.writer()
    placed = placing.place_order(repository, writer, customer.user_id, key, new)
    return "repeated" if placed.repeated else "placed"


def order_id(customer: Customer, key: str = "k") -> str:
    return placing.order_id(customer.user_id, key)


def move(customer: Customer, to: str) -> str:
    repository, writer = handler.repository(), handler.writer()
    return moves.move_order(repository, writer, order_id(customer), OrderStatus(to)).status


def cancel(customer: Customer) -> str:
    repository, writer = handler.repository(), handler.writer()
    wanted = OrderStatus.CANCELLED
    moved = moves.move_order(repository, writer, order_id(customer), wanted, customer.user_id)
    return moved.status


def cancel_unpaid() -> str:
    """As if all pending orders were too old."""
    moves.cancel_unpaid(handler.repository(), handler.writer(), minutes=-1)
    return "cancelled"


def outcome(action: Callable[[], str]) -> str:
    """What it gives, or the type of the problem that its client would see."""
    try:
        return action()
    except ShopError as error:
        return error.type
