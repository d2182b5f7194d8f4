"""The committed tables are those of the code, and all of them are guarded."""

import json
from typing import Any

import pytest

from cdk.schema.plan import plan, read_baseline
from cdk.schema.refusal import ACCEPT
from cdk.schema.shapes import tables
from cdk.settings import PREFIX
from ops.paths import ROOT
from tests.cdk.conftest import synthesize
from tests.cdk.schema.templates import KIND

_HOLD_BACK = f"{PREFIX}holdBack"


@pytest.fixture
def deployable(template: dict[str, Any]) -> dict[str, Any]:
    """With what is held back in cdk.json, while several deployments are under way."""
    context = json.loads((ROOT / "cdk.json").read_text())["context"]
    return synthesize(holdBack=context[_HOLD_BACK]) if _HOLD_BACK in context else template


def test_the_committed_tables_are_those_of_the_code(deployable: dict[str, Any]) -> None:
    """What differs is told by: shop migrate plan."""
    assert tables(deployable) == read_baseline(), f"look at it, and if it is meant: {ACCEPT}"


def test_every_table_of_the_stack_is_in_the_baseline(template: dict[str, Any]) -> None:
    found = {name for name, each in template["Resources"].items() if each["Type"] == KIND}
    assert found == read_baseline().keys()
    assert len(found) >= 4


def test_the_stack_is_one_step_from_itself(template: dict[str, Any]) -> None:
    made = plan(template, tables(template))
    assert made.is_one_step
    assert made.deployments == []
    for shape in tables(template).values():
        assert shape.recovery_days == 35
        assert len(shape.safeguards) == 3
        assert all(index.queried_by for index in shape.indexes.values())
