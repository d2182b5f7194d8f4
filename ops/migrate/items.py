"""One item brought forward, only if it still is as it was read."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, NamedTuple

from boto3.dynamodb.types import TypeSerializer
from botocore.exceptions import ClientError

from ops.migrate.entry import Outcome
from ops.migrate.migration import told
from shop.dynamo import from_wire, to_wire
from shop.retry import full_jitter

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import UpdateItemInputTypeDef

    from ops.migrate.budget import Budget
    from ops.migrate.migration import Migration
    from shop.dynamo import Item

ATTEMPTS = 10
"""How often an item is read anew that others write to meanwhile."""


_serialize = TypeSerializer().serialize


class Result(NamedTuple):
    outcome: Outcome
    problem: str = ""
    """Why it could not be brought along, in a sentence."""


class Items:
    """The items of a table as ``migration`` changes them. ``writes`` pays for it."""

    def __init__(
        self, client: DynamoDBClient, table: str, migration: Migration, writes: Budget
    ) -> None:
        self._client = client
        self._table = table
        self._migration = migration
        self._writes = writes

    def bring_forward(self, item: Item) -> Result:
        """Change ``item``, as it was read; who writes to it meanwhile wins, and it is tried again.

        Whatever its step raises is its result, and so is that DynamoDB refuses what that makes.
        """
        try:
            return self._bring_forward(item)
        except ClientError as error:
            if error.response["Error"]["Code"] != "ValidationException":
                raise
            reason = error.response["Error"]["Message"]
            return Result(Outcome.FAILED, f"DynamoDB refuses it: {reason}")

    def _bring_forward(self, item: Item) -> Result:
        seen = item
        intended: dict[str, Any] = {}
        for attempt in range(1, ATTEMPTS + 1):
            try:
                changes = self._migration.changes(seen)
            except Exception as error:  # noqa: BLE001  (the step's own; the others go on)
                return Result(Outcome.FAILED, told(error))
            if not changes:
                # When an answer is lost, the SDK asks again and meets what it wrote itself.
                done = intended and all(seen.get(name) == intended[name] for name in intended)
                return Result(Outcome.CHANGED if done else Outcome.UNCHANGED)
            intended = changes
            found = self._write(seen, changes)
            if found is None:
                return Result(Outcome.CHANGED)
            if not found:
                return Result(Outcome.GONE)
            seen = found
            time.sleep(full_jitter(attempt, first=0.05, most=2))
        return Result(Outcome.FAILED, f"it was written to {ATTEMPTS} times meanwhile")

    def _write(self, seen: Item, changes: Mapping[str, Any]) -> Item | None:
        """None when it was done, else the item as it is now; empty when there is none."""
        try:
            answer = self._client.update_item(**self._request(seen, changes))
        except self._client.exceptions.ConditionalCheckFailedException as error:
            self._writes.spend(1)  # a refused write costs what it would have
            found: Any = error.response.get("Item", {})
            return from_wire(found)
        self._writes.spend(answer.get("ConsumedCapacity", {}).get("CapacityUnits", 1))
        return None

    def _request(self, seen: Item, changes: Mapping[str, Any]) -> UpdateItemInputTypeDef:
        short = {name: str(number) for number, name in enumerate(self._migration.reads)}
        conditions = ["attribute_exists(pk)"] + [
            f"#{short[name]} = :was{short[name]}"
            if name in seen
            else f"attribute_not_exists(#{short[name]})"
            for name in short
        ]
        was = {f":was{short[name]}": _serialize(seen[name]) for name in short if name in seen}
        new = {f":new{short[name]}": value for name, value in changes.items()}
        return {
            "TableName": self._table,
            "Key": to_wire({"pk": seen["pk"], "sk": seen["sk"]}),
            "UpdateExpression": _update(short, changes),
            "ConditionExpression": " AND ".join(conditions),
            "ExpressionAttributeNames": {f"#{number}": name for name, number in short.items()},
            "ExpressionAttributeValues": {**was, **to_wire(new)},
            "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
            "ReturnConsumedCapacity": "TOTAL",
        }


def _update(short: Mapping[str, str], changes: Mapping[str, Any]) -> str:
    sets = [f"#{short[k]} = :new{short[k]}" for k, v in changes.items() if v is not None]
    removes = [f"#{short[name]}" for name, value in changes.items() if value is None]
    clauses = [("SET", sets), ("REMOVE", removes)]
    return " ".join(f"{verb} {', '.join(parts)}" for verb, parts in clauses if parts)
