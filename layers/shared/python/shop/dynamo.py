"""DynamoDB as the repositories use it: the low-level client, plain Python values, bounded waits."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache, partial
from typing import TYPE_CHECKING, Any

import boto3
from boto3.dynamodb.types import TypeDeserializer, TypeSerializer
from botocore import exceptions
from botocore.config import Config

from shop.errors import Unavailable
from shop.retry import full_jitter

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import QueryInputTypeDef

type Item = Mapping[str, Any]
"""Attributes by name, as Python values; numbers are Decimal."""

_BATCH_ATTEMPTS = 5

# What DynamoDB answers when it wants us to come back later.
_BUSY = {
    "InternalServerError",
    "LimitExceededException",
    "ProvisionedThroughputExceededException",
    "RequestLimitExceeded",
    "ServiceUnavailable",
    "ThrottlingException",
    "TransactionInProgressException",
}

_serialize = TypeSerializer().serialize
_deserialize = TypeDeserializer().deserialize


@cache
def client() -> DynamoDBClient:
    """The process's one client, made when first needed.

    The waits fit into an API request: a call that answers at all does so within milliseconds, and
    standard mode retries with jitter, waiting up to 1 s and then 2 s.
    """
    return boto3.client(
        "dynamodb",
        config=Config(
            connect_timeout=1,
            read_timeout=1,
            retries={"mode": "standard", "total_max_attempts": 3},
        ),
    )


def to_wire(item: Item) -> dict[str, Any]:
    """``item`` in DynamoDB's typed form; absent values (None) are left out."""
    return {name: _serialize(value) for name, value in item.items() if value is not None}


def from_wire(item: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _deserialize(value) for name, value in item.items()}


class Table:
    """Reads of one table. Raises Unavailable when DynamoDB is busy or out of reach."""

    def __init__(self, name: str, client: DynamoDBClient) -> None:
        self.name = name
        self._client = client

    def query(
        self,
        condition: str,
        values: Item,
        *,
        index: str | None = None,
        forward: bool = True,
        limit: int | None = None,
        consistent: bool = False,
    ) -> list[dict[str, Any]]:
        """Rows that meet the key ``condition``, in key order: all of them, or ``limit`` at most."""
        request: QueryInputTypeDef = {
            "TableName": self.name,
            "KeyConditionExpression": condition,
            "ExpressionAttributeValues": to_wire(values),
            "ScanIndexForward": forward,
            "ConsistentRead": consistent,
        }
        if index:
            request["IndexName"] = index
        return [from_wire(row) for row in self._pages(request, limit)]

    def _pages(self, request: QueryInputTypeDef, limit: int | None) -> Iterator[Item]:
        wanted = limit
        while True:
            if wanted is not None:
                request["Limit"] = wanted
            page = _available(partial(self._client.query, **request))
            yield from page["Items"]
            if wanted is not None:
                wanted -= len(page["Items"])
            # A page also ends at 1 MB, so fewer rows than asked for need not be the last.
            if not page.get("LastEvaluatedKey") or wanted == 0:
                return
            request["ExclusiveStartKey"] = page["LastEvaluatedKey"]

    def batch_get(self, keys: Sequence[Item], *, consistent: bool = False) -> list[dict[str, Any]]:
        """Rows at ``keys`` (100 at most) that exist, in no particular order."""
        if not keys:
            return []
        rows: list[dict[str, Any]] = []
        pending: Any = {
            self.name: {"Keys": [to_wire(key) for key in keys], "ConsistentRead": consistent}
        }
        for attempt in range(_BATCH_ATTEMPTS):
            if attempt:
                time.sleep(full_jitter(attempt, first=0.1, most=1))
            answer = _available(partial(self._client.batch_get_item, RequestItems=pending))
            rows += [from_wire(row) for row in answer["Responses"].get(self.name, [])]
            pending = answer.get("UnprocessedKeys")
            if not pending:
                return rows
        raise Unavailable


def _available[Answer](call: Callable[[], Answer]) -> Answer:
    try:
        return call()
    except exceptions.ClientError as error:
        if error.response["Error"]["Code"] in _BUSY:
            raise Unavailable from error
        raise
    except (exceptions.ConnectionError, exceptions.HTTPClientError) as error:
        raise Unavailable from error
