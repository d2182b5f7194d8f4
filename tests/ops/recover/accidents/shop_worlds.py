"""A shop of one table with rows, and one bucket with an image; three more tables are empty."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import boto3

from ops.recover.buckets import restore as restoring
from ops.recover.buckets.objects import Place
from ops.recover.region import load
from ops.recover.region.double import write_export
from ops.recover.tables import settings
from ops.recover.tables.settings import wanted_settings
from shop import dynamo
from tests.ops.recover.accidents.doubles import CloudFormation
from tests.ops.recover.accidents.worlds import World
from tests.ops.recover.buckets.conftest import BUCKET, REPLICA, Clock, Store
from tests.ops.recover.tables.support import INDEXES, STACK, table_resource
from tests.orders import emulator
from tests.orders.world import ADDRESSES, ORDERS, PRODUCTS, USERS, Shop
from tests.tables import create_table

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import pytest

EXPORTS = "shop-exports"
TABLE, KEPT = "ProductsTable", "ImagesBucket"
TEMPLATE: dict[str, Any] = {
    "Resources": {
        TABLE: table_resource(),
        KEPT: {
            "Type": "AWS::S3::Bucket",
            "Properties": {"VersioningConfiguration": {"Status": "Enabled"}},
        },
    }
}
NAMES = {TABLE: PRODUCTS, KEPT: BUCKET}
OUTPUTS = {
    "UsersTableName": USERS,
    "AddressesTableName": ADDRESSES,
    "ProductsTableName": PRODUCTS,
    "OrdersTableName": ORDERS,
    "ImagesBucketName": BUCKET,
    "ExportsBucketName": EXPORTS,
    "ApiUrl": "https://api.test",
}


class _ShopWorld(World):
    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(restoring, "WORKERS", 1)
        monkeypatch.setattr(load, "WORKERS", 1)
        monkeypatch.setattr("moto.s3.models.utcnow", clock := Clock())
        monkeypatch.setattr("requests.get", lambda *_, **__: SimpleNamespace(status_code=200))
        super().__init__({"cloudformation": CloudFormation(TEMPLATE, NAMES, OUTPUTS)}, None)
        self.client = dynamo.client()
        create_table(self.client, PRODUCTS, INDEXES)
        for name in (USERS, ADDRESSES, ORDERS):
            create_table(self.client, name)
        settings.apply(self.client, PRODUCTS, wanted_settings(table_resource()))
        Shop(self.client).add_product()
        self.store = Store(clock)
        self.store.s3.delete_bucket_encryption(Bucket=BUCKET)
        self.store.put("images/mug", "a mug", ContentType="image/webp")
        self._export()
        self._whole = emulator.saved()

    def _export(self) -> None:
        s3 = boto3.client("s3")
        where: Any = {"LocationConstraint": "eu-central-1"}
        s3.create_bucket(Bucket=EXPORTS, CreateBucketConfiguration=where)
        write_export(self.client, PRODUCTS, TABLE, Place(s3, EXPORTS), datetime.now(UTC))

    def restore(self) -> None:
        self._whole()

    def state(self) -> Any:
        return emulator.rows(PRODUCTS), self.store.shown(), len(self.store.versions())


class VerifyWorld(_ShopWorld):
    """All is well, and nothing is to be changed."""

    changes = False

    def arguments(self, folder: Path) -> list[str]:
        folder.mkdir(exist_ok=True)
        return ["verify", "--json", str(folder / "verify.json")]

    def report(self, folder: Path, **_: bool) -> dict[str, Any]:
        found: dict[str, Any] = json.loads((folder / "verify.json").read_text())
        # The newest restorable moment is another one each time.
        checks = [[each["subject"], each["what"], each["state"]] for each in found["checks"]]
        return {"checks": checks, "findings": found["findings"], "rows": found["rows"]}


class RegionWorld(_ShopWorld):
    """It is empty, and there are its exports."""

    words: Sequence[str] = ("region", "--exports-bucket", EXPORTS, "--yes", STACK)
    facts: Sequence[str] = (
        "exports",
        "ProductsTable_there_and_different",
        "rows",
        "findings_number",
        "settings_wrong",
        "api",
    )

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        super().__init__(monkeypatch)
        self.restore()

    def restore(self) -> None:
        self.store.empty()
        for row in self.client.scan(TableName=PRODUCTS)["Items"]:
            key = {"pk": row["pk"], "sk": row["sk"]}
            self.client.delete_item(TableName=PRODUCTS, Key=key)


class ImagesRegionWorld(RegionWorld):
    """There is a replica of the images, too."""

    words = (*RegionWorld.words, "--images-bucket", REPLICA)
    facts = (*RegionWorld.facts, "images", "images_not_restored")
