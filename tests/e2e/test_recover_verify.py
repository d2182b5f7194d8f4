"""The shop after real orders is whole; what is broken is named; rows come back from exports."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from ops.local.folder import LocalFolder
from ops.local.stack import LocalStack
from ops.recover.buckets.objects import Place
from ops.recover.region.double import write_export
from ops.recover.tables.locate import stack_tables
from shop.dynamo import from_wire, to_wire
from tests.e2e.accounts import Account
from tests.e2e.conftest import Api, shop

pytestmark = pytest.mark.e2e


class Verifier:
    def __init__(self, folder: LocalFolder, file: Path) -> None:
        self._folder, self._file = folder, file

    def __call__(self) -> tuple[int, list[dict[str, Any]]]:
        """The exit code and the findings."""
        process = shop(self._folder.root, "recover", "verify", "--json", str(self._file))
        output, _ = process.communicate(timeout=120)
        assert "Traceback" not in output
        found: list[dict[str, Any]] = json.loads(self._file.read_text())["findings"]
        return process.returncode, found


@pytest.fixture
def verify(folder: LocalFolder, tmp_path: Path) -> Verifier:
    return Verifier(folder, tmp_path / "verify.json")


@pytest.fixture
def ordered(api: Api, admin: Account, customer: Account, stack: LocalStack) -> Iterator[str]:
    """A product of which some are sold; archived in the end."""
    kite = {"name": "Kite", "price": "12.00", "stock": 10, "category": "Garden"}
    product_id: str = admin.request("POST", "/products", kite).json()["id"]
    home = {"street": "12 Harbour Lane", "city": "Galway", "country": "Ireland"}
    address = customer.request("POST", "/addresses", home).json()["id"]
    body = {"items": [{"productId": product_id, "quantity": 3}], "shippingAddressId": address}
    placed = customer.request("POST", "/orders", body, headers={"Idempotency-Key": product_id})
    assert placed.status_code == 201, placed.text
    change = {"delta": 5, "reason": "Found"}
    made = admin.request("POST", f"/products/{product_id}/stock-adjustments", change)
    assert made.status_code < 300, made.text
    yield product_id
    admin.request("DELETE", f"/products/{product_id}")


def product_row(stack: LocalStack, product_id: str) -> dict[str, Any]:
    key = to_wire({"pk": f"PRODUCT#{product_id}", "sk": "PRODUCT"})
    table = stack.target.output("ProductsTableName")
    return from_wire(stack.target.dynamodb().get_item(TableName=table, Key=key)["Item"])


def put(stack: LocalStack, row: dict[str, Any]) -> None:
    table = stack.target.output("ProductsTableName")
    stack.target.dynamodb().put_item(TableName=table, Item=to_wire(row))


def test_what_was_broken_by_hand_is_named_and_nothing_else(
    stack: LocalStack, verify: Verifier, ordered: str
) -> None:
    _, before = verify()
    row = product_row(stack, ordered)
    put(stack, row | {"stock": 99})
    try:
        code, found = verify()
        new = [each for each in found if each not in before]
        assert (code, [each["rule"] for each in new]) == (1, ["stock"])
        assert new[0]["row"] == f"PRODUCT#{ordered} / PRODUCT"
        assert new[0]["text"] == "the stock is 99 and should be 12, by all that moved it"
    finally:
        put(stack, row)
    assert verify()[1] == before


def test_rows_that_are_gone_come_back_from_the_exports(
    stack: LocalStack, folder: LocalFolder, verify: Verifier, ordered: str, tmp_path: Path
) -> None:
    """As in another region, where all are gone; here the others are there already."""
    client = stack.target.dynamodb()
    _, before = verify()
    bucket = stack.target.output("ExportsReplicaBucketName")
    there = Place(stack.target.s3(stack.target.output("ReplicaRegion")), bucket)
    row = product_row(stack, ordered)
    for table in stack_tables(stack.target):
        write_export(client, table.name, table.logical_id, there, datetime.now(UTC))
    client.delete_item(
        TableName=stack.target.output("ProductsTableName"),
        Key=to_wire({"pk": row["pk"], "sk": row["sk"]}),
    )
    assert verify()[0] == 1
    process = shop(
        folder.root,
        *("recover", "region", "--exports-bucket", bucket, "--yes", "shop-local"),
        *("--folder", str(tmp_path)),
    )
    output, _ = process.communicate(timeout=120)
    assert "Switch its clients over" in output
    assert "Traceback" not in output
    assert product_row(stack, ordered) == row
    (report,) = (json.loads(each.read_text()) for each in tmp_path.glob("report-*.json"))
    facts = report["steps"]["load ProductsTable"]["facts"]
    assert facts["ProductsTable_written"] == 1
    assert report["steps"]["health"]["facts"]["api"]
    assert verify()[1] == before
