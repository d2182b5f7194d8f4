"""What a command finds, and what is to come of it: one world for each command."""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any, cast

from ops.target import Target
from tests.ops.recover.accidents.wire import Accidents, Session
from tests.ops.recover.tables.support import STACK

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from pathlib import Path

    import boto3

LOCAL = "http://local.test"
"""Where a local stack would be: a command goes by it, the clients do not."""


class World(ABC):
    """Broken for the first time when it is made; ``restore`` breaks it again."""

    words: Sequence[str]
    """What a person says, after ``shop recover``."""
    changes = True
    """Whether the command is there to change anything."""
    facts: Sequence[str] = ()
    """Those of the report that do not depend on when and how often it was tried."""
    facts_at_once: Sequence[str] = ()
    """More of them, for a command that did all by itself."""

    spared: Collection[str] = ()
    """Calls that it can do without, and says so in its plan, with the words ``without``."""
    without = ""

    def __init__(self, doubles: Mapping[str, object], endpoint_url: str | None) -> None:
        self.accidents = Accidents(doubles)
        session = cast("boto3.Session", Session(self.accidents))
        self.target = Target(STACK, session, endpoint_url)

    def arguments(self, folder: Path) -> list[str]:
        return [*self.words, "--folder", str(folder)]

    @abstractmethod
    def restore(self) -> None:
        """As it was when it was made."""

    @abstractmethod
    def state(self) -> Any:
        """Everything that the command could change."""

    def report(self, folder: Path, *, at_once: bool = False) -> dict[str, Any]:
        """The facts of the one report that there is; ``at_once``: even those that depend on it."""
        (path,) = folder.glob("report-*.json")
        steps = json.loads(path.read_text())["steps"].values()
        found = {name: value for step in steps for name, value in step["facts"].items()}
        names = (*self.facts, *self.facts_at_once) if at_once else self.facts
        return {name: found[name] for name in names}

    def went_on(self, number: int, code: int, output: str) -> bool:
        """Whether it could do without its call of that ``number``, and said so."""
        told = " ".join(output.replace("│", " ").split())
        return (
            self.accidents.calls[number].name in self.spared and code == 0 and self.without in told
        )

    def require_recorded(self, folder: Path) -> None:
        """After it ended half-way: whatever was done is in a file, if anything was."""
        if self.accidents.wrote:
            assert list(folder.glob("*.json")), "there is a journal"
