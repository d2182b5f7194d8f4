"""What all acts of the drill share."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ops.recover.drill.record import Recovery
from shop.clock import timestamp

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ops.recover.drill.commands import Commands, Ran
    from ops.recover.drill.harm import Harm
    from ops.recover.drill.record import Lane, Record
    from ops.recover.drill.recovery_double import RecoveryDouble
    from ops.recover.drill.snapshot import Quiet, Reader
    from ops.target import Target


@dataclass
class World:
    """The drill's own stack, and what has come of it so far.

    ``emulator`` reaches it directly, as the shop and those who break it do; ``target`` through the
    double, as the commands do.
    """

    record: Record
    emulator: Target
    target: Target
    double: RecoveryDouble
    reader: Reader
    commands: Commands
    api_url: str
    admin: Mapping[str, str]
    settings: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """Of each table, before anything was broken."""

    @property
    def stack(self) -> str:
        return self.target.stack

    def note(self, lane: Lane, way: str, ran: Ran) -> None:
        """Keep what a recovery cost; its own report tells it, too."""
        self.record.check(lane, f"{way}: the command wrote its report", bool(ran.report))
        lost = ran.report.get("rpo_seconds")
        self.record.recovered(Recovery(way, ran.command, lost, ran.seconds))


@dataclass(frozen=True)
class Incident:
    """``good`` was just before the harm, ``bad`` after it; between them good writes went on."""

    good: Quiet
    bad: Quiet
    harm: Harm

    @property
    def at(self) -> str:
        return timestamp(self.good.at)
