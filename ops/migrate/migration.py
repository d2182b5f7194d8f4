"""Migrations: what each does to one item, and which of them there are."""

from __future__ import annotations

import hashlib
import importlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ops.errors import OperationError

if TYPE_CHECKING:
    from shop.dynamo import Item

FOLDER = Path(__file__).parent.parent / "migrations"
KEY = ("pk", "sk")
_FILE = re.compile(r"(\d{4})_([a-z0-9_]+)\.py")

type Changes = Mapping[str, Any]
"""Attributes by name as they shall be; None: the attribute shall not be there."""


@dataclass(frozen=True)
class Migration:
    """One step forward for each item of one kind.

    ``table`` is the context's name, as in ``Products``; ``prefix`` is what the partition keys of
    the items begin with, ``sort_prefix`` what their sort keys do, and ``sort_key`` the sort key
    that all of them have, when they have the same.

    ``forward`` is pure and idempotent. It is given an item's key and those attributes of it that
    ``reads`` names, no others, and answers what of the latter shall change. An item is written on
    the condition that each of them still is as it was read; what others change besides is never in
    the way.

    ``check`` says in a few words what is wrong with a migrated item, or None.
    """

    table: str
    prefix: str
    reads: tuple[str, ...]
    forward: Callable[[Item], Changes]
    check: Callable[[Item], str | None]
    sort_key: str | None = None
    sort_prefix: str = ""
    number: str = ""
    """Four digits, from the file's name, as are the next two."""
    name: str = ""
    digest: str = ""
    """Of the file: what was applied, should somebody edit it afterwards."""

    @property
    def title(self) -> str:
        return f"{self.number} {self.name.replace('_', ' ')}"

    @property
    def logical_id(self) -> str:
        return f"{self.table}Table"

    def concerns(self, item: Item) -> bool:
        pk, sk = item["pk"], item["sk"]
        return (
            pk.startswith(self.prefix)
            and sk.startswith(self.sort_prefix)
            and self.sort_key in (None, sk)
        )

    def changes(self, item: Item) -> dict[str, Any]:
        """What ``forward`` makes different.

        Raises ValueError for an attribute that it does not read, and whatever ``forward`` raises.
        """
        wanted = self.forward({name: item[name] for name in (*KEY, *self.reads) if name in item})
        strange = set(wanted) - set(self.reads)
        if strange:
            raise ValueError(f"it changes what it does not read: {', '.join(sorted(strange))}")
        return {name: value for name, value in wanted.items() if item.get(name) != value}


def migrations(folder: Path = FOLDER) -> list[Migration]:
    """All that there are, in order. Raises OperationError when two have the same number."""
    paths = sorted(path for path in folder.glob("*.py") if path.name != "__init__.py")
    found = [_read(path) for path in paths]
    numbers = [each.number for each in found]
    twice = {number for number in numbers if numbers.count(number) > 1}
    if twice:
        raise OperationError(f"Two migrations have the number {', '.join(sorted(twice))}.")
    return found


def _read(path: Path) -> Migration:
    named = _FILE.fullmatch(path.name)
    if not named:
        raise OperationError(f"{path.name}: a migration is called 0001_what_it_does.py.")
    try:
        module = importlib.import_module(f"ops.migrations.{path.stem}")
    except Exception as error:
        raise OperationError(f"{path.name} cannot be loaded: {error}") from error
    migration = getattr(module, "MIGRATION", None)
    if not isinstance(migration, Migration):
        raise OperationError(f"{path.name} has no MIGRATION = Migration(...).")
    digest = hashlib.sha256(path.read_bytes()).hexdigest()[:16]
    return replace(migration, number=named[1], name=named[2], digest=digest)
