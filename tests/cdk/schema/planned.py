"""A plan from one template to another."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cdk.schema.plan import plan
from cdk.schema.shapes import tables
from tests.cdk.schema.templates import TABLE

if TYPE_CHECKING:
    from pathlib import Path

    from cdk.schema.plan import Plan
    from cdk.schema.refusal import Refusal


def step(deployed: dict[str, Any], wanted: dict[str, Any], tmp_path: Path) -> Plan:
    """The plan from one template to another, with the sources that are in ``tmp_path``."""
    return plan(wanted, tables(deployed), root=tmp_path)


def refused(deployed: dict[str, Any], wanted: dict[str, Any], tmp_path: Path) -> Refusal:
    (refusal,) = step(deployed, wanted, tmp_path).refusals
    assert refusal.table == TABLE
    assert str(refusal).startswith(f"{TABLE}: ")
    assert refusal.way_out
    return refusal
