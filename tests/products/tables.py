"""The products table as the stack declares it, for an emulated DynamoDB."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import (
        AttributeDefinitionTypeDef,
        GlobalSecondaryIndexUnionTypeDef,
        KeySchemaElementTypeDef,
    )

# As cdk.products.INDEXES, which would take a second to import: that starts the CDK.
INDEXES = {
    "listing-newest": ("listing", "newestKey"),
    "listing-price": ("listing", "priceKey"),
    "category-newest": ("category", "newestKey"),
    "category-price": ("category", "priceKey"),
}


def create_products_table(client: DynamoDBClient, name: str) -> None:
    """An empty products table with its keys and its four indexes."""
    indexes: list[GlobalSecondaryIndexUnionTypeDef] = [
        {
            "IndexName": index,
            "KeySchema": _key_schema(partition, sort),
            "Projection": {"ProjectionType": "KEYS_ONLY"},
        }
        for index, (partition, sort) in INDEXES.items()
    ]
    key_attributes = {"pk", "sk"}.union(*INDEXES.values())
    definitions: list[AttributeDefinitionTypeDef] = [
        {"AttributeName": attribute, "AttributeType": "S"} for attribute in sorted(key_attributes)
    ]
    client.create_table(
        TableName=name,
        AttributeDefinitions=definitions,
        KeySchema=_key_schema("pk", "sk"),
        GlobalSecondaryIndexes=indexes,
        BillingMode="PAY_PER_REQUEST",
    )


def _key_schema(partition: str, sort: str) -> list[KeySchemaElementTypeDef]:
    return [
        {"AttributeName": partition, "KeyType": "HASH"},
        {"AttributeName": sort, "KeyType": "RANGE"},
    ]
