"""Whether a step from deployed tables to wanted ones is one deployment, several, or none."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cdk.schema import code
from cdk.schema.refusal import ACCEPT, Refusal
from cdk.schema.rules import refusals
from cdk.schema.shapes import SchemaError, from_json, grants_to_no_index, tables
from cdk.schema.steps import Deployment, deployments
from cdk.schema.uses import Uses
from cdk.settings import LOCAL_STAGE

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from cdk.schema.code import Mention
    from cdk.schema.shapes import Shape, Tables

BASELINE = Path(__file__).resolve().parent.parent / "tables.json"
"""The tables as this repository has them deployed: what the next change is held against."""

_DEPLOY = "npx cdk deploy"
_LOCAL_STACK = f"shop-{LOCAL_STAGE}"
_WAIT = (
    "CloudFormation does not wait until an index is filled. Deploy the next one when DescribeTable"
    " calls it ACTIVE; shop deploy waits for that by itself."
)


def read_baseline(path: Path | None = None) -> dict[str, Shape]:
    """Shapes by logical id. Raises SchemaError when the file cannot be read."""
    path = path or BASELINE
    try:
        return from_json(path.read_text())
    except (OSError, UnicodeDecodeError) as error:
        raise SchemaError(f"{path} cannot be read: {error}") from None
    except SchemaError as error:
        raise SchemaError(f"{path} does not tell tables: {error}") from None


@dataclass(frozen=True)
class Plan:
    """How to get to ``wanted``; nothing is to be done when there are no ``deployments``."""

    wanted: Tables
    deployed: Tables
    refusals: list[Refusal]
    deployments: list[Deployment]
    notes: list[str]

    @property
    def is_one_step(self) -> bool:
        """Whether it can be deployed as it is, if there is anything to deploy."""
        return not self.refusals and len(self.deployments) <= 1

    def without(self, subjects: Collection[str]) -> Plan:
        """The same, with what is possible done on purpose to the tables ``subjects``."""
        left = [each for each in self.refusals if not (each.possible and each.table in subjects)]
        return Plan(self.wanted, self.deployed, left, self.deployments, self.notes)


def plan(
    template: Mapping[str, Any],
    deployed: Tables,
    root: Path = code.ROOT,
    command: str = ACCEPT,
) -> Plan:
    """The way from ``deployed`` to a whole ``template``, with the sources at ``root``.

    ``command`` is the one that takes ``--on-purpose``, for the ways out.
    """
    wanted, uses = tables(template), Uses(template)

    def named(table: str, index: str) -> list[Mention]:
        return code.mentions(index, uses.users_of(table), root)

    refused = [
        *refusals(wanted, deployed, named, command),
        *_unknown_indexes(template, wanted),
    ]
    return Plan(wanted, deployed, refused, deployments(wanted, deployed), _notes(wanted, deployed))


def _unknown_indexes(template: Mapping[str, Any], wanted: Tables) -> list[Refusal]:
    return [
        Refusal(
            table,
            "index-unknown",
            f"{who} is granted an index {index}, which the table does not have: what queries it"
            " fails.",
            (f"Put {index} into the table, or take it out of {who}'s allow_query and code.",),
            possible=False,
        )
        for table, index, who in grants_to_no_index(template)
        if table in wanted
    ]


def _notes(wanted: Tables, deployed: Tables) -> list[str]:
    """What a person should know before, though nothing is wrong with it."""
    made, queried, found = 0, [], []
    for table in sorted(wanted.keys() & deployed.keys()):
        new, old = wanted[table], deployed[table]
        for name in sorted(new.indexes.keys() - old.indexes.keys()):
            made += 1
            who = " and ".join(new.indexes[name].queried_by)
            queried += [f"{table}/{name} by {who}"] if who else []
        now_on = new.time_to_live if new.time_to_live and new.time_to_live.on else None
        if now_on and not (old.time_to_live and old.time_to_live.on):
            found.append(
                f"Time to live comes on for {table}: rows whose {now_on.attribute} is in the past"
                " are deleted within days."
            )
    if made:
        found.append(_WAIT)
    if queried:
        found.append(
            f"May be queried as soon as they are deployed: {', '.join(queried)}. Until the index is"
            " ACTIVE that fails; if it matters, leave the code that does to a later deployment."
        )
    return found


def commands(
    deployment: Deployment, settings: Sequence[str] = (), stack: str | None = None
) -> list[str]:
    """What deploys it, with ``settings`` as the CDK takes them, and what then notes it.

    With a ``stack`` it was planned for that one, and not for the baseline.
    """
    held = ",".join(change.subject for change in deployment.hold_back)
    given = "".join(
        f" -c {each}" for each in [*settings, *([f"shop:holdBack={held}"] if held else [])]
    )
    if stack == _LOCAL_STACK:
        return [f"shop local deploy{given}"]
    if stack:
        return [f"{_DEPLOY}{given} -c shop:planned={stack}"]
    return [f"{_DEPLOY}{given}", f"{ACCEPT}{given}"]


def described(deployment: Deployment) -> str:
    """What it changes, as a sentence."""
    doing = "; ".join([*map(str, deployment.changes), *deployment.others])
    kept = ", ".join(change.subject for change in deployment.keep)
    sentence = f"with {kept} put back into the code for now: {doing}." if kept else f"{doing}."
    return sentence[0].upper() + sentence[1:]
