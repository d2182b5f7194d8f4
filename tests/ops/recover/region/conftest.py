"""A region that is left, with replicated exports, and a new stack in it whose tables are empty."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import boto3
import pytest

from ops.recover.buckets.objects import Place
from ops.recover.region.double import write_export
from shop import dynamo
from shop.dynamo import from_wire, to_wire
from tests.emulated import emulated_aws
from tests.tables import create_table

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mypy_boto3_dynamodb import DynamoDBClient

EXPORTS = "shop-exports-replica"
NOON = datetime(2020, 1, 1, 12, tzinfo=UTC)


class Regions:
    """``old`` tables are what the exports are written from."""

    def __init__(self) -> None:
        self.client: DynamoDBClient = dynamo.client()
        self.place = Place(boto3.client("s3"), EXPORTS)
        where: Any = {"LocationConstraint": "eu-central-1"}
        self.place.s3.create_bucket(Bucket=EXPORTS, CreateBucketConfiguration=where)
        for name in ("old", "new"):
            create_table(self.client, name)

    def put(self, table: str, *rows: dict[str, Any]) -> None:
        for row in rows:
            self.client.put_item(TableName=table, Item=to_wire(row))

    def rows(self, table: str) -> list[dict[str, Any]]:
        pages = self.client.get_paginator("scan").paginate(TableName=table)
        found = [from_wire(row) for page in pages for row in page["Items"]]
        return sorted(found, key=lambda row: (row["pk"], row["sk"]))

    def export(self, moment: datetime = NOON, logical_id: str = "ThingsTable") -> str:
        return write_export(self.client, "old", logical_id, self.place, moment)

    def keys(self, folder: str) -> list[str]:
        listed = self.place.s3.list_objects_v2(Bucket=EXPORTS, Prefix=folder).get("Contents", [])
        return [each["Key"] for each in listed]

    def change(self, key: str, body: bytes) -> None:
        self.place.s3.put_object(Bucket=EXPORTS, Key=key, Body=body)


def row(number: int, **more: Any) -> dict[str, Any]:
    return {"pk": f"THING#{number}", "sk": "THING", "tags": {"a", "b"}, "n": number, **more}


@pytest.fixture
def regions() -> Iterator[Regions]:
    with emulated_aws():
        yield Regions()
