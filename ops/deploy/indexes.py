"""Waiting for indexes to be filled: CloudFormation does not, and the next one needs it."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from ops.errors import OperationError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from mypy_boto3_dynamodb import DynamoDBClient

POLL_SECONDS = 10
MOST_SECONDS = 6 * 3600


def wait_until_filled(
    client: DynamoDBClient, tables: Iterable[str], say: Callable[[str], None]
) -> None:
    """Until all indexes of ``tables`` are ACTIVE. Raises OperationError after six hours."""
    ends = time.monotonic() + MOST_SECONDS
    for table in tables:
        while left := _not_active(client, table):
            if time.monotonic() > ends:
                raise OperationError(
                    f"{', '.join(left)} of {table} is still being filled after"
                    f" {MOST_SECONDS // 3600} hours. Look at it in the console, then go on with"
                    " the same command."
                )
            say(f"{table}: {', '.join(left)} is being filled")
            time.sleep(POLL_SECONDS)


def _not_active(client: DynamoDBClient, table: str) -> list[str]:
    found = client.describe_table(TableName=table)["Table"].get("GlobalSecondaryIndexes", [])
    # The emulator fills an index at once, and tells no status of it.
    statuses = {each["IndexName"]: each.get("IndexStatus", "ACTIVE") for each in found}
    return [name for name, status in statuses.items() if status != "ACTIVE"]
