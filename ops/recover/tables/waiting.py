"""Waiting for tables, with an end."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from ops.errors import OperationError

if TYPE_CHECKING:
    from collections.abc import Callable

    from mypy_boto3_dynamodb import DynamoDBClient

POLL_SECONDS = 5.0
LONGEST_SECONDS = 24 * 3600  # a restore takes 20 minutes and up, hours when keys are uneven


def wait_until_active(client: DynamoDBClient, name: str) -> None:
    """Until the table and all of its indexes are there to be used."""
    wait_for(lambda: is_active(client, name), f"The table {name} to become active")


def is_active(client: DynamoDBClient, name: str) -> bool:
    """Raises OperationError when there is no such table."""
    try:
        table = client.describe_table(TableName=name)["Table"]
    except client.exceptions.ResourceNotFoundException:
        raise OperationError(f"The table {name} is not there any more.") from None
    indexes = [
        each.get("IndexStatus", "ACTIVE") for each in table.get("GlobalSecondaryIndexes", [])
    ]
    return {table["TableStatus"], *indexes} == {"ACTIVE"}


def wait_for(
    is_done: Callable[[], bool],
    what: str,
    say: Callable[[str], None] = lambda _: None,
    *,
    seconds: float = LONGEST_SECONDS,
) -> None:
    """Ask until it is done. Raises OperationError when that takes longer than ``seconds``."""
    began = time.monotonic()
    while not is_done():
        waited = time.monotonic() - began
        if waited > seconds:
            raise OperationError(f"Waited {seconds / 3600:.0f} h in vain for this: {what}.")
        say(f"waiting for {waited:.0f} s")
        time.sleep(POLL_SECONDS)
