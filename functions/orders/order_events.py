"""What has happened to orders, as the rest of the world is told."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import Field

from orders.models import Order
from orders.repository import stored_order
from orders.states import OrderStatus
from shop.contracts.orders import SORT_KEY, OrderEventType
from shop.dynamo import from_wire
from shop.ids import derived_id
from shop.models import ApiModel, Timestamp

if TYPE_CHECKING:
    from collections.abc import Mapping

# Where ids of events are derived. Never to change: by them consumers know what they have had.
_EVENTS = uuid.UUID("0c7d27f4-3a52-4d19-8d35-54f9a2a1d7ce")

_TYPES = {
    OrderStatus.PENDING: OrderEventType.PLACED,
    OrderStatus.PAID: OrderEventType.PAID,
    OrderStatus.SHIPPED: OrderEventType.SHIPPED,
    OrderStatus.DELIVERED: OrderEventType.DELIVERED,
    OrderStatus.CANCELLED: OrderEventType.CANCELLED,
}


class OrderEvent(ApiModel):
    """Something that happened to an order, with the order as it was then.

    It comes at least once. The same ``id`` is the same event; of two events of an order the one
    with the higher ``version`` happened later.
    """

    id: Annotated[str, Field(examples=["7d1f0f3a5c4e5b0e9a6d2c8b4f1e3a57"])]
    type: OrderEventType
    version: Annotated[int, Field(ge=1, description="1 when placed, one more with every move")]
    occurred_at: Timestamp
    previous_status: Annotated[OrderStatus | None, Field(description="null when placed")]
    order: Order


def of_record(record: Mapping[str, Any]) -> OrderEvent | None:
    """What a record of the orders table's stream tells; None when nothing happened to an order."""
    change = record["dynamodb"]
    if change["Keys"]["sk"]["S"] != SORT_KEY or "NewImage" not in change:
        return None
    present = stored_order(from_wire(change["NewImage"]))
    previous = stored_order(from_wire(change["OldImage"])) if "OldImage" in change else None
    if previous and previous.order.status == present.order.status:
        return None
    order = present.order
    return OrderEvent(
        id=derived_id(_EVENTS, f"{order.id}#{present.version}"),
        type=_TYPES[order.status],
        version=present.version,
        occurred_at=order.updated_at,
        previous_status=previous.order.status if previous else None,
        order=order,
    )
