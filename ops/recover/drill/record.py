"""What the drill saw: when things went on, what was checked, what each recovery cost."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any, NamedTuple

from shop.clock import timestamp

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from rich.console import Console


BROKEN = "What was broken"
"""The fact that is a table of its own in the report: numbers by what, then by how."""


class Lane(StrEnum):
    """Where the picture shows it, from above."""

    SHOP = "the shop"
    BESIDE = "tables beside"
    PLACE = "tables in place"
    BUCKET = "images"
    GONE = "a table gone"
    REGION = "another region"
    WHOLE = "is it whole?"


class Kind(StrEnum):
    LOAD = "load"
    HARM = "harm"
    RECOVERY = "recovery"
    CHECK = "check"


class Span(NamedTuple):
    """Something that took a while."""

    lane: Lane
    kind: Kind
    label: str
    began: datetime
    ended: datetime

    @property
    def seconds(self) -> float:
        return (self.ended - self.began).total_seconds()


class Check(NamedTuple):
    """Something that has to be so; ``detail`` is what was found."""

    lane: Lane
    name: str
    good: bool
    detail: str
    at: datetime


class Recovery(NamedTuple):
    """One way back. ``rpo_seconds``: what is lost is what was written for so long before it."""

    way: str
    command: str
    rpo_seconds: float | None
    rto_seconds: float


class Moment(NamedTuple):
    """A named moment: T, say."""

    name: str
    label: str
    at: datetime


@dataclass
class Record:
    """Grows while the drill goes on, from several threads."""

    console: Console
    began: datetime = field(default_factory=lambda: datetime.now(UTC))
    ended: datetime | None = None
    spans: list[Span] = field(default_factory=list)
    checks: list[Check] = field(default_factory=list)
    recoveries: list[Recovery] = field(default_factory=list)
    moments: list[Moment] = field(default_factory=list)
    checksums: dict[str, dict[str, str]] = field(default_factory=dict)
    """By what was read, then by table (or images)."""
    facts: dict[str, Any] = field(default_factory=dict)
    """Counts and such, JSON values."""
    writes: Sequence[datetime] = ()
    """When the tables were written to."""
    trouble: str = ""
    """What ended the drill before its time."""
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def good(self) -> bool:
        return not self.trouble and bool(self.checks) and all(each.good for each in self.checks)

    @contextmanager
    def span(self, lane: Lane, kind: Kind, label: str) -> Iterator[None]:
        began = datetime.now(UTC)
        try:
            yield
        finally:
            span = Span(lane, kind, label, began, datetime.now(UTC))
            with self._lock:
                self.spans.append(span)
            self.console.print(f"  {label} [dim]({span.seconds:.1f} s)[/]", highlight=False)

    def check(self, lane: Lane, name: str, good: bool, detail: str = "") -> None:  # noqa: FBT001  (as one says it)
        """Note whether something is as it must be; the drill goes on either way."""
        with self._lock:
            self.checks.append(Check(lane, name, good, detail, datetime.now(UTC)))
        mark = "[green]✓[/]" if good else "[bold red]✗[/]"
        more = f" [dim]{detail}[/]" if detail else ""
        self.console.print(f"{mark} {name}{more}", highlight=False, soft_wrap=True)

    def moment(self, name: str, label: str, at: datetime) -> None:
        self.moments.append(Moment(name, label, at))
        self.console.print(f"  {name} is {timestamp(at)}: {label}", highlight=False)

    def recovered(self, recovery: Recovery) -> None:
        with self._lock:
            self.recoveries.append(recovery)
