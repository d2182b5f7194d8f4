"""Rows read as the functions read them: by their own repositories, into their own types.

What they cannot read a client gets no answer to. So what is right of a row is said in one place.
"""

from __future__ import annotations

from contextlib import suppress
from decimal import Decimal
from typing import TYPE_CHECKING, Any, NamedTuple

from pydantic import ValidationError
from pydantic.alias_generators import to_camel

from shop.contracts.products import MAX_STOCK
from shop.dynamo import Table

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from shop.dynamo import Item

_MISSING = object()


class Rows(Table):
    """A table that has these rows, and no others, whatever it is asked for."""

    def __init__(self, *rows: Any) -> None:
        self._rows: list[dict[str, Any]] = [*rows]

    def get(self, _key: Item) -> dict[str, Any] | None:
        return self._rows[0]

    def query(self, *_: Any, **__: Any) -> list[dict[str, Any]]:
        return self._rows


class Misread(NamedTuple):
    """``text`` says why, and nothing of what stands in the row: that may be somebody's."""

    text: str


def tried[Result](read: Callable[[Item], Result], row: Item) -> Result | Misread:
    """What ``read`` makes of a row. Whatever it raises is about the row: none of it asks AWS."""
    try:
        return read(row)
    except Exception as error:  # noqa: BLE001  (readers are not made for what nobody has written)
        return Misread(f"it cannot be read: {_reason(error, read, row)}")


def _reason(error: Exception, read: Callable[[Item], object], row: Item) -> str:
    """The attributes that it is about, if they can be told."""
    locations = error.errors() if isinstance(error, ValidationError) else []
    names = sorted({_path(each["loc"]) for each in locations if each["loc"]})
    return ", ".join(names) or _last_asked_for(read, row) or type(error).__name__


def _last_asked_for(read: Callable[[Item], object], row: Item) -> str:
    """The attribute that it came to when it failed."""
    watched = _Watched(row)
    with suppress(Exception):
        read(watched)
    return watched.last


class _Watched(dict[str, Any]):
    last = ""

    def __getitem__(self, name: str) -> Any:
        self.last = name
        return super().__getitem__(name)

    def get(self, name: str, default: Any = None) -> Any:
        self.last = name
        return super().get(name, default)


def _path(location: Sequence[int | str]) -> str:
    """As the row names them: a type may have another spelling."""
    return ".".join(to_camel(str(each)) for each in location)


def differing(row: Item, written: Item) -> list[str]:
    """Names of what is not as it was ``written``, where None means that it is not there."""
    there = {name: value for name, value in written.items() if value is not None}
    if row == there:
        return []
    names = {*row, *there}
    return sorted(each for each in names if row.get(each, _MISSING) != there.get(each, _MISSING))


def countable(value: object) -> int | None:
    """``value`` if it is a whole number, and not beyond all that a stock can be.

    What is beyond is wrong whatever it counts, and is not added up.
    """
    if isinstance(value, Decimal) and -MAX_STOCK <= value <= MAX_STOCK:
        whole = int(value)
        return whole if whole == value else None
    return None
