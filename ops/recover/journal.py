"""What a recovery has done so far, in a file that outlives a crash."""

from __future__ import annotations

import hashlib
import json
import os
import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Self

from ops.errors import OperationError
from shop.clock import timestamp

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


class Journal:
    """The steps of one recovery that are done, with their times and facts."""

    def __init__(self, path: Path, state: dict[str, Any], *, begun: bool) -> None:
        self.path = path
        self.begun = begun
        """Whether an earlier run wrote it."""
        self._state = state

    @classmethod
    def of(cls, folder: Path, name: str, subject: str, arguments: Mapping[str, str]) -> Self:
        """The journal of this very recovery: of an earlier run that did not finish, or a new one.

        Raises OperationError for a file that is not one.
        """
        identity = {"operation": name, "subject": subject, "arguments": dict(arguments)}
        digest = hashlib.sha256(json.dumps(identity, sort_keys=True).encode()).hexdigest()[:8]
        path = folder / f"{slug(name)}-{slug(subject)}-{digest}.json"
        if not path.exists():
            return cls(path, identity | {"began": cls.now(), "steps": {}}, begun=False)
        try:
            state = json.loads(path.read_text())
            _require_journal(state, identity)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise OperationError(f"{path} cannot be read; move it away to begin anew.") from error
        return cls(path, state, begun=True)

    @staticmethod
    def now() -> str:
        return timestamp(datetime.now(UTC))

    @property
    def began(self) -> str:
        return str(self._state["began"])

    @property
    def arguments(self) -> Mapping[str, str]:
        return dict(self._state["arguments"])

    @property
    def steps(self) -> Mapping[str, Mapping[str, Any]]:
        """By name: ``began``, ``ended``, ``facts``."""
        return dict(self._state["steps"])

    @property
    def facts(self) -> dict[str, Any]:
        """The facts of all steps together."""
        return {k: v for step in self._state["steps"].values() for k, v in step["facts"].items()}

    def is_done(self, step: str) -> bool:
        return step in self._state["steps"]

    def begin(self) -> None:
        """Note when it began, for good, before anything is done."""
        if not self.begun:
            self._write()

    def done(self, step: str, began: str, facts: Mapping[str, Any]) -> None:
        """Note a step, for good: the file is complete at every moment."""
        self._state["steps"][step] = {"began": began, "ended": self.now(), "facts": dict(facts)}
        self._write()

    def _write(self) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        new = self.path.with_suffix(".new")
        with new.open("w") as file:
            json.dump(self._state, file, indent=2)
            file.flush()
            os.fsync(file.fileno())
        new.replace(self.path)

    def finish(self) -> None:
        """Forget it: the same command begins anew."""
        self.path.unlink(missing_ok=True)


def _require_journal(state: Any, identity: Mapping[str, Any]) -> None:
    """Raise what it may, unless ``state`` is what a journal of this recovery holds."""
    datetime.fromisoformat(state["began"])
    for step in state["steps"].values():
        datetime.fromisoformat(step["began"])
        datetime.fromisoformat(step["ended"])
        dict(step["facts"])
    if {each: state[each] for each in identity} != identity:
        raise ValueError


def slug(text: str) -> str:
    return re.sub(r"[^a-zA-Z0-9]+", "-", text).strip("-")
