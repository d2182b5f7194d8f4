"""What a run of migrations did: for people (Markdown) and for programs (JSON)."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, NamedTuple

from ops.migrate.entry import Outcome, State
from shop import clock

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from ops.migrate.entry import Entry, Pass
    from ops.migrate.migration import Migration


class Applied(NamedTuple):
    """A migration that was run, and what the ledger says since.

    Seconds and units are those of this run; the ledger counts those that were cut off before, too.
    """

    migration: Migration
    table: str
    entry: Entry
    seconds: float
    read_units: float
    write_units: float

    @property
    def failed(self) -> bool:
        return self.entry.state is State.FAILED

    def told(self) -> str:
        """What became of it, in a line."""
        entry = self.entry
        passes = f"{len(entry.passes)} pass{'es' if len(entry.passes) > 1 else ''}"
        told = f"{entry.state} ({entry.changed_told} changed; {passes}"
        told += f" over {entry.passes[-1].items:,} items"
        if entry.failures:
            told += f"; {len(entry.failures):,} could not be brought along"
        return f"{told}). {entry.problem}" if entry.problem else f"{told})"


def write_report(folder: Path, stack: str, applied: Sequence[Applied]) -> Path:
    """Both files into ``folder``; the path of the Markdown one."""
    folder.mkdir(parents=True, exist_ok=True)
    moment = clock.now()
    name = f"migrated-{stack}-{moment.replace(':', '').replace('.', '')}"
    facts = {"stack": stack, "ended": moment, "migrations": [_facts(each) for each in applied]}
    (folder / f"{name}.json").write_text(json.dumps(facts, indent=2) + "\n")
    path = folder / f"{name}.md"
    path.write_text(_markdown(stack, moment, applied))
    return path


def _facts(applied: Applied) -> dict[str, object]:
    return {
        "migration": applied.migration.title,
        "digest": applied.migration.digest,
        "table": applied.table,
        "state": str(applied.entry.state),
        "began": applied.entry.began,
        "seconds": round(applied.seconds, 1),
        "readUnits": applied.read_units,
        "writeUnits": applied.write_units,
        "changed": applied.entry.changed,
        "cutOff": applied.entry.cut_off,
        "problem": applied.entry.problem,
        "passes": [{"whole": each.whole, **_counts(each)} for each in applied.entry.passes],
        "failures": [each._asdict() for each in applied.entry.failures],
    }


def _counts(each: Pass) -> dict[str, int]:
    return {str(outcome): each.counts[outcome] for outcome in Outcome}


def _markdown(stack: str, moment: str, applied: Sequence[Applied]) -> str:
    lines = [f"# Migrations of {stack}", "", f"Ended {moment}.", ""]
    for each in applied:
        lines += [
            f"## {each.migration.title}",
            "",
            f"{each.table}: {each.told()}",
            _used(each),
            "",
            *_passes(each.entry),
            "",
            *(f"- `{failed.pk}` `{failed.sk}`: {failed.problem}" for failed in each.entry.failures),
        ]
    return "\n".join(lines) + "\n"


def _passes(entry: Entry) -> Iterator[str]:
    yield f"| pass | {' | '.join(Outcome)} | |"
    yield f"|---|{'---|' * len(Outcome)}---|"
    for number, each in enumerate(entry.passes, 1):
        counts = " | ".join(f"{count:,}" for count in _counts(each).values())
        yield f"| {number} | {counts} | {'' if each.whole else 'was cut off: at least'} |"


def _used(applied: Applied) -> str:
    units = f"{applied.read_units:,.0f} read units, {applied.write_units:,.0f} write units"
    return f"{applied.seconds:.1f} s, {units}."
