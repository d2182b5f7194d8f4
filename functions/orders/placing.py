"""Placing an order: exactly once for each Idempotency-Key of a user, whatever gets lost."""

from __future__ import annotations

import uuid
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

from orders.errors import IdempotencyKeyReused, TotalTooLarge, UnknownAddress, UnknownProduct
from orders.models import Order, OrderItem, ShippingAddress
from orders.repository import StoredOrder
from orders.states import OrderStatus
from orders.writer import AlreadyPlaced
from shop import clock
from shop.errors import ShopError
from shop.ids import derived_id
from shop.money import MAXIMUM
from shop.optimistic import settled

if TYPE_CHECKING:
    from orders.models import NewOrder
    from orders.repository import Desk, OrderRepository
    from orders.writer import OrderWriter
    from shop.contracts.products import Offer
    from shop.dynamo import Item

# Where ids of orders are derived. Never to change: a client's repeat must meet its order.
_ORDERS = uuid.UUID("5a1d3c52-6c0e-4b57-9d0b-0b3c1e0f7a91")


class Placed(NamedTuple):
    """An order that is there, and whether it had been before."""

    order: Order
    repeated: bool


def order_id(user_id: str, key: str) -> str:
    """The id of the one order that a user places with an Idempotency-Key."""
    return derived_id(_ORDERS, f"{user_id}#{key}")


def place_order(
    repository: OrderRepository, writer: OrderWriter, user_id: str, key: str, new: NewOrder
) -> Placed:
    """The order that ``key`` stands for: a new one, or the one that was placed with it before.

    Two round trips, unless others write the same rows, or it is refused. Raises UnknownProduct,
    UnknownAddress, TotalTooLarge, InsufficientStock, IdempotencyKeyReused, Unauthenticated when the
    account is gone; Unavailable when it may not have been placed, to be sent again with the key.
    """
    wanted = order_id(user_id, key)

    def attempt() -> Placed:
        try:
            return _attempt(repository, writer, wanted, user_id, new)
        except AlreadyPlaced as found:
            return _repeated(found.placed, new)
        except ShopError:
            # Another request with this key, or this one unheard, may have placed it, or be just
            # doing so. What stands in the way may have come after that, or be what it took itself.
            placed = repository.find_settled(wanted)
            if not placed:
                raise
            return _repeated(placed, new)

    return settled(attempt)


def _attempt(
    repository: OrderRepository, writer: OrderWriter, wanted: str, user_id: str, new: NewOrder
) -> Placed:
    """Raises AlreadyPlaced, Outdated, and what place_order raises."""
    desk = repository.desk(wanted, user_id, new.shipping_address_id, list(new.quantities))
    if desk.placed:
        raise AlreadyPlaced(desk.placed)
    offers, address = _found(desk, new)
    order = _order(wanted, user_id, new, offers, address)
    writer.place(StoredOrder(order, version=1), offers, address["updatedAt"])
    return Placed(order, repeated=False)


def _repeated(placed: StoredOrder, new: NewOrder) -> Placed:
    """The order that is there, if it is the one that ``new`` asks for."""
    order = placed.order
    quantities = {item.product_id: item.quantity for item in order.items}
    if (quantities, order.shipping_address_id) != (new.quantities, new.shipping_address_id):
        raise IdempotencyKeyReused(order.id)
    return Placed(order, repeated=True)


def _found(desk: Desk, new: NewOrder) -> tuple[list[Offer], Item]:
    """The offers, product by product, and the address. Raises what there is not."""
    unknown = [each for each in new.quantities if each not in desk.offers]
    if unknown:
        raise UnknownProduct(unknown)
    if desk.address is None:
        raise UnknownAddress(new.shipping_address_id)
    return [desk.offers[each] for each in new.quantities], desk.address


def _order(wanted: str, user_id: str, new: NewOrder, offers: list[Offer], address: Item) -> Order:
    """Raises TotalTooLarge."""
    now = clock.now()
    items = [_item(wanted, seen, new.quantities[seen.product_id]) for seen in offers]
    return Order(
        id=wanted,
        user_id=user_id,
        order_date=now,
        total_amount=_total(items),
        status=OrderStatus.PENDING,
        shipping_address_id=new.shipping_address_id,
        shipping_address=ShippingAddress(
            street=address["street"],
            city=address["city"],
            state=address.get("state"),
            zip_code=address.get("zipCode"),
            country=address["country"],
        ),
        items=items,
        created_at=now,
        updated_at=now,
    )


def _item(wanted: str, seen: Offer, quantity: int) -> OrderItem:
    return OrderItem(
        id=derived_id(_ORDERS, f"{wanted}#{seen.product_id}"),
        product_id=seen.product_id,
        name=seen.name,
        quantity=quantity,
        price=seen.price,
    )


def _total(items: list[OrderItem]) -> Decimal:
    total = sum((item.price * item.quantity for item in items), start=Decimal(0))
    if total > MAXIMUM:
        raise TotalTooLarge
    return total
