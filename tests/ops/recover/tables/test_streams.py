"""The template without a table's stream: what reads it goes, and nothing else."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from ops.errors import OperationError
from ops.recover.tables.streams import mappings_of, without_stream
from tests.ops.recover.tables.support import LOGICAL, STREAM, stack_template


def test_what_reads_the_stream_goes_and_nothing_else() -> None:
    template = stack_template()
    before = copy.deepcopy(template)
    reduced = without_stream(template, LOGICAL)
    assert template == before
    assert mappings_of(template, LOGICAL) == ["Reader"]
    expected: Any = copy.deepcopy(before)
    del expected["Resources"]["Reader"]
    del expected["Resources"][LOGICAL]["Properties"]["StreamSpecification"]
    del expected["Resources"]["Policy"]["Properties"]["PolicyDocument"]["Statement"][0]
    assert reduced == expected
    assert mappings_of(reduced, LOGICAL) == []


@pytest.mark.parametrize("depends", ["Reader", ["Reader"], ["Policy", "Reader"]])
def test_nothing_waits_for_what_is_gone(depends: Any) -> None:
    template = stack_template()
    template["Resources"]["F"]["DependsOn"] = depends
    left = without_stream(template, LOGICAL)["Resources"]["F"].get("DependsOn")
    assert left == (["Policy"] if "Policy" in depends else None)


@pytest.mark.parametrize("value", [STREAM, {"Ref": "Reader"}, [{"deep": STREAM}]])
def test_another_use_of_the_stream_stops_it(value: Any) -> None:
    template = stack_template()
    template["Resources"]["F"]["Properties"] = {"Other": value}
    with pytest.raises(OperationError, match="in a way that this does not know"):
        without_stream(template, LOGICAL)


def test_a_policy_that_would_be_left_empty_stops_it() -> None:
    template = stack_template()
    del template["Resources"]["Policy"]["Properties"]["PolicyDocument"]["Statement"][1]
    with pytest.raises(OperationError, match="in a way that this does not know"):
        without_stream(template, LOGICAL)
