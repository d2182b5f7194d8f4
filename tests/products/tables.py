"""The products table as the stack declares it, for an emulated DynamoDB."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.tables import create_table

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

# As cdk.products.INDEXES, which would take a second to import: that starts the CDK.
INDEXES = {
    "listing-newest": ("listing", "newestKey"),
    "listing-price": ("listing", "priceKey"),
    "listing-name": ("listing", "nameKey"),
    "category-newest": ("category", "newestKey"),
    "category-price": ("category", "priceKey"),
    "category-name": ("category", "nameKey"),
}


def create_products_table(client: DynamoDBClient, name: str) -> None:
    create_table(client, name, INDEXES)
