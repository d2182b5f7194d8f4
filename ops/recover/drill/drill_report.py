"""The drill's report: Markdown for people, JSON for programs, and the picture."""

from __future__ import annotations

import json
from itertools import groupby
from typing import TYPE_CHECKING, Any

from ops.recover.drill.record import BROKEN, Lane
from ops.recover.drill.recovery_double import STATEMENT
from ops.recover.drill.snapshot import TABLES
from ops.recover.drill.timeline import timeline
from shop.clock import timestamp

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from ops.recover.drill.record import Check, Record

PICTURE = "timeline.svg"
_COLUMNS = (*TABLES, "images")
_SHOWN = 16  # digits of a checksum; the JSON has all


def write(record: Record, folder: Path) -> Path:
    """All three; the path of the Markdown one."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "report.json").write_text(json.dumps(to_json(record), indent=2) + "\n")
    (folder / PICTURE).write_text(timeline(record) + "\n")
    path = folder / "report.md"
    path.write_text("\n".join(_lines(record)) + "\n")
    return path


def to_json(record: Record) -> dict[str, Any]:
    """Times as shop.clock writes them, durations in seconds."""
    return {
        "good": record.good,
        "trouble": record.trouble or None,
        "double": STATEMENT,
        "began": timestamp(record.began),
        "ended": timestamp(record.ended) if record.ended else None,
        "moments": {each.name: timestamp(each.at) for each in record.moments},
        "recoveries": [each._asdict() for each in record.recoveries],
        "checksums": record.checksums,
        "checks": [
            {"what": each.name, "good": each.good, "detail": each.detail, "at": timestamp(each.at)}
            for each in record.checks
        ],
        "spans": [
            {
                "lane": each.lane,
                "label": each.label,
                "began": timestamp(each.began),
                "seconds": each.seconds,
            }
            for each in record.spans
        ],
        "facts": record.facts,
    }


def verdict(record: Record) -> str:
    good = sum(each.good for each in record.checks)
    told = f"{good} of {len(record.checks)} checks passed"
    return f"{told}, and it could not be finished" if record.trouble else told


def _lines(record: Record) -> Iterator[str]:
    yield f"# Recovery drill: {verdict(record)}"
    yield f"\n![The drill from beginning to end]({PICTURE})\n"
    yield f"> {STATEMENT}\n"
    if record.trouble:
        yield f"**It ended before its time:** {record.trouble}\n"
    ended = timestamp(record.ended) if record.ended else "not yet"
    yield f"Began {timestamp(record.began)}, ended {ended}."
    for each in record.moments:
        yield f"**{each.name}** is {timestamp(each.at)}: {each.label}."
    yield from _counted(record)
    yield from _broken(record)
    yield from _ways(record)
    yield from _checksums(record)
    yield from _checks(record)


def _counted(record: Record) -> Iterator[str]:
    """What was done before the recoveries."""
    for name, counts in record.facts.items():
        if isinstance(counts, dict) and all(isinstance(each, int) for each in counts.values()):
            told = ", ".join(f"{count:,} {what}" for what, count in counts.items())
            yield f"\n{name}: {told}."


def _broken(record: Record) -> Iterator[str]:
    """A line for each thing, a column for each way to break it."""
    broken = record.facts.get(BROKEN, {})
    hows = list(dict.fromkeys(how for numbers in broken.values() for how in numbers))
    hows.sort(key="in all".__eq__)
    if broken:
        yield f"\n## {BROKEN}\n"
        yield f"| | {' | '.join(hows)} |"
        yield f"|---{'|---' * len(hows)}|"
    for thing, numbers in broken.items():
        cells = (str(numbers.get(each, "")) for each in hows)
        yield f"| {thing} | {' | '.join(cells)} |"


def _ways(record: Record) -> Iterator[str]:
    yield "\n## Ways back\n"
    yield "RPO: how far back the moment lies that was restored. RTO: from the command to its end,"
    yield "on this machine; on AWS a restore alone takes 20 minutes and up.\n"
    yield "| way | RPO | RTO | command |"
    yield "|---|---|---|---|"
    for each in record.recoveries:
        lost = "newer writes stay" if each.rpo_seconds is None else f"{each.rpo_seconds:.1f} s"
        yield f"| {each.way} | {lost} | {each.rto_seconds:.1f} s | `{each.command}` |"


def _checksums(record: Record) -> Iterator[str]:
    yield "\n## Checksums\n"
    yield "SHA-256 as ops/recover/tables/compare.py describes it, made by a program of the drill's"
    yield "own from a scan of its own; the first digits.\n"
    yield f"| | {' | '.join(_COLUMNS)} |"
    yield f"|---{'|---' * len(_COLUMNS)}|"
    for name, sums in record.checksums.items():
        cells = (f"`{sums[each][:_SHOWN]}`" if each in sums else "" for each in _COLUMNS)
        yield f"| {name} | {' | '.join(cells)} |"


def _checks(record: Record) -> Iterator[str]:
    yield "\n## Checks"
    ordered = sorted(record.checks, key=_lane)
    for number, checks in groupby(ordered, key=_lane):
        yield f"\n### {list(Lane)[number].capitalize()}\n"
        for each in checks:
            more = f" ({each.detail})" if each.detail else ""
            yield f"- {'✓' if each.good else '✗ **failed:**'} {each.name}{more}"


def _lane(check: Check) -> int:
    return list(Lane).index(check.lane)
