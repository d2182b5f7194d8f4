"""Every item of a table as key and digest, in the order of the keys, in bounded memory.

A table is scanned in parallel segments. What comes is sorted in pieces that fit into memory and
written to files; merging those gives the order. Scans come in the order of a hash that is not told,
so two tables cannot be compared while they are read.
"""

from __future__ import annotations

import heapq
import struct
import tempfile
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, Self

from ops.recover.tables.canonical import canonical, digest, item_key

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from typing import BinaryIO

    from mypy_boto3_dynamodb import DynamoDBClient

SEGMENTS = 4
PIECE = 20_000
"""Entries that a segment sorts at once: about 8 MB of them."""
_LENGTH = struct.Struct(">I")
_DIGEST_BYTES = 32


class Entry(NamedTuple):
    """An item: the one spelling of its key, and the SHA-256 of its own."""

    key: bytes
    digest: bytes


class SortedTable:
    """The entries of a table as it was read, kept in files of a folder that goes with it."""

    def __init__(
        self,
        client: DynamoDBClient,
        name: str,
        on_read: Callable[[int], None] = lambda _: None,
    ) -> None:
        """Read the table ``name``; ``on_read`` hears how many more items were, from threads."""
        self._client = client
        self._name = name
        self._on_read = on_read
        self._key_names = key_names(client, name)
        self._pieces: list[Path] = []
        self._lock = threading.Lock()
        self._stop = threading.Event()
        self._folder = tempfile.TemporaryDirectory(prefix="shop-recover-")
        self.items = 0

    def __enter__(self) -> Self:
        try:
            with ThreadPoolExecutor(SEGMENTS) as pool:
                for read in [pool.submit(self._read, number) for number in range(SEGMENTS)]:
                    read.result()
        except BaseException:
            self._stop.set()
            self._folder.cleanup()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self._folder.cleanup()

    def entries(self) -> Iterator[Entry]:
        """In the order of their keys' bytes."""
        return heapq.merge(*map(_entries, self._pieces))

    def _read(self, segment: int) -> None:
        piece: list[Entry] = []
        try:
            for page in self._pages(segment):
                piece += page
                self._on_read(len(page))
                if len(piece) >= PIECE:
                    self._write(piece)
                    piece = []
                if self._stop.is_set():
                    return
        except BaseException:
            self._stop.set()  # the other segments need not go on
            raise
        if piece:
            self._write(piece)

    def _pages(self, segment: int) -> Iterator[list[Entry]]:
        pages = self._client.get_paginator("scan").paginate(
            TableName=self._name,
            ConsistentRead=True,
            Segment=segment,
            TotalSegments=SEGMENTS,
        )
        for page in pages:
            yield [
                Entry(canonical(item_key(item, self._key_names)), digest(item))
                for item in page["Items"]
            ]

    def _write(self, piece: list[Entry]) -> None:
        piece.sort()
        with self._lock:
            path = Path(self._folder.name) / str(len(self._pieces))
            self._pieces.append(path)
            self.items += len(piece)
        with path.open("wb") as file:
            for key, value in piece:
                file.write(_LENGTH.pack(len(key)) + key + value)


def key_names(client: DynamoDBClient, name: str) -> Sequence[str]:
    """The attributes of the table's key, partition first."""
    schema = client.describe_table(TableName=name)["Table"]["KeySchema"]
    ordered = sorted(schema, key=lambda each: each["KeyType"])  # HASH, then RANGE
    return [each["AttributeName"] for each in ordered]


def _entries(path: Path) -> Iterator[Entry]:
    with path.open("rb") as file:
        while entry := _next(file):
            yield entry


def _next(file: BinaryIO) -> Entry | None:
    length = file.read(_LENGTH.size)
    if not length:
        return None
    key = file.read(_LENGTH.unpack(length)[0])
    return Entry(key, file.read(_DIGEST_BYTES))
