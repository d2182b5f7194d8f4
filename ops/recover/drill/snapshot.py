"""What the shop has, read row by row and byte by byte, by other means than those that restore it.

The checksum of a table is the one that ops.recover.tables.compare describes; this is another
program for it, so that the two can be held against each other.
"""

from __future__ import annotations

import hashlib
import json
import math
import time
from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, NamedTuple

from ops.errors import OperationError
from ops.recover.drill.history import key_text
from ops.recover.drill.write_log import in_json

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ops.recover.drill.history import JsonItem
    from ops.target import Target

TABLES = ("Users", "Addresses", "Products", "Orders")
IMAGES = "images/"
_ATTEMPTS = 10

type Rows = Mapping[str, JsonItem]
"""By key (history.key_text)."""


class Snapshot(NamedTuple):
    """``objects``: SHA-256 of what is seen at each key below images/."""

    tables: Mapping[str, Rows]
    objects: Mapping[str, str]

    def checksums(self) -> dict[str, str]:
        """Of each table, and of the images."""
        found = {name: checksum(rows) for name, rows in self.tables.items()}
        return {**found, "images": checksum_of_objects(self.objects)}


class Quiet(NamedTuple):
    """A moment, a whole second, about which nothing was written: from before until one later."""

    at: datetime
    snapshot: Snapshot


class Reader:
    """Reads all that a stack has; ``names`` are those of its tables by TABLES."""

    def __init__(self, target: Target) -> None:
        outputs = target.outputs()
        self.names = {name: outputs[f"{name}TableName"] for name in TABLES}
        self.bucket = outputs["ImagesBucketName"]
        self._dynamodb = target.dynamodb()
        self._s3 = target.s3()

    def snapshot(self) -> Snapshot:
        tables = {name: self.rows(physical) for name, physical in self.names.items()}
        return Snapshot(tables, self.objects())

    def rows(self, physical: str) -> Rows:
        schema = self._dynamodb.describe_table(TableName=physical)["Table"]["KeySchema"]
        names = [each["AttributeName"] for each in schema]
        pages = self._dynamodb.get_paginator("scan").paginate(
            TableName=physical, ConsistentRead=True
        )
        rows = [in_json(item) for page in pages for item in page["Items"]]
        return {key_text({name: row[name] for name in names}): row for row in rows}

    def objects(self) -> dict[str, str]:
        pages = self._s3.get_paginator("list_objects_v2").paginate(
            Bucket=self.bucket, Prefix=IMAGES
        )
        keys = [each["Key"] for page in pages for each in page.get("Contents", [])]
        return {key: hashlib.sha256(self._bytes(key)).hexdigest() for key in keys}

    def _bytes(self, key: str) -> bytes:
        return self._s3.get_object(Bucket=self.bucket, Key=key)["Body"].read()

    def settings(self, physical: str) -> dict[str, Any]:
        """What a table is set to, as DynamoDB describes it."""
        client = self._dynamodb
        table = client.describe_table(TableName=physical)["Table"]
        backups = client.describe_continuous_backups(TableName=physical)
        recovery = backups["ContinuousBackupsDescription"]["PointInTimeRecoveryDescription"]
        expiry = client.describe_time_to_live(TableName=physical)["TimeToLiveDescription"]
        tags = client.list_tags_of_resource(ResourceArn=table["TableArn"]).get("Tags", [])
        return {
            "keys": table["KeySchema"],
            "indexes": sorted(
                json.dumps([each["IndexName"], each["KeySchema"], each["Projection"]])
                for each in table.get("GlobalSecondaryIndexes", [])
            ),
            "billing": table["BillingModeSummary"]["BillingMode"],
            "stream": table.get("StreamSpecification"),
            "recovery": recovery["PointInTimeRecoveryStatus"],
            "expiry": [expiry.get("TimeToLiveStatus"), expiry.get("AttributeName")],
            "protection": table.get("DeletionProtectionEnabled", False),
            "tags": sorted((each["Key"], each["Value"]) for each in tags),
        }

    def quiet(self) -> Quiet:
        """A moment from now on at which all is known. Nobody should be writing.

        What is still on its way (a stream's records, say) is waited for: all is read before the
        moment and again a second after it, and has to be the same. Raises OperationError when it
        never is.
        """
        for _ in range(_ATTEMPTS):
            before = self.snapshot()
            second = math.ceil(time.time())
            time.sleep(max(0.0, second + 1 - time.time()))
            if self.snapshot() == before:
                return Quiet(datetime.fromtimestamp(second, UTC), before)
        raise OperationError("The shop did not come to rest.")


def settings_missing(wanted: Mapping[str, Any], found: Mapping[str, Any]) -> list[str]:
    """What a table has not of another's settings. It may be protected and tagged beyond that.

    (The template protects and tags tables; the emulator's CloudFormation leaves that out.)
    """
    missing = [
        name for name in wanted.keys() - {"protection", "tags"} if found[name] != wanted[name]
    ]
    if wanted["protection"] and not found["protection"]:
        missing.append("protection")
    if not set(wanted["tags"]) <= set(found["tags"]):
        missing.append("tags")
    return sorted(missing)


def checksum(rows: Rows) -> str:
    """Of a table."""
    lines = [
        f"{_spelled(json.loads(key))}\t{hashlib.sha256(_spelled(row).encode()).hexdigest()}\n"
        for key, row in rows.items()
    ]
    return hashlib.sha256("".join(sorted(lines)).encode()).hexdigest()


def checksum_of_objects(objects: Mapping[str, str]) -> str:
    """Of a bucket: a line an object, its key as JSON and the SHA-256 of its bytes, sorted."""
    lines = sorted(f"{json.dumps(key)}\t{digest}\n" for key, digest in objects.items())
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def _spelled(item: JsonItem) -> str:
    plain = {name: _plain(value) for name, value in item.items()}
    return json.dumps(plain, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def _plain(typed: Mapping[str, Any]) -> Any:
    ((kind, value),) = typed.items()
    match kind:
        case "N":
            return {kind: _digits(value)}
        case "NS":
            return {kind: sorted(_digits(each) for each in value)}
        case "SS" | "BS":
            return {kind: sorted(value)}
        case "L":
            return {kind: [_plain(each) for each in value]}
        case "M":
            return {kind: {name: _plain(each) for name, each in value.items()}}
        case _:
            return typed


def _digits(number: str) -> str:
    """Without exponent and needless zeros; zero is ``0``."""
    text = f"{Decimal(number):f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text
