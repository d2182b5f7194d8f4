"""The rows of a repair that a person was shown, and agreed to: these are written, and no others.

They are listed in a file, a line each: the row's key, a tab, and the SHA-256 of what it was and of
what it is to become, in hexadecimal digits. Of a repair of some attributes only those count: others
may change between the look and the write. What is no longer as it was shown is left.
"""

from __future__ import annotations

import hashlib
import os
from typing import TYPE_CHECKING, NamedTuple

from ops.recover.tables.canonical import canonical

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from ops.recover.tables.choose import Choice
    from ops.recover.tables.rows import Change

_COPIED_AT_ONCE = 1024 * 1024


class Agreed(NamedTuple):
    key: bytes
    sum: bytes


def agreed(change: Change, choice: Choice) -> Agreed:
    """What a person agrees to with ``change``."""
    parts = (choice.part(change.seen), choice.part(change.wanted))
    spelled = b"\n".join(b"" if part is None else canonical(part) for part in parts)
    return Agreed(change.key, hashlib.sha256(spelled).hexdigest().encode())


def line(row: Agreed) -> bytes:
    return row.key + b"\t" + row.sum + b"\n"


def listed(path: Path) -> Iterator[Agreed]:
    with path.open("rb") as file:
        for each in file:
            key, _, of = each.rstrip(b"\n").partition(b"\t")
            yield Agreed(key, of)


def keep(shown: Path, kept: Path) -> None:
    """Copy the list to where it outlives this run, for good."""
    kept.parent.mkdir(parents=True, exist_ok=True)
    new = kept.with_name(f"{kept.name}.new")
    with shown.open("rb") as source, open(new, "wb", opener=private) as file:
        while piece := source.read(_COPIED_AT_ONCE):
            file.write(piece)
        file.flush()
        os.fsync(file.fileno())
    new.replace(kept)


def list_sum(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def write_keys(path: Path, keys: Iterable[bytes]) -> None:
    """One a line."""
    with open(path, "wb", opener=private) as file:
        file.writelines(key + b"\n" for key in keys)


def private(path: str, flags: int) -> int:
    """Opens a file for its owner alone: rows hold what is nobody else's business."""
    return os.open(path, flags, mode=0o600)
