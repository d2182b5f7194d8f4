"""What is broken on purpose: as a bad deployment and a careless hand would, past the API."""

from __future__ import annotations

import json
import random
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ops.recover.drill.snapshot import IMAGES, TABLES
from ops.recover.tables.canonical import from_canonical

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

    from mypy_boto3_s3 import S3Client

    from ops.recover.drill.history import JsonItem
    from ops.recover.drill.snapshot import Reader, Rows, Snapshot
    from ops.target import Target

_JUNK = 5  # rows of each table, objects
_SOME = 6  # rows of a kind
KINDS = {
    *(f"{table} rows overwritten" for table in TABLES),
    *(f"{table} rows deleted" for table in ("Products", "Orders", "Users")),
    *(f"{table} rows added" for table in TABLES),
    *(f"objects {what}" for what in ("overwritten", "deleted", "added")),
}
"""All that is done, by its name in the counts."""


@dataclass
class Harm:
    """What was done: how often, and where."""

    counts: Counter[str] = field(default_factory=Counter)
    keys: dict[str, list[str]] = field(default_factory=dict)
    """By table, of the rows that were overwritten, deleted or added (history.key_text)."""
    partitions: dict[str, list[str]] = field(default_factory=dict)
    """By table, partition keys: of all of their rows, as a deletion took others along."""

    def concerns(self, table: str, key: str) -> bool:
        """Whether a row was broken, or may have been."""
        partition = json.loads(key)["pk"]["S"]
        return key in self.keys.get(table, []) or partition in self.partitions.get(table, [])

    def note_followed(self, good: Snapshot, bad: Snapshot) -> None:
        """Count the rows that the shop itself took along with the accounts that were deleted."""
        for table, rows in good.tables.items():
            others, noted = bad.tables[table], set(self.keys.get(table, []))
            followed = [
                key
                for key in {*rows, *others} - noted
                if self.concerns(table, key) and rows.get(key) != others.get(key)
            ]
            if followed:
                self.counts[f"{table} rows gone with an account"] = len(followed)

    def rows(self, table: str) -> int:
        """How many of ``table`` were counted."""
        return sum(number for what, number in self.counts.items() if what.startswith(f"{table} "))

    def told(self) -> dict[str, dict[str, int]]:
        """By what was broken (a table, or objects), then by how; ``in all`` comes last."""
        told: dict[str, dict[str, int]] = {}
        for name, number in self.counts.items():
            thing, _, how = name.replace(" rows ", " ").partition(" ")
            told.setdefault(thing, {})[how] = number
        return {thing: {**hows, "in all": sum(hows.values())} for thing, hows in told.items()}

    def lines(self, table: str) -> list[str]:
        """The rows of ``table`` as ``shop recover table repair --keys @FILE`` takes them."""
        return [*self.keys.get(table, []), *self.partitions.get(table, [])]

    def mended(self, table: str, broken: Rows, good: Rows) -> dict[str, JsonItem]:
        """What ``table`` must hold after its repair: all else stays."""
        kept = {key: row for key, row in broken.items() if not self.concerns(table, key)}
        return kept | {key: row for key, row in good.items() if self.concerns(table, key)}


