"""Act one: the shop is busy, T comes, it stays busy, and somebody breaks a part of it."""

from __future__ import annotations

import random
import time
from typing import TYPE_CHECKING

from ops.errors import OperationError
from ops.recover.drill.harm import KINDS, Breaker
from ops.recover.drill.load import Load
from ops.recover.drill.record import BROKEN, Kind, Lane
from ops.recover.drill.world import Incident

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ops.recover.drill.snapshot import Snapshot
    from ops.recover.drill.world import World

_LONGEST_SECONDS = 90
_BEFORE = {"orders": 24, "images": 6, "accounts": 8, "addresses": 9}
_AFTER = {"orders": 10}


def incident(world: World, *, seconds: float = 5) -> Incident:
    """Load for ``seconds`` at least and until enough was done, then T, then half as much again.

    The load is held about T for as long as it takes to read all that there is, which is what the
    recoveries are held against later. Raises OperationError when the load fails.
    """
    load = Load(world.api_url, world.admin, _products(world.reader.snapshot()))
    record = world.record
    load.start()
    try:
        with record.span(Lane.SHOP, Kind.LOAD, "customers, orders, images"):
            _go_on(load, seconds, _BEFORE)
            load.gate.close()
        good = world.reader.quiet()
        record.moment("T", "all is well; what everything is brought back to", good.at)
        victims = _set_aside(load)
        breaker = Breaker(world.emulator, world.reader, good.snapshot, victims)
        with record.span(Lane.SHOP, Kind.LOAD, "other customers go on"):
            load.gate.open()
            _go_on(load, 0.5, {"orders": 1})
            with record.span(Lane.SHOP, Kind.HARM, "rows and images broken"):
                breaker.break_rows()
                breaker.break_objects()
            _go_on(load, seconds / 2, _AFTER)
            load.gate.close()
    finally:
        load.stop()
    bad = world.reader.quiet()
    record.moment("B", "broken, with good writes since T", bad.at)
    breaker.harm.note_followed(good.snapshot, bad.snapshot)
    record.facts["What the load did"] = dict(load.done)
    record.facts[BROKEN] = breaker.harm.told()
    _check(world, Incident(good, bad, breaker.harm))
    return Incident(good, bad, breaker.harm)


def _products(snapshot: Snapshot) -> list[str]:
    rows = snapshot.tables["Products"].values()
    return [row["pk"]["S"].partition("#")[2] for row in rows if row["sk"]["S"] == "PRODUCT"]


def _set_aside(load: Load) -> set[str]:
    """Products that are to be broken: the load goes on with the others, and with new customers.

    So every row that is broken has had its last good write before T.
    """
    products = sorted(load.products)
    random.Random().shuffle(products)  # noqa: S311  (no secret)
    half = len(products) // 2
    load.products = products[half:]
    load.uploads = False  # an image of a product that is brought back would be one too many
    load.renew()
    return set(products[:half])


def _go_on(load: Load, seconds: float, wanted: Mapping[str, int]) -> None:
    began, before = time.monotonic(), load.done.copy()
    while time.monotonic() - began < seconds or any(
        load.done[each] - before[each] < number for each, number in wanted.items()
    ):
        load.require_well()
        if time.monotonic() - began > _LONGEST_SECONDS:
            raise OperationError(f"The load did no {wanted} in {_LONGEST_SECONDS} s.")
        time.sleep(0.05)


def _check(world: World, incident: Incident) -> None:
    """That there is something to recover, and something not to lose."""
    good, bad, harm = incident.good.snapshot, incident.bad.snapshot, incident.harm
    told = ", ".join(f"{hows['in all']} {thing}" for thing, hows in harm.told().items())
    world.record.check(Lane.SHOP, "Every kind of harm was done", set(harm.counts) >= KINDS, told)
    world.record.checksums["live at T"] = good.checksums()
    world.record.checksums["live at B"] = bad.checksums()
    later = {
        table: sum(
            rows.get(key) != good.tables[table].get(key) and not harm.concerns(table, key)
            for key in {*rows, *good.tables[table]}
        )
        for table, rows in bad.tables.items()
    }
    world.record.facts["Rows with good writes after T"] = later
    told = ", ".join(f"{number} {table}" for table, number in later.items())
    world.record.check(
        Lane.SHOP, "Good writes came after T, which must not be lost", all(later.values()), told
    )
