"""Tables as they are read from a template and from a baseline."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from cdk.schema.plan import read_baseline
from cdk.schema.shapes import SchemaError, as_json, from_json, tables
from cdk.schema.uses import Uses
from cdk.schema.values import as_text
from tests.cdk.schema.templates import TABLE, doctored, function, on, reader, table, template

if TYPE_CHECKING:
    from pathlib import Path

WHOLE = template(
    table(
        indexes={"by-name": "kind S, name N; INCLUDE b a", "by-kind": "kind S"},
        local_indexes={"by-time": "pk S, at B; ALL"},
        ttl={"AttributeName": "expiresAt", "Enabled": True},
        stream="NEW_IMAGE",
        name="things",
    ),
    **function("things", *on(TABLE, "by-name")),
    **reader("things", TABLE),
)
WRITTEN = {
    TABLE: {
        "name": "things",
        "keys": ["pk S", "sk S"],
        "indexes": {
            "by-kind": {"keys": ["kind S"], "carries": "KEYS_ONLY", "queriedBy": []},
            "by-name": {
                "keys": ["kind S", "name N"],
                "carries": "INCLUDE a, b",
                "queriedBy": ["things"],
            },
        },
        "localIndexes": {
            "by-time": {"keys": ["pk S", "at B"], "carries": "ALL", "queriedBy": []}
        },
        "timeToLive": {"attribute": "expiresAt", "on": True},
        "stream": {"view": "NEW_IMAGE", "readBy": ["things"]},
        "recoveryDays": 35,
        "safeguards": [
            "deletion protection", "DeletionPolicy Retain", "UpdateReplacePolicy Retain"
        ],
    }
}  # fmt: skip


def test_all_that_matters_of_a_table_is_read_and_written() -> None:
    assert json.loads(as_json(tables(WHOLE))) == WRITTEN


def test_what_was_written_is_read_again() -> None:
    text = as_json(tables(WHOLE))
    assert from_json(text) == tables(WHOLE)
    assert as_json(from_json(text)) == text
    assert text.endswith("}\n")


def test_a_template_may_stand_for_a_baseline() -> None:
    assert from_json(json.dumps(WHOLE)) == tables(WHOLE)


def test_tables_and_indexes_are_in_order_whatever_the_template_has() -> None:
    there = template(table(indexes={"b": "b S", "a": "a S"}), Aaa=table(), Zzz=table())
    back = {"Resources": dict(reversed(there["Resources"].items()))}
    assert as_json(tables(there)) == as_json(tables(back))
    assert list(json.loads(as_json(tables(there)))) == ["Aaa", TABLE, "Zzz"]
    assert list(json.loads(as_json(tables(there)))[TABLE]["indexes"]) == ["a", "b"]


def test_a_table_of_another_kind_is_an_error_and_not_overlooked() -> None:
    other = {"Type": "AWS::DynamoDB::Table", "Properties": {}}
    with pytest.raises(SchemaError, match=r"OthersTable is an AWS::DynamoDB::Table, of which no"):
        tables(template(table(), OthersTable=other))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "no JSON",
        "[]",
        '{"ThingsTable": []}',
        '{"ThingsTable": {"keys": "pk"}}',
        '{"ThingsTable": {"keys": ["pk S"], "index": {}}}',
        '{"ThingsTable": {"keys": ["pk S"], "recovery_days": 35}}',
        '{"ThingsTable": {"keys": ["pk S"], "indexes": {"a": {"keys": ["a S"]}}}}',
        '{"Resources": []}',
        '{"Resources": {"T": {"Type": "AWS::DynamoDB::GlobalTable"}}}',
        '{"Resources": {"T": {"Type": "AWS::DynamoDB::Table", "Properties": {}}}}',
    ],
)
def test_what_is_no_baseline_is_an_error_that_names_the_file(text: str, tmp_path: Path) -> None:
    path = tmp_path / "tables.json"
    path.write_text(text)
    with pytest.raises(SchemaError, match=str(path)):
        read_baseline(path)


def test_a_baseline_that_cannot_be_read_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(SchemaError, match="cannot be read"):
        read_baseline(tmp_path / "none.json")
    (tmp_path / "bytes.json").write_bytes(b"\xff")
    with pytest.raises(SchemaError, match="cannot be read"):
        read_baseline(tmp_path / "bytes.json")


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("plain", "plain"),
        ({"Ref": "Things"}, "${Things}"),
        ({"Fn::GetAtt": ["Things", "Arn"]}, "${Things.Arn}"),
        ({"Fn::Join": ["-", ["a", {"Ref": "B"}]]}, "a-${B}"),
        ({"Fn::Sub": "${Things.Arn}/index/x"}, "${Things.Arn}/index/x"),
        ({"Fn::Sub": ["${A}", {"A": "b"}]}, "${A}"),
        ({"Fn::ImportValue": "x"}, '{"Fn::ImportValue": "x"}'),
    ],
)
def test_values_that_are_yet_to_be_put_together(value: object, text: str) -> None:
    assert as_text(value) == text


ARN = {"Fn::GetAtt": [TABLE, "Arn"]}


@pytest.mark.parametrize(
    "resource",
    [
        {"Fn::Join": ["", [ARN, "/index/by-kind"]]},
        {"Fn::Sub": f"${{{TABLE}.Arn}}/index/by-kind"},
        {"Fn::Join": ["", ["arn:aws:dynamodb:*:*:table/", {"Ref": TABLE}, "/index/by-kind"]]},
        {"Fn::Join": ["", [ARN, "/index/by-*"]]},
        {"Fn::Join": ["", [ARN, "/*"]]},
    ],
)  # fmt: skip
def test_a_grant_on_an_index_is_seen_however_its_arn_is_written(resource: dict[str, Any]) -> None:
    uses = Uses(template(table(indexes={"by-kind": "kind S"}), **function("things", resource)))
    assert uses.queried_by(TABLE, "by-kind") == ("things",)
    assert uses.queried_by("Other" + TABLE, "by-kind") == ()
    assert uses.users_of(TABLE) == ("things",)


@pytest.mark.parametrize(
    "resource",
    [ARN, {"Fn::Join": ["", [ARN, "/export/*"]]}, {"Fn::GetAtt": [TABLE, "StreamArn"]}, "*"],
)
def test_a_grant_on_something_else_is_none_on_an_index(resource: object) -> None:
    uses = Uses(template(table(indexes={"by-kind": "kind S"}), **function("things", resource)))
    assert uses.queried_by(TABLE, "by-kind") == ()


def test_statements_that_deny_grant_nothing() -> None:
    of = template(table(), **function("things", *on(TABLE, "by-kind")))
    statement = of["Resources"]["ThingsPolicy"]["Properties"]["PolicyDocument"]["Statement"][0]
    statement["Effect"] = "Deny"
    assert Uses(of).grants == []


def test_policies_inside_a_role_count_too_and_a_role_without_function_is_itself() -> None:
    of = template(table(), **function("things"))
    policy = of["Resources"].pop("ThingsPolicy")["Properties"]["PolicyDocument"]
    policy["Statement"] = {"Effect": "Allow", "Action": "*", "Resource": on(TABLE, "by-kind")[1]}
    of["Resources"]["ThingsRole"]["Properties"]["Policies"] = [{"PolicyDocument": policy}]
    assert Uses(of).queried_by(TABLE, "by-kind") == ("things",)
    del of["Resources"]["ThingsFunction"]
    assert Uses(of).queried_by(TABLE, "by-kind") == ("ThingsRole",)


def test_readers_of_another_stream_are_none_of_this_one() -> None:
    of = template(table(stream="KEYS_ONLY"), **function("things"), **reader("things", "OtherTable"))
    assert Uses(of).read_by(TABLE) == ()
    assert Uses(of).read_by("OtherTable") == ("things",)


def test_a_table_of_several_regions_is_as_safe_as_the_least_of_them() -> None:
    whole = table()["Properties"]["Replicas"]
    bare = [{"Region": "eu-west-1"}]
    (shape,) = tables(template(doctored(table(), "Properties/Replicas", whole + bare))).values()
    assert shape.recovery_days == 0
    assert "deletion protection" not in shape.safeguards
