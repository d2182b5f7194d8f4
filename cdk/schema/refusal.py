"""A change of a table that is refused, with the reason and a way out."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from cdk.schema.shapes import Shape

ACCEPT = "shop migrate plan --accept"


class Refusal(NamedTuple):
    """``way_out`` are steps in their order. ``possible``: AWS would do it, and harm would be done.

    What is possible can be had on purpose.
    """

    table: str
    rule: str
    reason: str
    way_out: tuple[str, ...]
    possible: bool

    def __str__(self) -> str:
        return f"{self.table}: {self.reason}"


def on_purpose(command: str, table: str) -> str:
    """What does to ``table`` what is refused but possible, with the ``command`` that can."""
    return f"{command} --on-purpose {table}"


class Change(NamedTuple):
    """A table that stays, as it is to be and as it is."""

    table: str
    wanted: Shape
    deployed: Shape
    on_purpose: str
    """The command that does it all the same, where that is possible."""

    def refuse(self, rule: str, reason: str, *way_out: str, possible: bool = False) -> Refusal:
        return Refusal(self.table, rule, reason, way_out, possible)
