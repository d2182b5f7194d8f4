"""``shop recover table`` on the running stack.

The local AWS restores a table as it is now, whatever the moment, and leaves no backup when one is
deleted: here the table is restored before it is spoilt, and backed up by hand before it is deleted.
"""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any

import pytest

from ops.recover.tables import settings
from ops.recover.tables.locate import find_table
from shop.clock import now
from shop.contracts.addresses import partition
from shop.contracts.products import product_key
from shop.dynamo import to_wire
from tests.e2e.accounts import ADDRESS, register, sign_in
from tests.e2e.conftest import shop

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from ops.local.folder import LocalFolder
    from ops.local.stack import LocalStack
    from tests.e2e.conftest import Api

pytestmark = pytest.mark.e2e

PRODUCTS, USERS = "shop-local/ProductsTable", "shop-local/UsersTable"


class Recover:
    """The command as a person on call gives it."""

    def __init__(self, folder: LocalFolder, reports: Path) -> None:
        self._folder = folder.root
        self.reports = reports

    def __call__(self, *arguments: str, code: int = 0) -> str:
        process = shop(self._folder, "recover", "table", *arguments)
        output, _ = process.communicate(timeout=120)
        assert process.returncode == code, output
        return output

    def change(self, *arguments: str, subject: str) -> dict[str, Any]:
        """The report of a recovery that was confirmed."""
        self(*arguments, "--yes", subject, "--folder", str(self.reports))
        newest = max(self.reports.glob("report-*.json"), key=lambda path: path.stat().st_mtime_ns)
        report: dict[str, Any] = json.loads(newest.read_text())
        return report


@pytest.fixture
def recover(stack: LocalStack, folder: LocalFolder, tmp_path: Path) -> Recover:
    return Recover(folder, tmp_path / "reports")


@pytest.fixture
def restored(stack: LocalStack, recover: Recover) -> Iterator[str]:
    """The products table beside itself; it goes afterwards."""
    report = recover.change("restore", "Products", "--at", now(), subject=PRODUCTS)
    (name,) = report["steps"]["check"]["facts"]["tables"].values()
    yield name
    dynamodb = stack.target.dynamodb()
    dynamodb.update_table(TableName=name, DeletionProtectionEnabled=False)
    dynamodb.delete_table(TableName=name)


def test_a_bad_write_is_found_put_right_and_taken_back(
    stack: LocalStack, api: Api, recover: Recover, restored: str
) -> None:
    table = find_table(stack.target, "Products")
    settings.require(stack.target.dynamodb(), restored, table.wanted)
    assert "They are the same." in recover("compare", "Products", restored)
    first, second = api.get("/products", limit=2).json()["items"]
    spoil(stack, table.name, first["id"], second["id"])
    assert api.get(f"/products/{first['id']}").json()["name"] == "SPOILT"
    assert api.get(f"/products/{second['id']}").status_code == 404

    told = recover("compare", "Products", restored, code=1)
    assert "1 only live, 1 only restored, 1 different" in told
    which = ("repair", "Products", "--from", restored, "--everything", "--delete-added")
    assert "delete 1 row, bring back 1 row, overwrite 1 row." in recover(*which, "--dry-run")
    report = recover.change(*which, subject=PRODUCTS)
    assert report["steps"]["repair"]["facts"]["outcomes"] == {"put right": 3}
    assert "They are the same." in recover("compare", "Products", restored)
    for product in (first, second):
        assert api.get(f"/products/{product['id']}").json()["name"] == product["name"]

    undo = report["steps"]["undo file"]["facts"]["undoFile"]
    recover.change("repair", "Products", "--undo", undo, subject=PRODUCTS)
    assert (
        recover("compare", "Products", restored, code=1).splitlines()[:2] == (told.splitlines()[:2])
    ), "the sums are those of the spoilt table again"
    recover.change(*which, subject=PRODUCTS)
    assert "They are the same." in recover("compare", "Products", restored)


def spoil(stack: LocalStack, table: str, overwritten: str, deleted: str) -> None:
    dynamodb = stack.target.dynamodb()
    dynamodb.update_item(
        TableName=table,
        Key=to_wire(product_key(overwritten)),
        UpdateExpression="SET #name = :spoilt",
        ExpressionAttributeNames={"#name": "name"},
        ExpressionAttributeValues={":spoilt": {"S": "SPOILT"}},
    )
    dynamodb.delete_item(TableName=table, Key=to_wire(product_key(deleted)))
    dynamodb.put_item(TableName=table, Item=to_wire({"pk": "JUNK", "sk": "JUNK"}))


def test_a_deleted_table_is_adopted_and_all_works_again(
    stack: LocalStack, api: Api, recover: Recover
) -> None:
    """Also what reads its stream: the addresses of an account go when the account does."""
    customer = register(api)
    assert customer.request("POST", "/addresses", ADDRESS).status_code == 201
    table = find_table(stack.target, "Users")
    dynamodb = stack.target.dynamodb()
    backup = dynamodb.create_backup(TableName=table.name, BackupName="before")
    arn = backup["BackupDetails"]["BackupArn"]
    dynamodb.update_table(TableName=table.name, DeletionProtectionEnabled=False)
    dynamodb.delete_table(TableName=table.name)

    told = recover("adopt", "Users", "--yes", USERS, "--folder", str(recover.reports), code=2)
    assert "Take one with --backup ARN" in told
    report = recover.change("adopt", "Users", "--backup", arn, subject=USERS)
    assert report["steps"]["stream"]["facts"]["mappings"] == 2
    settings.require(dynamodb, table.name, table.wanted)

    again = sign_in(api, customer.email)
    assert again.id == customer.id
    assert address_rows(stack, customer.id)
    gone = again.request("DELETE", "/users/me", {"password": again.password})
    assert gone.status_code == 204
    require_no_addresses(stack, customer.id)


def require_no_addresses(stack: LocalStack, user_id: str) -> None:
    deadline = time.monotonic() + 30
    while address_rows(stack, user_id) and time.monotonic() < deadline:
        time.sleep(0.2)
    assert address_rows(stack, user_id) == []


def address_rows(stack: LocalStack, user_id: str) -> list[Any]:
    return stack.target.dynamodb().query(
        TableName=stack.target.output("AddressesTableName"),
        KeyConditionExpression="pk = :pk",
        ExpressionAttributeValues=to_wire({":pk": partition(user_id)}),
    )["Items"]
