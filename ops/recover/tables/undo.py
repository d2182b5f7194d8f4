"""The undo file of a repair: what each row was, and what it was made, one JSON object a line.

``{"table": …, "key": …, "before": item | null, "after": item | null}``, items spelt as
ops.recover.tables.canonical says. A line is on the disk before its row is written: what the file
does not tell was not touched.
"""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any

from ops.errors import OperationError
from ops.recover.tables.canonical import canonical, from_canonical
from ops.recover.tables.rows import Change

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from ops.recover.tables.canonical import WireItem


def note(path: Path, table: str, changes: Sequence[Change]) -> None:
    """Append the changes that are about to be made, for good."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(path, "a", opener=private) as file:
        if file.tell() and not _ends_a_line(path):
            file.write("\n")  # a crash cut the last one off; its row was not written
        file.writelines(_line(table, change) for change in changes)
        file.flush()
        os.fsync(file.fileno())


def private(path: str, flags: int) -> int:
    """Opens a file for its owner alone: rows hold what is nobody else's business."""
    return os.open(path, flags, mode=0o600)


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
    """How many lines it has; all of them make sense. Raises OperationError as ``undoing``."""
    return sum(1 for _ in undoing(path, table))


def _lines(path: Path) -> Iterator[tuple[int, bytes]]:
    """Whole lines with where they start; what a crash cut off is not one."""
    try:
        with path.open("rb") as file:
            start = 0
            for line in file:
                # A line that was cut off and ended later is still no JSON.
                if line.endswith(b"\n") and _is_json(line):
                    yield start, line
                start += len(line)
    except OSError as error:
        raise OperationError(f"{path} cannot be read: {error.strerror}.") from error


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
        raise OperationError(f"{path} is not an undo file.") from error
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
