"""What a recovery did: for the people who ask afterwards (Markdown), and for programs (JSON)."""

from __future__ import annotations

import json
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple, Self

from ops.recover.journal import slug

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from ops.recover.journal import Journal


_LONGEST = 200  # characters of a fact in a table


class Report(NamedTuple):
    """``rto_seconds``: from the first command to the end, waiting for people included.

    ``rpo_seconds``: how much of what was written last is lost; None where it is not known.
    """

    operation: str
    subject: str
    began: str
    ended: str
    arguments: Mapping[str, str]
    steps: Mapping[str, Mapping[str, Any]]
    rpo_seconds: float | None
    rto_seconds: float

    @classmethod
    def of(cls, operation: str, subject: str, journal: Journal, rpo_seconds: float | None) -> Self:
        ended = journal.now()
        return cls(
            operation=operation,
            subject=subject,
            began=journal.began,
            ended=ended,
            arguments=journal.arguments,
            steps=journal.steps,
            rpo_seconds=rpo_seconds,
            rto_seconds=seconds_between(journal.began, ended),
        )

    @property
    def facts(self) -> dict[str, Any]:
        return {k: v for step in self.steps.values() for k, v in step["facts"].items()}

    def write(self, folder: Path) -> Path:
        """Write both files; the path of the Markdown one."""
        folder.mkdir(parents=True, exist_ok=True)
        moment = self.ended.replace(":", "").replace(".", "")
        name = f"report-{slug(self.operation)}-{slug(self.subject)}-{moment}"
        (folder / f"{name}.json").write_text(json.dumps(self._asdict(), indent=2) + "\n")
        path = folder / f"{name}.md"
        path.write_text(self.to_markdown())
        return path

    def to_markdown(self) -> str:
        rpo = "not known" if self.rpo_seconds is None else f"{self.rpo_seconds:.0f} s"
        lines = [
            f"# {self.operation}: {self.subject}",
            "",
            f"Began {self.began}, ended {self.ended}.",
            "",
            "| | |",
            "|---|---|",
            *(f"| {name} | `{value}` |" for name, value in self.arguments.items()),
            f"| RTO (from the first command to the end) | {self.rto_seconds:.0f} s |",
            f"| RPO (writes that are lost) | {rpo} |",
            "",
            "| step | seconds | |",
            "|---|---|---|",
            *(self._row(name, step) for name, step in self.steps.items()),
        ]
        return "\n".join(lines) + "\n"

    @staticmethod
    def _row(name: str, step: Mapping[str, Any]) -> str:
        facts = "; ".join(f"{key}: `{_short(value)}`" for key, value in step["facts"].items())
        return f"| {name} | {seconds_between(step['began'], step['ended']):.1f} | {facts} |"


def seconds_between(earlier: str, later: str) -> float:
    """Of two times as shop.clock writes them."""
    return (datetime.fromisoformat(later) - datetime.fromisoformat(earlier)).total_seconds()


def _short(value: object) -> str:
    text = value if isinstance(value, str) else json.dumps(value)
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
