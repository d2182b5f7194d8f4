"""What can go wrong with orders."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from shop.errors import NotFound, ShopError
from shop.money import MAXIMUM

if TYPE_CHECKING:
    from collections.abc import Sequence

    from orders.states import OrderStatus

_SHOWN = 64  # characters of an id that a client made up


class OrderNotFound(NotFound):
    def __init__(self, order_id: str) -> None:
        super().__init__(f"There is no order {order_id[:_SHOWN]!r}.")


class UnknownProduct(ShopError):
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    type = "unknown-product"
    title = "There is no such product for sale"

    def __init__(self, product_ids: Sequence[str]) -> None:
        shown = ", ".join(repr(each[:_SHOWN]) for each in product_ids)
        super().__init__(f"Not for sale: {shown}.", extensions={"productIds": list(product_ids)})


class UnknownAddress(ShopError):
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    type = "unknown-address"
    title = "There is no such address in your book"

    def __init__(self, address_id: str) -> None:
        super().__init__(f"You have no address {address_id[:_SHOWN]!r}.")


class TotalTooLarge(ShopError):
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    type = "total-too-large"
    title = "The order costs more than an order can"

    def __init__(self) -> None:
        super().__init__(f"The most is {MAXIMUM}.")


class IdempotencyKeyReused(ShopError):
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    type = "idempotency-key-reused"
    title = "This Idempotency-Key belongs to another order"

    def __init__(self, order_id: str) -> None:
        super().__init__(
            f"The order {order_id!r} was placed with this key and asks for something else."
            " Take a new key for a new order."
        )


class IllegalTransition(ShopError):
    """``from`` in the answer tells where the order is, so that who repeats a move can see it."""

    status = HTTPStatus.CONFLICT
    type = "illegal-transition"
    title = "An order cannot move so"

    def __init__(self, present: OrderStatus, wanted: OrderStatus) -> None:
        super().__init__(
            f"The order is {present}; it cannot become {wanted}.",
            extensions={"from": present, "to": wanted},
        )
