"""One migration at a time: a row of the table that says who, for as long as that one is alive."""

from __future__ import annotations

import getpass
import os
import socket
import threading
import time
import uuid
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from ops.errors import OperationError
from ops.migrate.ledger import LOCK_KEY
from shop.clock import timestamp
from shop.dynamo import from_wire, to_wire

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mypy_boto3_dynamodb import DynamoDBClient

LEASE_SECONDS = 60
"""How long the lock outlives whoever was killed. It is renewed four times as often."""


@contextmanager
def locked(
    client: DynamoDBClient, table: str, stop: threading.Event, *, take_over: bool = False
) -> Iterator[str]:
    """Hold the lock of ``table``; the owner's name for it. ``stop`` is set when it is lost.

    ``take_over`` takes it from whoever has it. Raises OperationError when somebody else has it.
    """
    owner = uuid.uuid4().hex
    _take(client, table, owner, take_over=take_over)
    ended = threading.Event()
    renewal = threading.Thread(
        target=_renew, args=(client, table, owner, stop, ended), daemon=True, name="renew-lock"
    )
    renewal.start()
    try:
        yield owner
    finally:
        ended.set()
        renewal.join()
        # What cannot be let go of ends by itself.
        with suppress(BotoCoreError, ClientError):
            client.delete_item(
                TableName=table,
                Key=to_wire(LOCK_KEY),
                ConditionExpression="#owner = :owner",
                ExpressionAttributeNames={"#owner": "owner"},
                ExpressionAttributeValues=to_wire({":owner": owner}),
            )


def is_held(client: DynamoDBClient, table: str) -> bool:
    """Whether somebody has the lock of ``table``, and its lease has not ended."""
    found = client.get_item(TableName=table, Key=to_wire(LOCK_KEY), ConsistentRead=True)
    item: Any = found.get("Item", {})
    return int(from_wire(item).get("until", 0)) >= int(time.time())


def _take(client: DynamoDBClient, table: str, owner: str, *, take_over: bool) -> None:
    who = f"{getpass.getuser()} on {socket.gethostname()}, process {os.getpid()}"
    row = {**LOCK_KEY, "owner": owner, "who": who, "until": _until()}
    # The SDK asks again when an answer is lost, and may meet a lock that is its own.
    condition = "attribute_not_exists(pk) OR #until < :now OR #owner = :owner"
    request: Any = {
        "ConditionExpression": condition,
        "ExpressionAttributeNames": {"#until": "until", "#owner": "owner"},
        "ExpressionAttributeValues": to_wire({":now": int(time.time()), ":owner": owner}),
        "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
    }
    try:
        client.put_item(TableName=table, Item=to_wire(row), **({} if take_over else request))
    except client.exceptions.ConditionalCheckFailedException as error:
        item: Any = error.response.get("Item", {})
        held = from_wire(item)
        raise OperationError(
            f"{table} is being migrated by {held.get('who', 'somebody')}. Should that have been"
            f" killed, its lock ends at {_time(held)}; --take-over does not wait for it."
        ) from error


def _renew(
    client: DynamoDBClient, table: str, owner: str, stop: threading.Event, ended: threading.Event
) -> None:
    """Until ``ended``; what goes wrong in passing is made up for by the next time."""
    while not ended.wait(LEASE_SECONDS / 4):
        try:
            client.update_item(
                TableName=table,
                Key=to_wire(LOCK_KEY),
                UpdateExpression="SET #until = :until",
                ConditionExpression="#owner = :owner",
                ExpressionAttributeNames={"#until": "until", "#owner": "owner"},
                ExpressionAttributeValues=to_wire({":until": _until(), ":owner": owner}),
            )
        except client.exceptions.ConditionalCheckFailedException:
            stop.set()
            return
        except (BotoCoreError, ClientError):
            continue


def _until() -> int:
    return int(time.time()) + LEASE_SECONDS


def _time(row: dict[str, Any]) -> str:
    return timestamp(datetime.fromtimestamp(int(row.get("until", 0)), UTC))
