"""The drill as a picture: who did what when, in lanes, with what was checked."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from ops.recover.drill.lanes import BAR, LEFT, PADDING, PULSE, ROW, TOP, WIDTH, Scale, bands
from ops.recover.drill.record import Kind, Lane
from ops.recover.drill.svg import STYLE, element, text, width

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from ops.recover.drill.lanes import Band
    from ops.recover.drill.record import Check, Record

_BIN = 4  # the width of a bar of the histogram
_STEPS = (1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 3600)  # seconds between the grid's lines
_MOST_STEPS = 16
_TOGETHER = 40  # badges of checks nearer than that are one


def timeline(record: Record) -> str:
    """The picture, as the text of an SVG file. Light or dark as whoever looks at it likes."""
    ended = record.ended or max((each.ended for each in record.spans), default=record.began)
    scale = Scale(record.began, max(1.0, (ended - record.began).total_seconds()))
    found = list(bands(record, scale))
    bottom = found[-1].top + found[-1].height if found else TOP
    height = bottom + 74
    parts = [
        element("title", "Recovery drill", id="title"),
        element("desc", _told(record), id="desc"),
        element("style", raw=STYLE),
        element("rect", width=WIDTH, height=height, class_="ground"),
        *_header(record, scale),
        *_grid(found, scale, bottom),
        *_pulse(record, found, scale),
        *_moments(record, scale, bottom),
        *(part for band in found for part in _bars(band)),
        *(part for band in found for part in _marks(band, record, scale)),
        *_legend(bottom + 46),
    ]
    return element(
        "svg",
        raw="\n" + "\n".join(parts) + "\n",
        xmlns="http://www.w3.org/2000/svg",
        viewBox=f"0 0 {WIDTH} {height:.0f}",
        width=WIDTH,
        height=f"{height:.0f}",
        role="img",
        aria_labelledby="title desc",
    )


def _told(record: Record) -> str:
    """The picture in words."""
    moments = "; ".join(f"{each.name}: {each.label}" for each in record.moments)
    ways = "; ".join(f"{each.way}: {each.rto_seconds:.1f} s" for each in record.recoveries)
    good = sum(each.good for each in record.checks)
    return f"{moments}. {ways}. {good} of {len(record.checks)} checks passed."


def _bars(band: Band) -> Iterator[str]:
    top = band.top + PADDING + (PULSE if band.lane is Lane.SHOP else 0)
    yield text(LEFT - 14, band.top + band.height / 2 + 4, band.lane, "lane", "end")
    for span, row, left, right, label, side in band.placed:
        y = top + row * ROW
        yield element(
            "rect", x=left, y=y, width=right - left, height=BAR, rx=4, class_=span.kind,
            raw=element("title", label),
        )  # fmt: skip
        if side == "inside":
            class_ = "label" if span.kind is Kind.LOAD else "inside"
            yield text(left + 7, y + 13, label, class_)
        elif side == "right":
            yield text(right + 6, y + 13, label, "label")
        else:
            yield text(left - 6, y + 13, label, "label", "end")


def _pulse(record: Record, bands: Sequence[Band], scale: Scale) -> Iterator[str]:
    """How many rows were written when, as the log of writes has it."""
    shop = next((band for band in bands if band.lane is Lane.SHOP), None)
    if shop is None or not record.writes:
        return
    counts = Counter(int(scale.x(at)) // _BIN for at in record.writes if at >= record.began)
    most = max(counts.values(), default=1)
    floor = shop.top + PULSE + 4
    for place, count in sorted(counts.items()):
        tall = max(1.5, (PULSE - 8) * (count / most) ** 0.5)
        yield element(
            "rect", x=place * _BIN, y=floor - tall, width=_BIN - 1, height=tall, class_="pulse"
        )


def _grid(bands: Sequence[Band], scale: Scale, bottom: float) -> Iterator[str]:
    for band in bands:
        yield element(
            "rect", x=8, y=band.top, width=WIDTH - 16, height=band.height, rx=8, class_="band"
        )
    step = next(each for each in _STEPS if scale.seconds / each <= _MOST_STEPS)
    for second in range(0, int(scale.seconds) + 1, step):
        x = scale.place(second)
        yield element("line", x1=x, x2=x, y1=TOP, y2=bottom, class_="grid")
        yield text(x, bottom + 16, f"{second} s", "small", "middle")


def _header(record: Record, scale: Scale) -> Iterator[str]:
    good = sum(each.good for each in record.checks)
    verdict = f"{good} of {len(record.checks)} checks passed"
    if record.trouble:
        verdict += ", and it could not be finished"
    yield text(20, 38, "Recovery drill", "title")
    when = record.began.strftime("%d %B %Y, %H:%M:%S UTC")
    yield text(20, 60, f"{when} · {scale.seconds:.0f} s", "small")
    wide = width(verdict, "lane") + 50
    x = WIDTH - 20 - wide
    yield element(
        "rect", x=x, y=20, width=wide, height=30, rx=15, class_="good" if record.good else "bad"
    )
    yield _sign(x + 20, 35, good=record.good)
    yield element("text", verdict, x=x + 34, y=39.5, class_="flag")


def _moments(record: Record, scale: Scale, bottom: float) -> Iterator[str]:
    for number, (name, label, at) in enumerate(record.moments):
        x, y = scale.x(at), 84 + 19 * (number % 2)
        wide = width(name, "lane") + 16
        yield element("line", x1=x, x2=x, y1=y, y2=bottom, class_="moment")
        yield element("rect", x=x, y=y - 12, width=wide, height=17, rx=3, class_="pole")
        yield element("text", name, x=x + 7, y=y + 1, class_="flag")
        yield text(x + wide + 6, y + 1, label, "label")


def _marks(band: Band, record: Record, scale: Scale) -> Iterator[str]:
    """The lane's checks; those of about the same time are one mark with their number."""
    groups: list[list[Check]] = []
    last = float("-inf")
    for check in sorted((each for each in record.checks if each.lane is band.lane), key=_at):
        x = scale.x(check.at)
        if x - last > _TOGETHER:
            groups.append([])
            last = x
        groups[-1].append(check)
    for group in groups:
        yield from _mark(scale.x(group[0].at), band.badges, group)


