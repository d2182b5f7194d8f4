"""The addresses table as the stack declares it, and of the users table what others rely on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shop.contracts.users import user_key
from shop.dynamo import to_wire
from tests.tables import create_table

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


def create_addresses_table(client: DynamoDBClient, name: str) -> None:
    """An empty addresses table: two keys, no index."""
    create_table(client, name)


def create_users_table(client: DynamoDBClient, name: str) -> None:
    """An empty table with the users table's keys."""
    create_table(client, name)


def add_user(client: DynamoDBClient, table_name: str, user_id: str) -> None:
    client.put_item(TableName=table_name, Item=to_wire(user_key(user_id)))


def delete_user(client: DynamoDBClient, table_name: str, user_id: str) -> None:
    client.delete_item(TableName=table_name, Key=to_wire(user_key(user_id)))
