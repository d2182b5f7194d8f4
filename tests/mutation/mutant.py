"""What a mutant is, and how it is made of the sources."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from pathlib import Path


class DoesNotApplyError(Exception):
    """The code that a mutant changes is no longer there, or is there twice: mend the mutant."""


class Mutant(NamedTuple):
    """What would be wrong, and the one place in ``file`` where ``old`` becomes ``new``."""

    name: str
    file: str
    old: str
    new: str

    @property
    def module(self) -> str:
        return self.file.rpartition("/")[2].removesuffix(".py")

    def apply(self, root: Path) -> None:
        """Change the sources below ``root``. Raises DoesNotApplyError."""
        path = root / self.file
        text = path.read_text()
        if (count := text.count(self.old)) != 1 or self.old == self.new:
            raise DoesNotApplyError(f"{self.name}: found {count} times in {self.file}")
        path.write_text(text.replace(self.old, self.new))
