"""DynamoDB as the repositories use it: the low-level client, plain Python values, bounded waits."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator, Mapping, Sequence
from functools import cache, partial
from typing import TYPE_CHECKING, Any

import boto3
from boto3.dynamodb.types import TypeDeserializer, TypeSerializer

from shop.aws import CONFIG, available
from shop.errors import Unavailable
from shop.retry import full_jitter

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import QueryInputTypeDef

type Item = Mapping[str, Any]
"""Attributes by name, as Python values; numbers are Decimal."""

_BATCH_ATTEMPTS = 5
_NAME = re.compile(r"#(\w+)")

_serialize = TypeSerializer().serialize
_deserialize = TypeDeserializer().deserialize


@cache
def client() -> DynamoDBClient:
    """The process's one client, made when first needed."""
    return boto3.client("dynamodb", config=CONFIG)


def to_wire(item: Item) -> dict[str, Any]:
    """``item`` in DynamoDB's typed form; absent values (None) are left out."""
    return {name: _serialize(value) for name, value in item.items() if value is not None}


def from_wire(item: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _deserialize(value) for name, value in item.items()}


def names(*expressions: str) -> dict[str, str]:
    """The attributes that expressions name as ``#name``, as DynamoDB wants to be told them."""
    return {f"#{name}": name for each in expressions for name in _NAME.findall(each)}


class Table:
    """Reads of one table; shop.writes has what changes it.

    Every method raises Unavailable when DynamoDB is busy or out of reach.
    """

    def __init__(self, name: str, client: DynamoDBClient) -> None:
        self.name = name
        self.client = client

    def get(self, key: Item) -> dict[str, Any] | None:
        """The row at ``key`` as last written."""
        answer = available(
            partial(
                self.client.get_item, TableName=self.name, Key=to_wire(key), ConsistentRead=True
            )
        )
        return from_wire(answer["Item"]) if "Item" in answer else None

    def query(
        self,
        condition: str,
        values: Item,
        *,
        index: str | None = None,
        forward: bool = True,
        limit: int | None = None,
        consistent: bool = False,
        start: Item | None = None,
    ) -> list[dict[str, Any]]:
        """Rows that meet the key ``condition``, in key order: all of them, or ``limit`` at most.

        ``start`` is the whole key of the row from behind which on; of an index, the table's too.

        Names in the condition may be written ``#name``, as reserved words must be.
        """
        request: QueryInputTypeDef = {
            "TableName": self.name,
            "KeyConditionExpression": condition,
            "ExpressionAttributeValues": to_wire(values),
            "ScanIndexForward": forward,
            "ConsistentRead": consistent,
        }
        if named := names(condition):
            request["ExpressionAttributeNames"] = named
        if index:
            request["IndexName"] = index
        if start:
            request["ExclusiveStartKey"] = to_wire(start)
        return [from_wire(row) for row in self._pages(request, limit)]

    def _pages(self, request: QueryInputTypeDef, limit: int | None) -> Iterator[Item]:
        wanted = limit
        while True:
            if wanted is not None:
                request["Limit"] = wanted
            page = available(partial(self.client.query, **request))
            yield from page["Items"]
            if wanted is not None:
                wanted -= len(page["Items"])
            # A page also ends at 1 MB, so fewer rows than asked for need not be the last.
            if not page.get("LastEvaluatedKey") or wanted == 0:
                return
            request["ExclusiveStartKey"] = page["LastEvaluatedKey"]

    def batch_get(self, keys: Sequence[Item], *, consistent: bool = False) -> list[dict[str, Any]]:
        """Rows at ``keys`` (100 at most) that exist, in no particular order."""
        (rows,) = batch_get([(self, keys)], consistent=consistent)
        return rows


def batch_get(
    wanted: Sequence[tuple[Table, Sequence[Item]]], *, consistent: bool = False
) -> list[list[dict[str, Any]]]:
    """Rows of several tables, of one client, that exist at the keys wanted of each.

    100 keys at most, in one round trip unless DynamoDB leaves some for later. The rows come table
    by table, in no particular order. They are not one moment's: each is as it was when it was read.
    Raises Unavailable when DynamoDB is busy or out of reach.
    """
    rows: dict[str, list[dict[str, Any]]] = {table.name: [] for table, _ in wanted}
    pending: Any = {
        table.name: {"Keys": [to_wire(key) for key in keys], "ConsistentRead": consistent}
        for table, keys in wanted
        if keys
    }
    client = wanted[0][0].client
    for attempt in range(_BATCH_ATTEMPTS):
        if not pending:
            break
        if attempt:
            time.sleep(full_jitter(attempt, first=0.1, most=1))
        answer = available(partial(client.batch_get_item, RequestItems=pending))
        for name, found in answer["Responses"].items():
            rows[name] += [from_wire(row) for row in found]
        pending = answer.get("UnprocessedKeys")
    if pending:
        raise Unavailable
    return [rows[table.name] for table, _ in wanted]
