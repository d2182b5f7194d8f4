"""When two names are the same, and the id that a product's name gives it."""

from __future__ import annotations

import unicodedata
import uuid
from typing import TYPE_CHECKING

from shop.ids import derived_id

if TYPE_CHECKING:
    from collections.abc import Iterable

# Never to change: another namespace would make every seeded product a new one.
NAMESPACE = uuid.UUID("bec1c458-3772-4ef4-bbe5-edf773f193b1")


def normalised(name: str) -> str:
    """What names have in common that differ only by case, normal form or surrounding blanks.

    Unicode calls it a canonical caseless match (chapter 3.13, D145).
    """
    folded = unicodedata.normalize("NFD", name.strip()).casefold()
    return unicodedata.normalize("NFD", folded)


def product_id(name: str) -> str:
    return derived_id(NAMESPACE, normalised(name))


class CategoryNames:
    """The categories that a product may name, each in one spelling.

    A category's name is a key that products refer to, so one spelling must hold: the first known,
    that is the table's before a file's. Should the table have several, an exact match holds.
    """

    def __init__(self, stored: Iterable[str] = ()) -> None:
        self.kept: dict[str, str] = {}
        """Names that were to be added in another spelling, and that spelling."""
        exact = {name: name for name in stored}
        self._spellings = {normalised(name): name for name in exact} | exact

    def spelling(self, name: str) -> str | None:
        """The spelling that holds for ``name``, or None when there is no such category."""
        return self._spellings.get(name) or self._spellings.get(normalised(name))

    def add(self, name: str) -> str:
        """Make the category known; the spelling that holds for it."""
        holds = self.spelling(name) or self._spellings.setdefault(normalised(name), name)
        if holds != name:
            self.kept[holds] = name
        return holds
