"""Between the acts: whether the shop is whole."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ops.recover.drill.record import Kind, Lane

if TYPE_CHECKING:
    from ops.recover.drill.world import World


def broken(world: World) -> None:
    """Before anything is put right it has to find something; else it were worth nothing."""
    code, told = _verify(world, "while it is broken")
    rules = sorted({finding["rule"] for finding in told["findings"]})
    world.record.facts["Rules that `verify` found broken"] = rules
    found = code == 1 and bool(rules)
    detail = f"{len(told['findings'])} findings: {', '.join(rules)}"
    world.record.check(Lane.WHOLE, "`verify` finds what is broken", found, detail)


def whole(world: World, when: str) -> None:
    code, told = _verify(world, when)
    rows = ", ".join(f"{count} {table}" for table, count in told["rows"].items())
    good = code == 0 and not told["findings"]
    world.record.check(Lane.WHOLE, f"`verify` finds nothing {when}", good, rows)


def _verify(world: World, when: str) -> tuple[int, dict[str, Any]]:
    name = f"verify-{when.replace(' ', '-')}.json"
    with world.record.span(Lane.WHOLE, Kind.CHECK, "verify"):
        ran = world.commands.run("verify", "--json", name, codes={0, 1}, writes=False)
    return ran.code, world.commands.written(ran, name)
