"""The undo file of a repair: what each row was, and what it was made, one JSON object a line.

``{"table": …, "key": …, "before": item | null, "after": item | null}``, items spelt as
ops.recover.tables.canonical says. A line is on the disk before its row is written: what the file
does not tell was not touched.
"""

from __future__ import annotations

import json
import os
import sqlite3
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, Any

from ops.errors import OperationError
from ops.recover.tables.agreed import private
from ops.recover.tables.canonical import canonical, from_canonical
from ops.recover.tables.rows import Change

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from ops.recover.tables.canonical import WireItem

_START = b'{"table": '
"""Of each line."""


def note(path: Path, table: str, changes: Sequence[Change]) -> None:
    """Append the changes that are about to be made, for good."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(path, "a", opener=private) as file:
        if file.tell() and not _ends_a_line(path):
            file.write("\n")  # a crash cut the last one off; its row was not written
        file.writelines(_line(table, change) for change in changes)
        file.flush()
        os.fsync(file.fileno())


def undoing(path: Path, table: str) -> Iterator[Change]:
    """The changes that take those of the file back, the last one first.

    Raises OperationError for a file that is none, or of another table.
    """
    starts = [start for start, _ in _lines(path)]
    with path.open("rb") as file:
        for start in reversed(starts):
            file.seek(start)
            yield _taken_back(file.readline(), path, table)


def require_undo_file(path: Path, table: str) -> int:
    """How many lines it has, all of which make sense.

    Raises OperationError as ``undoing``, and for a file that has none.
    """
    lines = sum(1 for _ in undoing(path, table))
    if not lines:
        raise OperationError(f"There is no row in {path}: there is nothing to take back.")
    return lines


@contextmanager
def noted(path: Path, table: str) -> Iterator[Callable[[bytes], bool]]:
    """Whether the row of a key is in the file, if there is one yet, as it is now.

    The keys are kept in a file of SQLite's, which goes with the connection: they may be many.
    """
    with closing(sqlite3.connect("")) as keys:
        keys.execute("CREATE TABLE noted (key BLOB PRIMARY KEY) WITHOUT ROWID")
        if path.exists():
            found = ((change.key,) for change in undoing(path, table))
            keys.executemany("INSERT OR IGNORE INTO noted VALUES (?)", found)
        asked = "SELECT 1 FROM noted WHERE key = ?"
        yield lambda key: keys.execute(asked, (key,)).fetchone() is not None


def _lines(path: Path) -> Iterator[tuple[int, bytes]]:
    """Whole lines with where they start; what a crash cut off is not one."""
    try:
        with path.open("rb") as file:
            start = 0
            for line in file:
                # A line that was cut off and ended later is still no JSON.
                if line.endswith(b"\n") and _is_json(line):
                    yield start, line
                elif not _may_be_cut_off(line):
                    raise _not_one(path)
                start += len(line)
    except OSError as error:
        raise OperationError(f"{path} cannot be read: {error.strerror}.") from error


def _may_be_cut_off(line: bytes) -> bool:
    text = line.rstrip(b"\n")
    return text.startswith(_START) or _START.startswith(text)


def _not_one(path: Path) -> OperationError:
    return OperationError(f"{path} is not an undo file.")


def _is_json(line: bytes) -> bool:
    try:
        json.loads(line)
    except ValueError:
        return False
    return True


def _taken_back(line: bytes, path: Path, table: str) -> Change:
    try:
        found = json.loads(line)
        of, key = found["table"], canonical(from_canonical(json.dumps(found["key"])))
        before, after = _item(found["before"]), _item(found["after"])
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise _not_one(path) from error
    if of != table:
        raise OperationError(f"{path} is of the table {of}, not of {table}.")
    return Change(key, after, before)


def _item(found: Any) -> WireItem | None:
    return None if found is None else from_canonical(json.dumps(found))


def _line(table: str, change: Change) -> str:
    def spelled(item: WireItem | None) -> Any:
        return None if item is None else json.loads(canonical(item))

    noted = {
        "table": table,
        "key": json.loads(change.key),
        "before": spelled(change.seen),
        "after": spelled(change.wanted),
    }
    return json.dumps(noted, ensure_ascii=False) + "\n"


def _ends_a_line(path: Path) -> bool:
    with path.open("rb") as file:
        file.seek(-1, os.SEEK_END)
        return file.read() == b"\n"
