"""The deployments that lead from what is deployed to what is wanted, in their order.

DynamoDB makes or deletes one index of a table at a time, and CloudFormation one in an update of the
stack (the pages are named in ``cdk.schema.rules``). Indexes of a new table come with it.
"""

from __future__ import annotations

from itertools import zip_longest
from typing import TYPE_CHECKING, NamedTuple

from cdk.schema.differences import differences

if TYPE_CHECKING:
    from cdk.schema.shapes import Shape, Tables


class IndexChange(NamedTuple):
    table: str
    name: str
    made: bool

    @property
    def subject(self) -> str:
        """As ``shop:holdBack`` takes it."""
        return f"{self.table}/{self.name}"

    def __str__(self) -> str:
        return f"{'make' if self.made else 'delete'} the index {self.name} of {self.table}"


class Deployment(NamedTuple):
    """One update of the stack: at most one index of each table changes."""

    changes: tuple[IndexChange, ...]
    hold_back: tuple[IndexChange, ...]
    """Indexes that are made later."""
    keep: tuple[IndexChange, ...]
    """Indexes that are deleted later, and so must still be in the code."""
    others: tuple[str, ...] = ()
    """What else of the tables it changes, in words."""


def deployments(wanted: Tables, deployed: Tables) -> list[Deployment]:
    """What is made comes before what is deleted. None at all when nothing differs."""
    if wanted == deployed:
        return []
    queues = [
        _index_changes(table, wanted[table], deployed[table])
        for table in sorted(wanted.keys() & deployed.keys())
    ]
    rounds = [[each for each in turn if each] for turn in zip_longest(*queues)] or [[]]
    found, now = [], deployed
    for at, turn in enumerate(rounds):
        later = [each for rest in rounds[at + 1 :] for each in rest]
        step = Deployment(
            changes=tuple(turn),
            hold_back=tuple(each for each in later if each.made),
            keep=tuple(each for each in later if not each.made),
        )
        then = after(step, wanted, deployed)
        found.append(step._replace(others=differences(then, now)))
        now = then
    return found


def _index_changes(table: str, wanted: Shape, deployed: Shape) -> list[IndexChange]:
    made = sorted(wanted.indexes.keys() - deployed.indexes.keys())
    gone = sorted(deployed.indexes.keys() - wanted.indexes.keys())
    return [
        *(IndexChange(table, each, made=True) for each in made),
        *(IndexChange(table, each, made=False) for each in gone),
    ]


def after(deployment: Deployment, wanted: Tables, deployed: Tables) -> dict[str, Shape]:
    """The tables once ``deployment``, one of those from ``deployed`` to ``wanted``, is through."""
    found = dict(wanted)
    for change in deployment.hold_back:
        indexes = dict(found[change.table].indexes)
        del indexes[change.name]
        found[change.table] = found[change.table].model_copy(update={"indexes": indexes})
    for change in deployment.keep:
        kept = deployed[change.table].indexes[change.name]
        indexes = {**found[change.table].indexes, change.name: kept}
        found[change.table] = found[change.table].model_copy(update={"indexes": indexes})
    return found
