"""Rows of a live table put right one by one, each only if it is still as it was seen.

A write states every attribute that was seen, and that those it adds are not there. DynamoDB cannot
say "and no others": an attribute that neither side knows and somebody adds in between is therefore
never part of a write (an update names what differs, and leaves the rest), and a row that had one
when it was deleted is put back.
"""

from __future__ import annotations

from contextlib import suppress
from enum import StrEnum
from typing import TYPE_CHECKING, Any, NamedTuple

from ops.recover.tables.canonical import canonical, from_canonical
from ops.recover.tables.compare import differing_attributes

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mypy_boto3_dynamodb import DynamoDBClient

    from ops.recover.tables.canonical import WireItem

MOST_ATTRIBUTES = 100
"""An expression may have 300 operators; each attribute that is stated takes two."""


class Outcome(StrEnum):
    WRITTEN = "put right"
    UNCHANGED = "right already"
    CHANGED = "changed since, left as it is"
    GREW = "put right, and has attributes that came meanwhile"
    TOO_WIDE = "has too many attributes to be stated, left as it is"


class Change(NamedTuple):
    """A row to be brought from what was ``seen`` to what is ``wanted``; None: no row."""

    key: bytes
    seen: WireItem | None
    wanted: WireItem | None


def same(one: WireItem | None, other: WireItem | None) -> bool:
    if one is None or other is None:
        return one is other
    return canonical(one) == canonical(other)


def write(client: DynamoDBClient, table: str, change: Change) -> Outcome:
    """Do ``change`` if the row is still as it was seen. It bears repetition."""
    if same(change.seen, change.wanted):
        return Outcome.UNCHANGED
    if len({*(change.seen or {}), *(change.wanted or {})}) > MOST_ATTRIBUTES:
        return Outcome.TOO_WIDE
    try:
        return _write(client, table, change)
    except client.exceptions.ConditionalCheckFailedException as error:
        # The SDK asks again when an answer is lost: the row in the way may be our own.
        found: Any = error.response.get("Item")
        return Outcome.WRITTEN if same(found or None, change.wanted) else Outcome.CHANGED


def _write(client: DynamoDBClient, table: str, change: Change) -> Outcome:
    key = from_canonical(change.key)
    if change.wanted is None:
        return _delete(client, table, key, change.seen or {})
    if change.seen is None:
        name = next(iter(key))
        client.put_item(
            TableName=table,
            Item=change.wanted,
            ConditionExpression="attribute_not_exists(#key)",
            ExpressionAttributeNames={"#key": name},
            ReturnValuesOnConditionCheckFailure="ALL_OLD",
        )
        return Outcome.WRITTEN
    after = client.update_item(
        TableName=table, Key=key, ReturnValues="ALL_NEW", **_update(key, change.seen, change.wanted)
    )["Attributes"]
    return Outcome.WRITTEN if same(after, change.wanted) else Outcome.GREW


def _delete(client: DynamoDBClient, table: str, key: WireItem, seen: WireItem) -> Outcome:
    names = _Names()
    condition = " AND ".join(names.equal(name, value) for name, value in seen.items())
    deleted = client.delete_item(
        TableName=table,
        Key=key,
        ConditionExpression=condition,
        ReturnValues="ALL_OLD",
        ReturnValuesOnConditionCheckFailure="ALL_OLD",
        **names.request(),
    ).get("Attributes")
    if same(deleted or seen, seen):
        return Outcome.WRITTEN
    return _put_back(client, table, key, deleted)


def _put_back(client: DynamoDBClient, table: str, key: WireItem, row: WireItem) -> Outcome:
    """What had grown in between; unless there is a new one already."""
    with suppress(client.exceptions.ConditionalCheckFailedException):
        client.put_item(
            TableName=table,
            Item=row,
            ConditionExpression="attribute_not_exists(#key)",
            ExpressionAttributeNames={"#key": next(iter(key))},
        )
    return Outcome.CHANGED


def _update(key: WireItem, seen: WireItem, wanted: WireItem) -> dict[str, Any]:
    names = _Names()
    stated = [names.equal(name, value) for name, value in seen.items()]
    stated += [f"attribute_not_exists({names.of(name)})" for name in wanted if name not in seen]
    differing = [name for name in differing_attributes(seen, wanted) if name not in key]
    sets = [
        f"{names.of(name)} = {names.value(wanted[name])}" for name in differing if name in wanted
    ]
    removes = [names.of(name) for name in differing if name not in wanted]
    clauses = [("SET", sets), ("REMOVE", removes)]
    return {
        "UpdateExpression": " ".join(
            f"{verb} {', '.join(parts)}" for verb, parts in clauses if parts
        ),
        "ConditionExpression": " AND ".join(stated),
        "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
        **names.request(),
    }


class _Names:
    """Placeholders for names and values of an expression, which has to be short."""

    def __init__(self) -> None:
        self._names: dict[str, str] = {}
        self._values: list[Any] = []

    def of(self, name: str) -> str:
        return self._names.setdefault(name, f"#{len(self._names)}")

    def value(self, value: Any) -> str:
        self._values.append(value)
        return f":{len(self._values) - 1}"

    def equal(self, name: str, value: Any) -> str:
        return f"{self.of(name)} = {self.value(value)}"

    def request(self) -> dict[str, Any]:
        return {
            "ExpressionAttributeNames": {short: name for name, short in self._names.items()},
            "ExpressionAttributeValues": {f":{n}": value for n, value in enumerate(self._values)},
        }


def read(client: DynamoDBClient, table: str, keys: Sequence[bytes]) -> dict[bytes, WireItem]:
    """The rows at ``keys`` as last written, by key; what is not there is missing."""
    found: dict[bytes, WireItem] = {}
    for key in keys:
        answer = client.get_item(TableName=table, Key=from_canonical(key), ConsistentRead=True)
        if "Item" in answer:
            found[key] = answer["Item"]
    return found
