"""How much memory comparing two tables of a million items takes, and how long.

The tables are made up page by page by a stand-in for the client: moto cannot hold that many. Each
has as many items as asked for, the second with every ten-thousandth one changed and as many
missing. What counts is that memory does not grow with the number of items.

Memory is the most that the process had, each size in a process of its own.
"""

from __future__ import annotations

import hashlib
import resource
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from ops.recover.tables.compare import compare

if TYPE_CHECKING:
    from collections.abc import Iterator

LIVE, RESTORED = "live", "restored"
SIZES = (10_000, 100_000, 1_000_000)
PAGE = 1_000
STEP = 10_000


class MadeUp:
    """Answers for DynamoDB: describe_table, scan pages, get_item."""

    def __init__(self, items: int) -> None:
        self._items = items

    def describe_table(self, **_: str) -> dict[str, Any]:
        schema = [("pk", "HASH"), ("sk", "RANGE")]
        keys = [{"AttributeName": name, "KeyType": kind} for name, kind in schema]
        return {"Table": {"KeySchema": keys}}

    def get_paginator(self, _: str) -> MadeUp:
        return self

    def paginate(self, **asked: Any) -> Iterator[dict[str, Any]]:
        numbers = range(asked["Segment"], self._items, asked["TotalSegments"])
        for start in range(0, len(numbers), PAGE):
            page = (item(asked["TableName"], each) for each in numbers[start : start + PAGE])
            yield {"Items": [each for each in page if each]}

    def get_item(self, **asked: Any) -> dict[str, Any]:
        number = int(asked["Key"]["sk"]["S"])
        return {"Item": item(asked["TableName"], number) or {}}


def item(table: str, number: int) -> dict[str, Any] | None:
    """In no order of its key, as a scan has them."""
    if table == RESTORED and number % STEP == 1:
        return None
    changed = table == RESTORED and number % STEP == 0
    return {
        "pk": {"S": f"PRODUCT#{hashlib.sha256(str(number).encode()).hexdigest()[:32]}"},
        "sk": {"S": str(number)},
        "name": {"S": f"Product {number}" + " (new)" * changed},
        "price": {"N": f"{number % 997}.50"},
        "stock": {"N": str(number % 89)},
        "createdAt": {"S": "2026-01-31T08:30:00.000Z"},
    }


def measure(items: int) -> None:
    """Compare once in this process; prints seconds and megabytes."""
    client: Any = MadeUp(items)
    began = time.perf_counter()
    found = compare(client, LIVE, RESTORED)
    seconds = time.perf_counter() - began
    expected = -(-items // STEP)
    assert found.counts == {"only live": expected, "only restored": 0, "different": expected}
    assert found.live.items == items
    print(seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


def main(
    sizes: Annotated[list[int] | None, typer.Argument(help="Numbers of items")] = None,
    *,
    here: Annotated[int | None, typer.Option(hidden=True)] = None,
) -> None:
    if here:
        measure(here)
        return
    table = Table("items of each", "seconds", "items a second", "peak memory")
    for size in sizes or SIZES:
        command = [sys.executable, "-m", "benchmarks.compare_tables", "--here", str(size)]
        output = subprocess.run(command, check=True, capture_output=True, text=True).stdout
        seconds, megabytes = map(float, output.split())
        rate = f"{2 * size / seconds:,.0f}"
        table.add_row(f"{size:,}", f"{seconds:.1f}", rate, f"{megabytes:.0f} MB")
    Console().print(table)


if __name__ == "__main__":
    typer.run(main)
