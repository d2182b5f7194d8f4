"""Migrations: what each does to one item, and which of them there are."""

from __future__ import annotations

import hashlib
import importlib
import re
from collections.abc import Callable, Mapping
from copy import deepcopy
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ops.errors import OperationError
from ops.migrate.ledger import is_ledger
from ops.migrate.values import form, stored

if TYPE_CHECKING:
    from shop.dynamo import Item

FOLDER = Path(__file__).parent.parent / "migrations"
KEY = ("pk", "sk")
_FILE = re.compile(r"(\d{4})_([a-z0-9_]+)\.py")

type Changes = Mapping[str, Any]
"""Attributes by name as they shall be; None: the attribute shall not be there."""


class BadStep(OperationError):
    """A step that does what none may do."""


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

    ``check`` says in a few words what is wrong with a migrated item, or None. Both are given
    copies, and may change these.

    Raises ValueError for ``reads`` that cannot be.
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

    def __post_init__(self) -> None:
        for name in self.reads:
            if name in KEY:
                raise ValueError(f"reads names {name}, which a step sees anyway and cannot change")
            if self.reads.count(name) > 1:
                raise ValueError(f"reads names {name} twice")

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
            and not is_ledger(item)
        )

    def changes(self, item: Item) -> dict[str, Any]:
        """What ``forward`` makes different, as it will be stored.

        Raises BadStep when it is not pure, not idempotent, or changes what it does not read; what
        it raises itself; and what ``values.form`` does, for what cannot be stored.
        """
        changes = self._step(item)
        if _forms(changes) != _forms(self._step(item)):
            raise BadStep("its step answers differently each time; it has to be pure")
        if changes:
            self._require_idempotent({**item, **changes}, changes)
        return changes

    def fault(self, item: Item) -> str | None:
        """What ``check`` says of it."""
        return self.check(deepcopy(dict(item)))

    def _step(self, item: Item) -> dict[str, Any]:
        seen = {name: item[name] for name in (*KEY, *self.reads) if name in item}
        wanted = self.forward(deepcopy(seen))
        strange = set(wanted) - set(self.reads)
        if strange:
            raise BadStep(f"it changes what it does not read: {', '.join(sorted(strange))}")
        was = {name: form(value) for name, value in seen.items()}
        return {
            name: None if value is None else stored(value)
            for name, value in wanted.items()
            if _form(value) != was.get(name)
        }

    def _require_idempotent(self, done: Item, changes: Changes) -> None:
        gone = {name for name, value in changes.items() if value is None}
        try:
            again = self._step({name: done[name] for name in done if name not in gone})
        except Exception as error:
            raise BadStep(f"its step cannot be done twice: {told(error)}") from error
        if again:
            raise BadStep(f"its step changes what it made itself: {', '.join(sorted(again))}")


def told(error: Exception) -> str:
    """In a sentence."""
    return str(error) if isinstance(error, OperationError) else f"{type(error).__name__}: {error}"


def _form(value: Any) -> tuple[str, Any] | None:
    return None if value is None else form(value)


def _forms(changes: Changes) -> dict[str, tuple[str, Any] | None]:
    return {name: _form(value) for name, value in changes.items()}


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
