"""What a run of migrations did: for people (Markdown) and for programs (JSON)."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, NamedTuple

from ops.migrate.items import Outcome
from ops.migrate.ledger import State
from shop import clock

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from ops.migrate.ledger import Entry
    from ops.migrate.migration import Migration


class Applied(NamedTuple):
    """A migration that was run, and what the ledger says since; the units that this run used."""

    migration: Migration
    table: str
    entry: Entry
    seconds: float
    read_units: float
    write_units: float

    @property
    def failed(self) -> bool:
        return self.entry.state is State.FAILED

    def counts(self) -> dict[str, int]:
        return {
            str(outcome): sum(each.counts[outcome] for each in self.entry.segments)
            for outcome in Outcome
        }


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
        "items": applied.counts(),
        "failures": [each._asdict() for each in applied.entry.failures],
    }


def _markdown(stack: str, moment: str, applied: Sequence[Applied]) -> str:
    lines = [f"# Migrations of {stack}", "", f"Ended {moment}.", ""]
    for each in applied:
        counts = ", ".join(f"{number:,} {name}" for name, number in each.counts().items())
        lines += [
            f"## {each.migration.title}",
            "",
            f"{each.table}: {each.entry.state}. Items: {counts}.",
            _used(each),
            "",
            *(f"- `{failed.pk}` `{failed.sk}`: {failed.problem}" for failed in each.entry.failures),
        ]
    return "\n".join(lines) + "\n"


def _used(applied: Applied) -> str:
    units = f"{applied.read_units:,.0f} read units, {applied.write_units:,.0f} write units"
    return f"{applied.seconds:.1f} s, {units}."
