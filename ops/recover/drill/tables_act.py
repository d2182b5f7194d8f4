"""Act two: all tables restored beside the live ones, held against what was read, and repaired."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from ops.recover.drill.record import Kind, Lane
from ops.recover.drill.snapshot import TABLES, checksum, settings_missing
from ops.recover.tables.rows import Outcome
from shop.clock import timestamp

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ops.recover.drill.commands import Ran
    from ops.recover.drill.snapshot import Quiet
    from ops.recover.drill.world import Incident, World

_AT_ONCE = 2


def restore_beside(world: World, incident: Incident) -> dict[str, str]:
    """Every table at T, and none of the junk; the new tables' names."""
    made, ran = _restore(world, "T", incident.good)
    world.note(Lane.BESIDE, "Tables restored to T, beside the live ones", ran)
    for table in TABLES:
        _check_junk(world, table, made[table], wanted=False)
        missing = settings_missing(world.settings[table], world.reader.settings(made[table]))
        detail = f"missing: {', '.join(missing)}" if missing else ""
        world.record.check(Lane.BESIDE, f"{table}: the settings are all there", not missing, detail)
    return made


def negative_control(world: World, incident: Incident) -> None:
    """Restored to a moment after the harm the same checks fail; else they were worth nothing."""
    made, _ = _restore(world, "B", incident.bad)
    sums = world.record.checksums
    for table in TABLES:
        _check_junk(world, table, made[table], wanted=True)
        differ = sums["restored to B"][table] != sums["live at T"][table]
        world.record.check(Lane.BESIDE, f"{table}: at B it is not what it was at T", differ)


def _restore(world: World, name: str, moment: Quiet) -> tuple[dict[str, str], Ran]:
    with world.record.span(Lane.BESIDE, Kind.RECOVERY, f"restore --all --at {name}"):
        ran = world.commands.run(
            "table", "restore", "--all", "--at", timestamp(moment.at), "--yes", world.stack
        )
    tables = ran.facts["tables"]
    made = {table: tables[live] for table, live in world.reader.names.items()}
    sums = {table: checksum(world.reader.rows(made[table])) for table in TABLES}
    world.record.checksums[f"restored to {name}"] = sums
    wanted = world.record.checksums[f"live at {name}"]
    for table in TABLES:
        same = sums[table] == wanted[table]
        world.record.check(
            Lane.BESIDE, f"{table}: restored to {name} is live at {name}", same, sums[table][:16]
        )
    return made, ran


def _check_junk(world: World, table: str, physical: str, *, wanted: bool) -> None:
    there = any('"junk"' in json.dumps(row) for row in world.reader.rows(physical).values())
    text = "has the junk" if wanted else "has none of the junk"
    world.record.check(Lane.BESIDE, f"{table}: {text}", there is wanted)


def repair_in_place(world: World, incident: Incident, made: Mapping[str, str]) -> None:
    """What was broken is as at T, and all else as it was before the repair."""
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        for done in [pool.submit(_repair, world, incident, each, made[each]) for each in TABLES]:
            done.result()
    now = world.reader.snapshot().tables
    for table in TABLES:
        wanted = incident.harm.mended(
            table, incident.bad.snapshot.tables[table], incident.good.snapshot.tables[table]
        )
        same = now[table] == wanted
        world.record.check(
            Lane.PLACE, f"{table}: what was broken is as at T, all else as it was", same
        )
    world.record.checksums["repaired"] = {table: checksum(now[table]) for table in TABLES}


def _repair(world: World, incident: Incident, table: str, restored: str) -> None:
    live = world.reader.names[table]
    name = f"compare-{table}.json"
    with world.record.span(Lane.PLACE, Kind.CHECK, f"compare {table}"):
        ran = world.commands.run(
            "table", "compare", live, restored, "--json", name, codes={1}, writes=False
        )
    told = world.commands.written(ran, name)
    sums = world.record.checksums
    same = (told["live"]["sha256"], told["restored"]["sha256"]) == (
        sums["live at B"][table],
        sums["live at T"][table],
    )
    world.record.check(
        Lane.PLACE,
        f"{table}: `table compare` has the checksums that were made by other means",
        same,
    )
    keys = world.commands.folder / f"keys-{table}.txt"
    keys.write_text("\n".join(incident.harm.lines(table)) + "\n")
    with world.record.span(Lane.PLACE, Kind.RECOVERY, f"repair {table}"):
        ran = world.commands.run(
            "table", "repair", table, "--from", restored, "--keys", f"@{keys.name}",
            "--delete-added", "--yes", f"{world.stack}/{table}Table",
        )  # fmt: skip
    world.note(Lane.PLACE, f"{table} repaired in place", ran)
    done, told = ran.facts["outcomes"], incident.harm.rows(table)
    world.record.check(
        Lane.PLACE,
        f"{table}: all that was broken was put right, and nothing else",
        done == {Outcome.WRITTEN: told},
        ", ".join(f"{number} {outcome}" for outcome, number in done.items()),
    )
