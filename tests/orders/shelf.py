"""Orders put straight into the table: of any time and status, and as many as a test needs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from orders.models import Order
from orders.repository import StoredOrder, order_key, order_row
from shop.dynamo import to_wire
from shop.ids import new_id
from tests.orders.world import ADDRESS, ORDERS

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

NOON = "2026-11-22T12:00:00.000Z"


def an_order(user_id: str, **fields: Any) -> Order:
    """An order of one thing for nothing, unless ``fields`` say otherwise, by attribute."""
    item = {"id": new_id(), "productId": new_id(), "name": "Mug", "quantity": 1, "price": "0.00"}
    return Order.model_validate(
        {
            "id": new_id(),
            "userId": user_id,
            "orderDate": NOON,
            "totalAmount": "0.00",
            "status": "PENDING",
            "shippingAddressId": new_id(),
            "shippingAddress": {"state": None, "zipCode": None, **ADDRESS},
            "items": [item],
            "createdAt": NOON,
            "updatedAt": NOON,
            **fields,
        },
        by_alias=True,
    )


class Shelf:
    """Writes to the orders table behind everyone's back."""

    def __init__(self, client: DynamoDBClient) -> None:
        self._client = client
        self._orders: list[Order] = []

    def add(self, user_id: str, *, order_date: str = NOON, **fields: Any) -> str:
        """A new order; its id."""
        order = an_order(user_id, orderDate=order_date, **fields)
        self._orders.append(order)
        self._client.put_item(TableName=ORDERS, Item=to_wire(order_row(StoredOrder(order, 1))))
        return order.id

    def newest(self, user: str | None = None, status: str | None = None) -> list[str]:
        """Ids of the orders that were added, as a list should have them."""
        wanted = [
            (order.order_date, order.id)
            for order in self._orders
            if user in (None, order.user_id) and status in (None, order.status)
        ]
        return [order_id for _, order_id in sorted(wanted, reverse=True)]

    def set(self, order_id: str, **attributes: Any) -> None:
        """Change attributes of a row, and nothing that goes with them."""
        assignments = ", ".join(f"#{name} = :{name}" for name in attributes)
        self._client.update_item(
            TableName=ORDERS,
            Key=to_wire(order_key(order_id)),
            UpdateExpression=f"SET {assignments}",
            ExpressionAttributeNames={f"#{name}": name for name in attributes},
            ExpressionAttributeValues=to_wire({f":{k}": v for k, v in attributes.items()}),
        )