def _at(check: Check) -> datetime:
    return check.at


def _mark(x: float, y: float, group: Sequence[Check]) -> Iterator[str]:
    bad = [each for each in group if not each.good]
    names = "\n".join(f"{'✓' if each.good else '✗'} {each.name}" for each in group)
    inside = element("circle", cx=x, cy=y, r=8, class_="bad" if bad else "good")
    inside += _sign(x, y, good=not bad)
    if len(group) > 1:
        count = f"{len(group)}" if not bad else f"{len(bad)} of {len(group)}"
        inside += text(x + 12, y + 4, count, "small")
    yield element("g", raw=element("title", names) + inside)


def _sign(x: float, y: float, *, good: bool) -> str:
    if good:
        return element("path", d=f"M{x - 3.6:.1f} {y + 0.2:.1f} l2.6 2.8 l4.6 -5.4", class_="tick")
    return element("path", d=f"M{x - 3:.1f} {y - 3:.1f} l6 6 m0 -6 l-6 6", class_="tick")


def _legend(y: float) -> Iterator[str]:
    x = float(LEFT)
    for class_, words in (
        ("pulse", "rows written"),
        ("load", "load on the API"),
        ("harm", "broken on purpose"),
        ("recovery", "bringing it back"),
        ("check", "looking at it"),
        ("good", "checks that passed"),
    ):
        if class_ == "good":
            yield element("circle", cx=x + 6, cy=y - 4, r=6, class_=class_)
        else:
            yield element("rect", x=x, y=y - 10, width=12, height=12, rx=3, class_=class_)
        yield text(x + 18, y, words, "small")
        x += 18 + width(words, "small") + 22
