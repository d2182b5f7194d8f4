"""An index goes and comes back in the running stack: the table, its rows and its streams stay.

The emulator would swap in an empty table if it had not been told its name (cdk/table.py).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from ops.migrate.tables import deployed
from shop.contracts.products import product_key
from tests.e2e.conftest import shop

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ops.local.folder import LocalFolder
    from ops.local.stack import LocalStack
    from tests.e2e.conftest import Api

pytestmark = pytest.mark.e2e

TABLE, INDEX = "ProductsTable", "category-price"
HOLD_BACK = ("-c", f"shop:holdBack={TABLE}/{INDEX}")
WRITTEN_MEANWHILE = {
    **{name: {"S": str(value)} for name, value in product_key("meanwhile").items()},
    "category": {"S": "Garden"},
    "priceKey": {"S": "0000000001#meanwhile"},  # the cheapest of all
}


class Products:
    """The table as it is in DynamoDB, and as CloudFormation has it."""

    def __init__(self, stack: LocalStack) -> None:
        self._target = stack.target
        self._dynamodb = stack.target.dynamodb()
        self.name = stack.target.output("ProductsTableName")

    def rows(self) -> list[str]:
        pages = self._dynamodb.get_paginator("scan").paginate(TableName=self.name)
        return sorted(repr(sorted(item.items())) for page in pages for item in page["Items"])

    def indexes(self) -> set[str]:
        table = self._dynamodb.describe_table(TableName=self.name)["Table"]
        there = {each["IndexName"] for each in table.get("GlobalSecondaryIndexes", [])}
        template = deployed(self._target) or {}
        assert there == template[TABLE].indexes.keys()
        return there

    def by_price(self) -> list[str]:
        answer = self._dynamodb.query(
            TableName=self.name,
            IndexName=INDEX,
            KeyConditionExpression="category = :category",
            ExpressionAttributeValues={":category": {"S": "Garden"}},
        )
        return [item["pk"]["S"] for item in answer["Items"]]

    def write(self) -> None:
        self._dynamodb.put_item(TableName=self.name, Item=WRITTEN_MEANWHILE)

    def take_back(self) -> None:
        key: Any = {name: WRITTEN_MEANWHILE[name] for name in ("pk", "sk")}
        self._dynamodb.delete_item(TableName=self.name, Key=key)

    def streams(self) -> dict[str, str | None]:
        return {
            name: self._dynamodb.describe_table(TableName=name)["Table"].get("LatestStreamArn")
            for name in self._target.resources("AWS::DynamoDB::GlobalTable")
        }


def deploy(folder: LocalFolder, *settings: str) -> None:
    process = shop(folder.root, "local", "deploy", *settings)
    output, _ = process.communicate(timeout=120)
    assert process.returncode == 0, output


@pytest.fixture
def products(stack: LocalStack, folder: LocalFolder) -> Iterator[Products]:
    found = Products(stack)
    yield found
    found.take_back()
    if INDEX not in found.indexes():  # the test has failed half-way
        deploy(folder)


def test_rows_stay_and_a_new_index_has_them_all(
    products: Products, folder: LocalFolder, api: Api
) -> None:
    rows, indexes, streams = products.rows(), products.indexes(), products.streams()
    by_price = products.by_price()
    assert len(by_price) > 3

    deploy(folder, *HOLD_BACK)
    assert products.indexes() == indexes - {INDEX}
    assert products.rows() == rows
    assert api.get("/products", category="Garden", sort="newest").status_code == 200
    assert api.get("/products", category="Garden", sort="price").status_code == 500
    products.write()

    deploy(folder)
    assert products.indexes() == indexes
    assert products.by_price() == [WRITTEN_MEANWHILE["pk"]["S"], *by_price]
    products.take_back()
    assert products.rows() == rows
    assert products.streams() == streams  # by the tables' names: they are the same tables
    answer = api.get("/products", category="Garden", sort="price", limit=2)
    assert [f"PRODUCT#{each['id']}" for each in answer.json()["items"]] == by_price[:2]
