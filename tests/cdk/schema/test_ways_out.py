"""The ways out of a changed index lead there: the plan takes each of their deployments."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

from cdk.schema.plan import plan
from cdk.schema.shapes import tables
from tests.cdk.schema.templates import TABLE, function, on, table, template

if TYPE_CHECKING:
    from pathlib import Path

    from cdk.schema.plan import Plan

OLD = "kind S, at S"


class Change(NamedTuple):
    """Another index than ``OLD``, the rule that refuses it, and what the way out adds instead."""

    wanted: str
    rule: str
    added: str


CHANGES = [
    Change("kind S", "index-changed", "kind S"),
    Change("at S, kind S", "index-changed", "at S, kind S"),
    Change("kind S, by S", "index-changed", "kind S, by S"),
    Change("kind S, at S; ALL", "index-changed", "kind S, at S; ALL"),
    Change("kind S, at S; INCLUDE a", "index-changed", "kind S, at S; INCLUDE a"),
    Change("kind S, at N", "attribute-type", "kind S, atNumber N"),
    Change("kind N, at S", "attribute-type", "kindNumber N, at S"),
    Change("kind S, at N; ALL", "attribute-type", "kind S, atNumber N; ALL"),
]


def stage(indexes: dict[str, str], *granted: str) -> dict[str, Any]:
    return template(table(indexes=indexes), **function("things", *on(TABLE, *granted)))


@pytest.mark.parametrize("change", CHANGES, ids=str)
def test_each_deployment_of_the_way_out_is_one_that_the_plan_takes(
    change: Change, tmp_path: Path
) -> None:
    def made(deployed: dict[str, Any], wanted: dict[str, Any]) -> Plan:
        return plan(wanted, tables(deployed), root=tmp_path)

    before = stage({"old": OLD}, "old")
    (refusal,) = made(before, stage({"old": change.wanted}, "old")).refusals
    assert refusal.rule == change.rule
    both = {"old": OLD, "new": change.added}
    way = [before, stage(both, "old"), stage(both, "new"), stage({"new": change.added}, "new")]
    assert sum(step.count("deploy.") for step in refusal.way_out) == len(way) - 1
    for deployed, wanted in pairwise(way):
        step = made(deployed, wanted)
        assert step.refusals == []
        assert len(step.deployments) == 1


@pytest.mark.parametrize("change", [each for each in CHANGES if each.wanted != each.added], ids=str)
def test_another_name_is_not_enough_for_another_type(change: Change) -> None:
    """The CDK makes no table of it, nor does this."""
    with pytest.raises(AssertionError, match="one type"):
        stage({"old": OLD, "new": change.wanted})
