"""Rows of an export into a table, file by file, where there is none at their keys yet."""

from __future__ import annotations

import os
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from itertools import batched
from typing import TYPE_CHECKING, Any, NamedTuple

from ops.recover.region.exports import data_files, items

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from mypy_boto3_dynamodb import DynamoDBClient

    from ops.recover.buckets.objects import Place
    from ops.recover.region.exports import Export

WORKERS = 16
_AT_ONCE = 400


class Loaded(NamedTuple):
    """Rows of an export that were written, were there already, and are there otherwise."""

    written: int
    there: int
    different: list[str]
    """Keys, without those of e-mail addresses."""

    @property
    def total(self) -> int:
        return self.written + self.there + len(self.different)


class Progress:
    """Files that are done with, in a file that outlives a crash: a line each."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._done = set(path.read_text().splitlines()) if path.exists() else set()

    def __contains__(self, key: str) -> bool:
        return key in self._done

    def add(self, key: str) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with self._path.open("a") as file:
            file.write(f"{key}\n")
            file.flush()
            os.fsync(file.fileno())
        self._done.add(key)

    def forget(self) -> None:
        self._path.unlink(missing_ok=True)


def load(
    client: DynamoDBClient,
    table: str,
    source: tuple[Place, Export],
    progress: Progress,
    say: Callable[[str], None],
) -> Loaded:
    """Write what the export has and the table has not; nothing that is there is overwritten.

    What was done in files that ``progress`` knows is not done again. Raises OperationError for an
    export that is not whole.
    """
    place, export = source
    counts: Counter[bool] = Counter()
    different: list[str] = []
    files = data_files(place, export)
    for number, file in enumerate(files, start=1):
        if file.key in progress:
            counts[False] += file.items
            continue
        for written, odd in _written(client, table, items(place, file)):
            if odd:
                different.append(odd)
            else:
                counts[written] += 1
            say(f"file {number} of {len(files)}: {counts.total():,} of {export.items:,} rows")
        progress.add(file.key)
    return Loaded(counts[True], counts[False], different)


def _written(
    client: DynamoDBClient, table: str, rows: Iterator[dict[str, Any]]
) -> Iterator[tuple[bool, str]]:
    """For each row whether it was written, and its key where another one is in its place."""

    def put(row: dict[str, Any]) -> tuple[bool, str]:
        try:
            client.put_item(
                TableName=table,
                Item=row,
                ConditionExpression="attribute_not_exists(pk)",
                ReturnValuesOnConditionCheckFailure="ALL_OLD",
            )
        except client.exceptions.ConditionalCheckFailedException as error:
            present: Any = error.response.get("Item")
            return False, "" if present == row else _shown(row)
        return True, ""

    with ThreadPoolExecutor(WORKERS) as pool:
        for batch in batched(rows, _AT_ONCE, strict=False):
            yield from pool.map(put, batch)


def _shown(row: dict[str, Any]) -> str:
    pk = row["pk"]["S"]
    return f"{'EMAIL#…' if pk.startswith('EMAIL#') else pk} / {row['sk']['S']}"
