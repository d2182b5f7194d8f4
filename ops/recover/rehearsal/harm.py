"""What a rehearsal breaks, one kind for each runbook: always the same, so that it can be shown.

Each kind tells its story by ``say``, and returns what the runbook's variables have to be.
"""

from __future__ import annotations

import hashlib
import uuid
from datetime import UTC, datetime
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING, Any

import requests

from ops.recover.drill.client import ADDRESS, Account, Client, require
from ops.recover.drill.harm import delete_for_good
from ops.recover.drill.other_region import (
    BUCKETS,
    carry,
    deploy_there,
    end_there,
    other_region,
    write_exports,
)
from ops.recover.rehearsal.shop import last_good_moment
from ops.recover.tables.locate import stack_tables
from products.repository import listing_keys
from shop.clock import timestamp

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from ops.recover.drill.history import JsonItem
    from ops.recover.rehearsal.shop import Shop

type Say = Callable[[str], None]

OBJECTS = "images/rehearsal/"
"""All objects that a rehearsal writes or breaks begin so."""
_OVERWRITTEN, _DELETED, _JUNK = 6, 3, 2
_WRONG = Decimal("0.01")  # price
_GOOD = 9  # objects
_CREATED: int = requests.codes.created
_CONTENT_TYPE = "image/webp"


class Kind(StrEnum):
    """By the runbook that brings it back."""

    BAD_WRITES = "bad-writes"
    DELETED_TABLE = "deleted-table"
    OBJECTS = "objects"
    BUCKET = "bucket"
    LOST_REGION = "lost-region"


def bad_writes(shop: Shop, say: Say) -> dict[str, str]:
    """Prices that are wrong, descriptions that are gone, junk.

    What comes after it is right: someone orders one of what is so cheap, and another is delivered.
    """
    rows = sorted(shop.reader.rows(shop.reader.names["Products"]).values(), key=_partition)
    products = [row for row in rows if row["sk"]["S"] == "PRODUCT" and "category" in row]
    wrong, gone = products[:_OVERWRITTEN], products[_OVERWRITTEN:][:_DELETED]
    good = products[_OVERWRITTEN + _DELETED]
    moment = last_good_moment()
    _put_prices(shop, wrong)
    for row in gone:
        key = {"pk": row["pk"], "sk": {"S": "PRODUCT#DESCRIPTION"}}
        shop.target.dynamodb().delete_item(TableName=_products(shop), Key=key)
    for number in range(_JUNK):
        junk: Any = {"pk": {"S": f"JUNK#{number}"}, "sk": {"S": "JUNK"}}
        shop.target.dynamodb().put_item(TableName=_products(shop), Item=junk)
    _order(shop, _product_id(max(wrong, key=_stock)))
    _deliver(shop, _product_id(good))
    say(
        f"A bad deployment: {len(wrong)} prices are 0.01, {len(gone)} descriptions are gone,"
        f" {_JUNK} rows are junk. Meanwhile a customer ordered one of those at 0.01, and of another"
        " product a delivery of five pieces was booked: both moved a stock, as they should."
    )
    return {"T": _told(moment)}


def _put_prices(shop: Shop, rows: list[JsonItem]) -> None:
    """As the shop's own code would: with the time, and where the lists by price have it."""
    for row in rows:
        listed = listing_keys(_product_id(row), row["createdAt"]["S"], _WRONG, row["name"]["S"])
        shop.target.dynamodb().update_item(
            TableName=_products(shop),
            Key={"pk": row["pk"], "sk": row["sk"]},
            UpdateExpression="SET price = :price, priceKey = :key, updatedAt = :now",
            ExpressionAttributeValues={
                ":price": {"N": str(_WRONG)},
                ":key": {"S": listed["priceKey"]},
                ":now": {"S": timestamp(datetime.now(UTC))},
            },
        )


def _order(shop: Shop, product_id: str) -> None:
    """One piece, by someone who has just come."""
    account = Account.register(Client(shop.api_url))
    address = require(account.ask("POST", "/addresses", ADDRESS), {_CREATED}).json()
    items = [{"productId": product_id, "quantity": 1}]
    body = {"items": items, "shippingAddressId": address["id"]}
    require(account.ask("POST", "/orders", body, key=uuid.uuid4().hex), {_CREATED})


def _deliver(shop: Shop, product_id: str) -> None:
    account = Account(Client(shop.api_url), shop.admin["email"], shop.admin["password"])
    body = {"delta": 5, "reason": "delivery"}
    answer = account.ask("POST", f"/products/{product_id}/stock-adjustments", body)
    require(answer, {requests.codes.ok, _CREATED})


