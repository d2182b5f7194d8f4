"""Several changes of indexes come one after the other, for any two tables."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cdk.schema.plan import commands, described, plan
from cdk.schema.rules import refusals
from cdk.schema.shapes import Index, Shape, Stream, TimeToLive, tables
from cdk.schema.steps import after, deployments
from tests.cdk.schema.templates import TABLE, table, template

names = st.sampled_from("abcdef")
keys = st.sampled_from([("pk S",), ("pk S", "sk S"), ("no N",)])
indexes = st.builds(
    Index,
    keys=keys,
    carries=st.sampled_from(["KEYS_ONLY", "ALL"]),
    queried_by=st.sampled_from([(), ("things",)]),
)
shapes = st.builds(
    Shape,
    name=st.sampled_from([None, "things"]),
    keys=keys,
    indexes=st.dictionaries(names, indexes, max_size=4),
    local_indexes=st.dictionaries(names, indexes, max_size=1),
    time_to_live=st.none()
    | st.builds(TimeToLive, attribute=st.sampled_from("ab"), on=st.booleans()),
    stream=st.none()
    | st.builds(
        Stream,
        view=st.sampled_from(["KEYS_ONLY", "NEW_IMAGE"]),
        read_by=st.sampled_from([(), ("things",)]),
    ),
    recovery_days=st.sampled_from([0, 35]),
    safeguards=st.sampled_from([(), ("deletion protection",)]),
)
stacks = st.dictionaries(st.sampled_from(["A", "B", "C"]), shapes, max_size=3)
KEYS = ("pk S",)
plain_indexes = st.dictionaries(names, st.just(Index(keys=KEYS, carries="ALL")), max_size=6)
plain_stacks = st.fixed_dictionaries(
    {each: st.builds(Shape, keys=st.just(KEYS), indexes=plain_indexes) for each in "AB"}
)


# Tables whose indexes have the attributes "a" and "b", of one type each.
typed_tables = st.builds(
    lambda types, named: {
        "A": Shape(
            keys=KEYS,
            indexes={
                name: Index(keys=tuple(f"{each} {types[each]}" for each in on), carries="ALL")
                for name, on in named.items()
            },
        )
    },
    types=st.fixed_dictionaries({each: st.sampled_from("SN") for each in "ab"}),
    named=st.dictionaries(names, st.sampled_from(["a", "b", "ab"]), max_size=3),
)


def no_code(*_: str) -> list[object]:
    return []


def check_steps(deployed: dict[str, Shape], wanted: dict[str, Shape]) -> int:
    """Each is one that AWS takes, and the last one ends there; how many there are."""
    steps, now = deployments(wanted, deployed), deployed
    for step in steps:
        assert described(step) != "."
        then = after(step, wanted, deployed)
        assert refusals(then, now, no_code) == []  # type: ignore[arg-type]  # names nothing
        for name in then.keys() & now.keys():
            changed = then[name].indexes.keys() ^ now[name].indexes.keys()
            assert changed == {each.name for each in step.changes if each.table == name}
            assert len(changed) <= 1
        assert [each.changes for each in deployments(then, now)] == [step.changes]
        now = then
    assert now == wanted
    return len(steps)


@given(stacks, stacks)
def test_any_change_is_refused_or_done_in_steps(
    deployed: dict[str, Shape], wanted: dict[str, Shape]
) -> None:
    if not refusals(wanted, deployed, no_code):  # type: ignore[arg-type]  # names nothing
        check_steps(deployed, wanted)


@given(shapes, shapes)
def test_whatever_differs_is_told_though_it_is_refused(one: Shape, other: Shape) -> None:
    for field in Shape.model_fields:
        wanted = one.model_copy(update={field: getattr(other, field)})
        for step in deployments({"A": wanted}, {"A": one}):
            assert step.changes or step.others, field


@given(typed_tables, typed_tables)
def test_no_step_has_an_attribute_of_two_types(
    deployed: dict[str, Shape], wanted: dict[str, Shape]
) -> None:
    if refusals(wanted, deployed, no_code):  # type: ignore[arg-type]  # names nothing
        return
    for step in deployments(wanted, deployed):
        indexes = after(step, wanted, deployed)["A"].indexes.values()
        attributes = {key for index in indexes for key in index.keys}
        assert len(attributes) == len({key.split()[0] for key in attributes})


@given(plain_stacks, plain_stacks)
def test_indexes_come_and_go_in_as_few_steps_as_can_be(
    deployed: dict[str, Shape], wanted: dict[str, Shape]
) -> None:
    """The same where nothing is ever refused, so that there are many steps."""
    most = max(len(wanted[each].indexes.keys() ^ deployed[each].indexes.keys()) for each in "AB")
    assert check_steps(deployed, wanted) == most


@given(plain_stacks, plain_stacks)
def test_nothing_is_deleted_before_all_is_made(
    deployed: dict[str, Shape], wanted: dict[str, Shape]
) -> None:
    for name in "AB":
        kinds = [
            change.made
            for step in deployments(wanted, deployed)
            for change in step.changes
            if change.table == name
        ]
        assert kinds == sorted(kinds, reverse=True)


def test_a_replaced_index_is_told_step_by_step() -> None:
    before = template(table(indexes={"old": "a S", "older": "a S"}), Other=table(indexes={}))
    wanted = template(table(indexes={"new": "b S"}), Other=table(indexes={"x": "a S", "y": "b S"}))
    made = plan(wanted, tables(before))
    assert not made.refusals
    assert not made.is_one_step
    assert [described(each) for each in made.deployments] == [
        (
            f"With {TABLE}/old, {TABLE}/older put back into the code for now: make the index x of "
            f"Other; make the index new of {TABLE}."
        ),
        (
            f"With {TABLE}/older put back into the code for now: make the index y of Other; delete "
            f"the index old of {TABLE}."
        ),
        f"Delete the index older of {TABLE}.",
    ]
    assert [commands(each, ["shop:stage=prod"]) for each in made.deployments] == [
        [
            "npx cdk deploy -c shop:stage=prod -c shop:holdBack=Other/y",
            "shop migrate plan --accept -c shop:stage=prod -c shop:holdBack=Other/y",
        ],
        ["npx cdk deploy -c shop:stage=prod", "shop migrate plan --accept -c shop:stage=prod"],
        ["npx cdk deploy -c shop:stage=prod", "shop migrate plan --accept -c shop:stage=prod"],
    ]
    assert commands(made.deployments[0], ["shop:stage=prod"], "shop-prod") == [
        "npx cdk deploy -c shop:stage=prod -c shop:holdBack=Other/y -c shop:planned=shop-prod"
    ]
    assert commands(made.deployments[0], [], "shop-local") == [
        "shop local deploy -c shop:holdBack=Other/y"
    ]
    assert [("ACTIVE" in each) for each in made.notes] == [True]


def test_other_changes_are_one_deployment() -> None:
    made = plan(template(table(stream="KEYS_ONLY")), tables(template(table())))
    assert [described(each) for each in made.deployments] == [
        f"Change the stream of {TABLE} from none to KEYS_ONLY (read by nobody)."
    ]
    assert commands(made.deployments[0]) == ["npx cdk deploy", "shop migrate plan --accept"]


@pytest.mark.parametrize("same", [{}, {"A": Shape(keys=KEYS)}])
def test_nothing_is_to_be_done_when_nothing_differs(same: dict[str, Shape]) -> None:
    assert deployments(same, same) == []
