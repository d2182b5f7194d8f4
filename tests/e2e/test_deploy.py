"""``shop deploy`` on the running stack, from the plan to the smoke test."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import pytest

from shop.contracts.products import product_key
from shop.dynamo import to_wire
from tests.e2e.conftest import shop

if TYPE_CHECKING:
    from ops.local.folder import LocalFolder
    from ops.local.stack import LocalStack
    from tests.e2e.accounts import Account
    from tests.e2e.conftest import Api

pytestmark = pytest.mark.e2e


def test_a_stage_is_brought_to_what_the_code_says(
    stack: LocalStack, api: Api, admin: Account, folder: LocalFolder
) -> None:
    """With a product from before there was a key of names, as a table restored from then has."""
    body = {"name": "Zitronenpresse", "price": "9.50", "stock": 1}
    product = admin.request("POST", "/products", body).json()
    make_old(stack, product["id"])
    assert found(api, "zitro") == []

    process = shop(folder.root, "deploy", "--stage", "local", "--yes", "shop-local")
    said, _ = process.communicate(timeout=240)
    assert process.returncode == 0, said
    titles = [line for line in said.splitlines() if line[1:4] == "/6 "]
    assert [each[:3] for each in titles] == ["1/6", "2/6", "3/6", "4/6", "5/6", "6/6"]
    assert "0001 product name keys: done (1 changed" in said
    assert "✓ GET /openapi.json" in said
    assert found(api, "zitro") == [product["id"]]
    assert admin.request("DELETE", f"/products/{product['id']}").status_code == 204


def make_old(stack: LocalStack, product_id: str) -> None:
    """Take the key away, and what the ledger says of the migration that gives it."""
    dynamodb, table = stack.target.dynamodb(), stack.target.output("ProductsTableName")
    dynamodb.update_item(
        TableName=table, Key=to_wire(product_key(product_id)), UpdateExpression="REMOVE nameKey"
    )
    key: Any = to_wire({"pk": "MIGRATION#0001", "sk": "MIGRATION"})
    dynamodb.delete_item(TableName=table, Key=key)


def found(api: Api, name: str) -> list[str]:
    """Ids of the products whose names begin so; the indexes follow their table in a moment."""
    time.sleep(0.5)
    return [each["id"] for each in api.get("/products", name=name).json()["items"]]
