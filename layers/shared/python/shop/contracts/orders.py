"""Orders, as others may rely on them: the events that tell of them."""

from enum import StrEnum
from typing import Any

SOURCE = "shop.orders"
"""The ``source`` of those events on the shop's bus."""

SORT_KEY = "ORDER"


class OrderEventType(StrEnum):
    """What can have happened: the ``detail-type`` of an event."""

    PLACED = "OrderPlaced"
    PAID = "OrderPaid"
    SHIPPED = "OrderShipped"
    DELIVERED = "OrderDelivered"
    CANCELLED = "OrderCancelled"


CHANGED_ORDERS: dict[str, Any] = {
    "eventName": ["INSERT", "MODIFY"],
    "dynamodb": {"Keys": {"sk": {"S": [SORT_KEY]}}},
}
"""The pattern of records of the orders table's stream that may tell of one."""
