"""An export of a table, and what an hourly look at the tables found."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from datetime import datetime


class Table(NamedTuple):
    """``name`` is the table's logical id in the stack, which outlives its physical name."""

    name: str
    arn: str


class Export(NamedTuple):
    """What the table held at ``moment``; ``failure`` is empty unless it failed."""

    arn: str
    moment: datetime
    status: str
    failure: str

    @property
    def failed(self) -> bool:
        return self.status == "FAILED"

    @property
    def completed(self) -> bool:
        return self.status == "COMPLETED"


class Findings(NamedTuple):
    """``oldest`` is how many hours ago the table was as in its newest complete export.

    Of the table for which that is longest; None when a table has no complete export at all.
    """

    failed: int
    started: int
    oldest: float | None
