"""Where things are on the drill's picture: lanes, and rows in them in which nothing overlaps."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from ops.recover.drill.record import Lane
from ops.recover.drill.svg import width

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from ops.recover.drill.record import Record, Span

WIDTH = 1280
LEFT = 150
TOP = 122
ROW, BAR, PADDING = 24, 18, 8
BADGES = 22
PULSE = 46
"""The height of the histogram of writes."""
_RIGHT = 28
_EDGE = 6  # what labels keep from each other and from the edge


class Scale(NamedTuple):
    """From moments to places."""

    began: datetime
    seconds: float

    def x(self, at: datetime) -> float:
        return self.place((at - self.began).total_seconds())

    def place(self, second: float) -> float:
        return LEFT + (WIDTH - LEFT - _RIGHT) * second / self.seconds


class Placed(NamedTuple):
    """A span, the row of its lane, and its label: inside the bar, or at one of its sides."""

    span: Span
    row: int
    left: float
    right: float
    label: str
    side: str


class Band(NamedTuple):
    """A lane on the picture."""

    lane: Lane
    top: float
    height: float
    placed: Sequence[Placed]

    @property
    def badges(self) -> float:
        """Where the marks of its checks are."""
        return self.top + self.height - BADGES / 2 - 3


def bands(record: Record, scale: Scale) -> Iterator[Band]:
    top = float(TOP)
    for lane in Lane:
        spans = sorted((each for each in record.spans if each.lane is lane), key=_began)
        checks = any(each.lane is lane for each in record.checks)
        if not spans and not checks:
            continue
        placed = _packed(spans, scale)
        rows = max((each.row for each in placed), default=0) + 1
        height = rows * ROW + 2 * PADDING + (BADGES if checks else 0)
        height += PULSE if lane is Lane.SHOP else 0
        yield Band(lane, top, height, placed)
        top += height + 6


def _began(span: Span) -> datetime:
    return span.began


def _packed(spans: Sequence[Span], scale: Scale) -> list[Placed]:
    """Each in the first row in which neither its bar nor its label is in another's way."""
    ends: list[float] = []
    found = []
    for span in spans:
        left, right = scale.x(span.began), max(scale.x(span.ended), scale.x(span.began) + 3)
        label = f"{span.label} · {span.seconds:.1f} s"
        wide = width(label) + 14
        side, start, end = "inside", left, right
        if wide > right - left:
            side, end = "right", right + wide
            if end > WIDTH - _EDGE:
                side, start, end = "left", left - wide, right
        row = next((n for n, taken in enumerate(ends) if taken <= start), len(ends))
        ends[row : row + 1] = [end + _EDGE]
        found.append(Placed(span, row, left, right, label, side))
    return found
