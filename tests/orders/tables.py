"""The orders table as the stack declares it, for an emulated DynamoDB."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.tables import create_table

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

# As cdk.orders.INDEXES, which would take a second to import: that starts the CDK.
INDEXES = {
    "user-newest": ("userId", "placedKey"),
    "user-status-newest": ("userStatus", "placedKey"),
    "status-newest": ("status", "placedKey"),
}


def create_orders_table(client: DynamoDBClient, name: str) -> None:
    create_table(client, name, INDEXES)
