"""Tables for an emulated DynamoDB, keyed as the stack declares them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import (
        AttributeDefinitionTypeDef,
        CreateTableInputTypeDef,
        GlobalSecondaryIndexUnionTypeDef,
        KeySchemaElementTypeDef,
    )


def create_table(
    client: DynamoDBClient, name: str, indexes: Mapping[str, tuple[str, str]] | None = None
) -> None:
    """An empty table with ``indexes``, partition and sort key by name; they carry keys only."""
    made: list[GlobalSecondaryIndexUnionTypeDef] = [
        {
            "IndexName": index,
            "KeySchema": _key_schema(partition, sort),
            "Projection": {"ProjectionType": "KEYS_ONLY"},
        }
        for index, (partition, sort) in (indexes or {}).items()
    ]
    key_attributes = {"pk", "sk"}.union(*(indexes or {}).values())
    definitions: list[AttributeDefinitionTypeDef] = [
        {"AttributeName": attribute, "AttributeType": "S"} for attribute in sorted(key_attributes)
    ]
    request: CreateTableInputTypeDef = {
        "TableName": name,
        "AttributeDefinitions": definitions,
        "KeySchema": _key_schema("pk", "sk"),
        "BillingMode": "PAY_PER_REQUEST",
    }
    if made:  # an empty list is refused
        request["GlobalSecondaryIndexes"] = made
    client.create_table(**request)


def _key_schema(partition: str, sort: str) -> list[KeySchemaElementTypeDef]:
    return [
        {"AttributeName": partition, "KeyType": "HASH"},
        {"AttributeName": sort, "KeyType": "RANGE"},
    ]
