"""What a recovery has done so far, in a file that outlives a crash."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import re
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Self

from ops.errors import OperationError
from shop.clock import timestamp

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path


class Journal:
    """The steps of one recovery that are done, with their times and facts."""

    def __init__(self, path: Path, state: dict[str, Any], text: str | None) -> None:
        """``text``: what an earlier run wrote; None: there was none."""
        self.path = path
        self.begun = text is not None
        """Whether an earlier run wrote it."""
        self._state = state
        self._text = text

    @classmethod
    def of(cls, folder: Path, name: str, subject: str, arguments: Mapping[str, str]) -> Self:
        """The journal of this very recovery: of an earlier run that did not finish, or a new one.

        Raises OperationError for a file that is not one.
        """
        identity = {"operation": name, "subject": subject, "arguments": dict(arguments)}
        digest = hashlib.sha256(json.dumps(identity, sort_keys=True).encode()).hexdigest()[:8]
        path = folder / f"{slug(name)}-{slug(subject)}-{digest}.json"
        text = _text(path)
        if text is None:
            return cls(path, identity | {"began": cls.now(), "steps": {}}, None)
        try:
            state = json.loads(text)
            _require_journal(state, identity)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise OperationError(f"{path} cannot be read; move it away to begin anew.") from error
        return cls(path, state, text)

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

    @property
    def rows(self) -> Path:
        """Where the recovery keeps what it is about, if that is long; it goes with the journal."""
        return self.path.with_suffix(".rows")

    @contextmanager
    def held(self) -> Iterator[None]:
        """Have it for this run alone; a crash lets go of it.

        Raises OperationError when another run has it, or has written to it since it was read: then
        what a person was shown, and confirmed, is not what is to be done any more.
        """
        self.path.parent.mkdir(parents=True, exist_ok=True)
        path = self.path.with_suffix(".lock")
        with path.open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise OperationError(
                    "Nothing was changed: another run of this command is at it."
                ) from None
            # One that has ended meanwhile may have taken the file away that is locked here.
            if not os.fstat(lock.fileno()).st_nlink or _text(self.path) != self._text:
                raise OperationError(
                    "Nothing was changed: another run of this command was at it meanwhile. Give it"
                    " again to see how things are now."
                )
            try:
                yield
            finally:
                path.unlink(missing_ok=True)

    def begin(self) -> None:
        """Note when it began, for good, before anything is done."""
        self._write()

    def forget(self, steps: Iterable[str]) -> None:
        """Those of an earlier run that have to be done again; when it began stays."""
        for step in steps:
            self._state["steps"].pop(step, None)

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
        """Take it away: the same command begins anew."""
        self.path.unlink(missing_ok=True)
        self.rows.unlink(missing_ok=True)


def _text(path: Path) -> str | None:
    try:
        return path.read_text(errors="replace")
    except FileNotFoundError:
        return None


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