class Breaker:
    """Breaks rows and objects of what ``good`` has; of products only those in ``products``.

    Nobody else may write to those rows: what is put right goes back to what it was.
    """

    def __init__(
        self, target: Target, reader: Reader, good: Snapshot, products: Collection[str]
    ) -> None:
        self.harm = Harm()
        self._dynamodb = target.dynamodb()
        self._s3 = target.s3()
        self._names = reader.names
        self._bucket = reader.bucket
        self._good = good
        self._products = products
        self._chance = random.Random()  # noqa: S311  (no secret)

    def break_rows(self) -> None:
        self._overwrite("Products", self._is_product, {"price": {"N": "0.01"}})
        self._overwrite("Orders", _is_order, {"totalAmount": {"N": "0"}})
        self._overwrite("Users", self._is_customer, {"email": {"S": "nobody@example.org"}})
        self._overwrite("Addresses", _is_address, {"city": {"S": "?"}})
        self._delete("Products", self._is_description)
        self._delete("Orders", _is_order)
        self._delete("Users", _is_marker)
        self._delete_users()
        for table in TABLES:
            self._add_junk(table)

    def break_objects(self) -> None:
        """Some are overwritten, some deleted, some added."""
        keys = sorted(self._good.objects)
        self._chance.shuffle(keys)
        third = max(1, len(keys) // 3)
        for key in keys[:third]:
            self._s3.put_object(Bucket=self._bucket, Key=key, Body=b"overwritten")
        for key in keys[third : 2 * third]:
            self._s3.delete_object(Bucket=self._bucket, Key=key)
        for number in range(_JUNK):
            self._s3.put_object(Bucket=self._bucket, Key=f"{IMAGES}junk-{number}", Body=b"junk")
        self.harm.counts["objects overwritten"] += len(keys[:third])
        self.harm.counts["objects deleted"] += len(keys[third : 2 * third])
        self.harm.counts["objects added"] += _JUNK

    def _overwrite(self, table: str, is_one: _Is, change: Mapping[str, Any]) -> None:
        for row in self._some(table, is_one):
            self._dynamodb.put_item(TableName=self._names[table], Item=_wire({**row, **change}))
            self._note(table, "overwritten", row)

    def _delete(self, table: str, is_one: _Is) -> None:
        for row in self._some(table, is_one):
            self._dynamodb.delete_item(TableName=self._names[table], Key=_wire(_key(row)))
            self._note(table, "deleted", row)

    def _delete_users(self) -> None:
        """The shop takes that for accounts that went, and deletes what hangs on them."""
        for row in self._some("Users", self._is_customer, most=2):
            self._dynamodb.delete_item(TableName=self._names["Users"], Key=_wire(_key(row)))
            self._note("Users", "deleted", row)
            for table in ("Users", "Addresses"):
                # A repair refuses keys that no row has: not every account has addresses.
                if any(other["pk"] == row["pk"] for other in self._good.tables[table].values()):
                    self.harm.partitions.setdefault(table, []).append(row["pk"]["S"])

    def _add_junk(self, table: str) -> None:
        for number in range(_JUNK):
            row = {name: {"S": f"JUNK#{number}"} for name in ("pk", "sk")}
            self._dynamodb.put_item(
                TableName=self._names[table], Item=_wire({**row, "junk": {"BOOL": True}})
            )
            self._note(table, "added", row)

    def _some(self, table: str, is_one: _Is, most: int = _SOME) -> list[JsonItem]:
        """Rows of a kind that are not broken yet."""
        rows = [
            row
            for key, row in self._good.tables[table].items()
            if is_one(row) and not self.harm.concerns(table, key)
        ]
        return self._chance.sample(rows, min(most, max(1, len(rows) // 2), len(rows)))

    def _note(self, table: str, what: str, row: JsonItem) -> None:
        self.harm.counts[f"{table} rows {what}"] += 1
        key = json.dumps(_key(row), sort_keys=True)
        self.harm.keys.setdefault(table, []).append(key)

    def _is_product(self, row: JsonItem) -> bool:
        return row["sk"]["S"] == "PRODUCT" and self._is_ours(row)

    def _is_description(self, row: JsonItem) -> bool:
        return row["sk"]["S"] == "PRODUCT#DESCRIPTION" and self._is_ours(row)

    def _is_ours(self, row: JsonItem) -> bool:
        return row["pk"]["S"].removeprefix("PRODUCT#") in self._products

    @staticmethod
    def _is_customer(row: JsonItem) -> bool:
        return bool(row["sk"]["S"] == "USER" and row["role"]["S"] == "customer")


type _Is = Callable[[JsonItem], bool]


def _is_order(row: JsonItem) -> bool:
    return "totalAmount" in row


def _is_address(row: JsonItem) -> bool:
    return "city" in row


def _is_marker(row: JsonItem) -> bool:
    return bool(row["sk"]["S"] == "EMAIL")


def _key(row: JsonItem) -> dict[str, Any]:
    return {name: row[name] for name in ("pk", "sk")}


def _wire(row: JsonItem) -> dict[str, Any]:
    return from_canonical(json.dumps(row))


def delete_for_good(s3: S3Client, bucket: str, prefix: str = "") -> int:
    """Delete every version of every object that begins so; how many there were."""
    gone = 0
    pages = s3.get_paginator("list_object_versions").paginate(Bucket=bucket, Prefix=prefix)
    for page in pages:
        for each in [*page.get("Versions", []), *page.get("DeleteMarkers", [])]:
            s3.delete_object(Bucket=bucket, Key=each["Key"], VersionId=each["VersionId"])
            gone += 1
    return gone
