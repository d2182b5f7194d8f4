"""Files that are made from the code and committed, so that a change of them is seen in review."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NamedTuple

from ops.errors import OperationError
from ops.paths import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


class Committed(NamedTuple):
    """A JSON file at ``path`` that ``build`` makes, and so does ``make <target>``."""

    path: Path
    build: Callable[[], dict[str, Any]]
    target: str

    def write(self) -> bool:
        """Bring it up to date; whether that changed the file."""
        if self.is_current():
            return False
        self.path.write_text(self._text())
        return True

    def is_current(self) -> bool:
        return self.path.exists() and self.path.read_text() == self._text()

    def check(self) -> None:
        """Raise OperationError unless it is current."""
        if not self.is_current():
            raise OperationError(f"{self.name} is not what the code says; run: make {self.target}")

    @property
    def name(self) -> str:
        """The path as a person in the checkout would write it."""
        return str(self.path.relative_to(ROOT) if self.path.is_relative_to(ROOT) else self.path)

    def _text(self) -> str:
        return json.dumps(self.build(), indent=2, ensure_ascii=False) + "\n"
