"""What changes besides which indexes there are is told in words."""

from __future__ import annotations

from typing import Any

import pytest

from cdk.schema.plan import described, plan
from cdk.schema.shapes import tables
from tests.cdk.schema.templates import TABLE, doctored, function, on, reader, table, template

OTHER = {"Other": table()}
INDEXED = table(indexes={"by-kind": "kind S"})
GRANTED = function("things", *on(TABLE, "by-kind"))
READ = {**function("things"), **reader("things", TABLE)}
ON = {"AttributeName": "endsAt", "Enabled": True}
RECOVERY = f"Resources/{TABLE}/Properties/Replicas/0/PointInTimeRecoverySpecification"
KEPT = f"Resources/{TABLE}/UpdateReplacePolicy"
WHOLE = "deletion protection, DeletionPolicy Retain"

CHANGES = [
    (template(), template(table()), f"Make the table {TABLE}."),
    (template(), template(table(), **OTHER), f"Make the table Other; make the table {TABLE}."),
    (template(table()), template(), f"Take the table {TABLE} out of the stack."),
    (
        template(table(ttl=ON)),
        template(table()),
        f"Change the time to live of {TABLE} from endsAt to none.",
    ),
    (
        template(table(ttl={**ON, "Enabled": False})),
        template(table(ttl=ON)),
        f"Change the time to live of {TABLE} from endsAt, turned off to endsAt.",
    ),
    (
        template(INDEXED, **GRANTED),
        template(INDEXED),
        f"Change who may query by-kind of {TABLE} from things to nobody.",
    ),
    (
        template(table(stream="KEYS_ONLY")),
        template(table(stream="KEYS_ONLY"), **READ),
        (
            f"Change the stream of {TABLE}"
            " from KEYS_ONLY (read by nobody) to KEYS_ONLY (read by things)."
        ),
    ),
    (
        doctored(template(table()), RECOVERY, None),
        template(table()),
        f"Change the recovery of {TABLE} from none to 35 days.",
    ),
    (
        doctored(template(table()), KEPT, None),
        template(table()),
        f"Change the protection of {TABLE} from {WHOLE} to {WHOLE}, UpdateReplacePolicy Retain.",
    ),
    (
        template(table("pk S")),
        template(table(name="things", local_indexes={"local": "pk S, at S"})),
        (
            f"Change the name of {TABLE} from one of CloudFormation's own to things;"
            f" change the keys of {TABLE} from pk S to pk S, sk S;"
            f" change the local indexes of {TABLE} from none to local (pk S, at S; KEYS_ONLY)."
        ),
    ),
    (
        template(INDEXED),
        template(table(indexes={"by-kind": "kind S; ALL"})),
        f"Change the index by-kind of {TABLE} from (kind S; KEYS_ONLY) to (kind S; ALL).",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("deployed", "wanted", "told"), CHANGES)
def test_a_change(deployed: dict[str, Any], wanted: dict[str, Any], told: str) -> None:
    (deployment,) = plan(wanted, tables(deployed)).deployments
    assert described(deployment) == told


def test_it_comes_with_the_first_of_several_deployments() -> None:
    """A grant comes with the index that it is for, and needs no word of its own."""
    wanted = table(indexes={"a-a": "a S", "b-b": "b S"}, ttl=ON)
    granted = function("things", *on(TABLE, "a-a", "b-b"))
    made = plan(template(wanted, **granted), tables(template(table())))
    assert [described(each) for each in made.deployments] == [
        f"Make the index a-a of {TABLE}; change the time to live of {TABLE} from none to endsAt.",
        f"Make the index b-b of {TABLE}.",
    ]
