"""Keys of rows that differ, in a file as ``repair --keys @FILE`` takes it."""

from __future__ import annotations

import os
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from ops.errors import OperationError
from ops.recover.tables.compare import Kind, attributes_that_differ

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import BinaryIO

    from mypy_boto3_dynamodb import DynamoDBClient

    from ops.recover.tables.compare import Difference


class Wanted(NamedTuple):
    """Which rows; empty: all. Different ones only if they differ in one of ``attributes``."""

    kinds: frozenset[Kind] = frozenset()
    attributes: frozenset[str] = frozenset()


class KeysFile:
    """Hears of differences, and writes the keys of those that are wanted, one a line."""

    def __init__(
        self, file: BinaryIO, client: DynamoDBClient, live: str, restored: str, wanted: Wanted
    ) -> None:
        self.keys = 0
        self._file = file
        self._client = client
        self._tables = live, restored
        self._wanted = wanted

    def add(self, difference: Difference) -> None:
        if self._is_wanted(difference):
            self._file.write(difference.key + b"\n")
            self.keys += 1

    def _is_wanted(self, difference: Difference) -> bool:
        kinds, names = self._wanted
        if kinds and difference.kind not in kinds:
            return False
        if not names or difference.kind is not Kind.DIFFERENT:
            return True
        return not names.isdisjoint(
            attributes_that_differ(self._client, *self._tables, difference.key)
        )


@contextmanager
def keys_file(
    path: Path, client: DynamoDBClient, live: str, restored: str, wanted: Wanted
) -> Iterator[KeysFile]:
    """Whole at ``path`` in the end, for its owner alone; until then what was there stays there.

    Raises OperationError when something is there that is no file.
    """
    if path.exists() and not path.is_file():
        raise OperationError(f"{path} is there, and is no file.")
    number, name = tempfile.mkstemp(prefix=f"{path.name}.", dir=path.parent)
    new = Path(name)
    try:
        with os.fdopen(number, "wb") as file:
            yield KeysFile(file, client, live, restored, wanted)
        new.replace(path)
    finally:
        new.unlink(missing_ok=True)