def deleted_table(shop: Shop, say: Say) -> dict[str, str]:
    """The table of the accounts, on whose stream two functions hang."""
    name = shop.reader.names["Users"]
    dynamodb = shop.target.dynamodb()
    dynamodb.update_table(TableName=name, DeletionProtectionEnabled=False)
    dynamodb.delete_table(TableName=name)
    say(f"Somebody took the protection off {name}, and deleted it.")
    return {}


def objects(shop: Shop, say: Say) -> dict[str, str]:
    """A third overwritten, a third deleted, and some junk."""
    keys, moment = _good_objects(shop), last_good_moment()
    third = _GOOD // 3
    for key in keys[:third]:
        _put(shop, key, b"overwritten")
    for key in keys[third : 2 * third]:
        shop.target.s3().delete_object(Bucket=shop.reader.bucket, Key=key)
    for number in range(_JUNK):
        _put(shop, f"{OBJECTS}junk-{number}", b"junk")
    say(
        f"{_GOOD} images were put under {OBJECTS}. Then {third} were overwritten, {third}"
        f" deleted, and {_JUNK} added that nobody wants."
    )
    return {"T": _told(moment)}


def bucket(shop: Shop, say: Say) -> dict[str, str]:
    """Every version is gone: nothing of the bucket's own can bring them back."""
    _good_objects(shop)
    moment = last_good_moment()
    delete_for_good(shop.target.s3(), shop.reader.bucket, OBJECTS)
    say(
        f"{_GOOD} images were put under {OBJECTS}. Then somebody deleted every version of all"
        " that is there, for good."
    )
    return {"T": _told(moment)}


def _good_objects(shop: Shop) -> list[str]:
    """Put them as they should be; their keys."""
    keys = [f"{OBJECTS}image-{number}.webp" for number in range(_GOOD)]
    for key in keys:
        _put(shop, key, hashlib.sha256(key.encode()).digest() * 100)
    return keys


def _put(shop: Shop, key: str, body: bytes) -> None:
    s3 = shop.target.s3()
    s3.put_object(Bucket=shop.reader.bucket, Key=key, Body=body, ContentType=_CONTENT_TYPE)


def lost_region(shop: Shop, say: Say) -> dict[str, str]:
    """What there would be in the other region: the replicas, and the stack, deployed empty."""
    say("The day's exports are written by a double, and replicated. (The emulator writes none.)")
    tables = {each.logical_id: each.name for each in stack_tables(shop.target)}
    written = write_exports(shop.target, tables, datetime.now(UTC).replace(microsecond=0))
    say("The other region comes up: another emulator, in which the stack is deployed, empty.")
    end_there(shop.local)
    images, exports = carry(shop.target, deploy_there(shop.local).target)
    _forget(shop, written)
    say("It is there. Do as if the first one were not.")
    return {
        "SHOP_LOCAL": str(other_region(shop.local).root),
        "EXPORTS": exports,
        "IMAGES": images,
    }


def _forget(shop: Shop, folders: list[str]) -> None:
    """The exports have been carried over; here they are no real ones."""
    outputs = shop.target.outputs()
    for folder in folders:
        delete_for_good(shop.target.s3(), outputs["ExportsBucketName"], folder)
        delete_for_good(shop.target.s3(outputs["ReplicaRegion"]), outputs[BUCKETS[1]], folder)


def clear(shop: Shop) -> None:
    """Take away what rehearsals put beside the shop's own data."""
    outputs = shop.target.outputs()
    delete_for_good(shop.target.s3(), shop.reader.bucket, OBJECTS)
    delete_for_good(shop.target.s3(outputs["ReplicaRegion"]), outputs[BUCKETS[0]], OBJECTS)
    end_there(shop.local)


def _products(shop: Shop) -> str:
    return shop.reader.names["Products"]


def _partition(row: JsonItem) -> str:
    return str(row["pk"]["S"])


def _product_id(row: JsonItem) -> str:
    return _partition(row).partition("#")[2]


def _stock(row: JsonItem) -> int:
    return int(row["stock"]["N"])


def _told(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"


KINDS: Mapping[Kind, Callable[[Shop, Say], dict[str, str]]] = {
    Kind.BAD_WRITES: bad_writes,
    Kind.DELETED_TABLE: deleted_table,
    Kind.OBJECTS: objects,
    Kind.BUCKET: bucket,
    Kind.LOST_REGION: lost_region,
}
