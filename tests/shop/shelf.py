"""A table for whatever a test keeps, and a clock that moves when it is told to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.tables import create_table

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

    from shop.dynamo import Item

NAME = "shelf"


def create_shelf(client: DynamoDBClient) -> None:
    create_table(client, NAME)


def key(name: str) -> Item:
    return {"pk": "SHELF", "sk": name}


def row(name: str, /, **attributes: Any) -> Item:
    return {**key(name), **attributes}


class Clock:
    """Stands in for ``time`` where only ``monotonic`` is read."""

    def __init__(self) -> None:
        self.seconds = 1_000.0

    def monotonic(self) -> float:
        return self.seconds
