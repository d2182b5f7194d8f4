"""``shop migrate plan``: what it says, what it writes, and how it ends."""

from __future__ import annotations

import json

import pytest

from cdk.schema.plan import BASELINE
from cdk.schema.shapes import as_json, from_json, tables
from tests.cdk.schema.templates import TABLE, doctored, function, on, table, template
from tests.ops.migrate.planning import ONE, THREE, TWO, Command, Stack


def test_nothing_to_do(command: Command) -> None:
    result = command()
    assert result.exit_code == 0
    assert "nothing to do" in result.output
    assert command("--check").exit_code == 0


def test_one_deployment(command: Command) -> None:
    command.wanted(TWO)
    result = command()
    assert result.exit_code == 0
    assert "One deployment does it" in result.output
    assert f"1. Make the index b-b of {TABLE}." in result.output
    assert "npx cdk deploy\n" in result.output
    assert "ACTIVE" in result.output


def test_several_deployments_are_told_in_order(command: Command) -> None:
    command.wanted(THREE)
    result = command("-c", "shop:stage=prod")
    assert result.exit_code == 1
    first = result.output.index(f"npx cdk deploy -c shop:stage=prod -c shop:holdBack={TABLE}/c-c\n")
    second = result.output.index("npx cdk deploy -c shop:stage=prod\n")
    assert first < second


def test_a_refusal_is_told_with_its_way_out(command: Command) -> None:
    command.wanted(template(table("id S", indexes={"a-a": "kind S"})))
    result = command()
    assert result.exit_code == 1
    assert f"✗ {TABLE}: its keys change from pk S, sk S to id S" in result.output
    assert "    1. Put the keys back: pk S, sk S." in result.output
    assert "cannot be deployed" in result.output
    assert "npx cdk deploy" not in result.output


def test_a_refusal_though_the_tables_are_as_they_are_deployed(command: Command) -> None:
    command.wanted(template(table(indexes={"a-a": "kind S"}), **function("x", *on(TABLE, "b-b"))))
    result = command()
    assert result.exit_code == 1
    assert "cannot be deployed" in result.output
    assert "nothing to do" not in result.output


def test_check_fails_at_any_difference_and_says_what_to_do(command: Command) -> None:
    command.wanted(TWO)
    result = command("--check")
    assert result.exit_code == 1
    assert "shop migrate plan --accept" in result.output
    granted = template(table(indexes={"a-a": "kind S"}), **function("things", *on(TABLE, "a-a")))
    command.wanted(granted)
    assert command("--check").exit_code == 1  # who queries matters for the next step
    assert command().exit_code == 0


def test_check_offers_to_accept_only_what_would_be(command: Command) -> None:
    command.wanted(THREE)
    assert "--accept, each of those above in turn; make deploy" in command("--check").output
    for of in (template(), template(table(indexes={"a-a": "kind N"}))):
        command.wanted(of)
        result = command("--check")
        assert result.exit_code == 1
        assert "cdk/tables.json is not what the code says.\n" in result.output
        assert "If this is how it is to be" not in result.output


def test_accepting_writes_what_is_one_step_and_nothing_else(command: Command) -> None:
    before = command.baseline.read_text()
    command.wanted(THREE)
    assert command("--accept").exit_code == 1
    assert command.baseline.read_text() == before
    command.wanted(TWO)
    result = command("--accept")
    assert result.exit_code == 0
    assert "Commit it" in result.output
    assert command.baseline.read_text() == as_json(tables(TWO))
    command.wanted(THREE)
    assert command("--accept").exit_code == 0
    assert command("--check").exit_code == 0


def test_what_is_refused_can_be_accepted_on_purpose(command: Command) -> None:
    command.wanted(template())
    before = command.baseline.read_text()
    assert command("--accept").exit_code == 1
    assert command.baseline.read_text() == before
    assert command("--on-purpose", TABLE).exit_code == 0
    assert command.baseline.read_text() == before
    accepted = command("--accept", "--on-purpose", TABLE)
    assert accepted.exit_code == 0
    assert f'make deploy STAGE=... ARGS="--on-purpose {TABLE}"' in accepted.output
    assert from_json(command.baseline.read_text()) == {}


def test_the_way_out_of_what_can_be_had_on_purpose_is_the_command_that_takes_it(
    command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of a stack nothing can be accepted: it is deployed on purpose."""
    Stack(monkeypatch, ONE, "shop-prod")
    command.wanted(template())
    said = f"Then say so: {{}} --on-purpose {TABLE}\n"
    setting = ["-c", "shop:tokenKeys=2"]
    assert said.format("shop migrate plan --accept -c shop:tokenKeys=2") in command(*setting).output
    asked = ["--stack", "shop-prod", "--region", "eu-west-3"]
    deploy = "shop deploy --stage prod --region eu-west-3 -c shop:tokenKeys=2"
    assert said.format(deploy) in command.of_stack(*asked, *setting).output
    given = command.of_stack(*asked, *setting, "-c", "shop:stage=prod")
    assert said.format(deploy) in given.output
    again = command.of_stack("--stack", "shop-prod", "--on-purpose", TABLE)
    assert again.exit_code == 0
    assert "--accept" not in again.output


def test_what_is_not_possible_cannot_be_had_on_purpose(command: Command) -> None:
    command.wanted(template(table(indexes={"a-a": "kind N"})))
    before = command.baseline.read_text()
    result = command("--accept", "--on-purpose", TABLE)
    assert result.exit_code == 2
    assert f"nothing to do to {TABLE} on purpose; there is to: none" in result.output
    assert command.baseline.read_text() == before


def test_a_purpose_must_be_one_of_those_that_are_refused(command: Command) -> None:
    command.wanted(template())
    result = command("--on-purpose", "ThingTable")
    assert result.exit_code == 2
    assert f"there is to: {TABLE}." in result.output
    command.wanted(ONE)
    assert command("--on-purpose", TABLE).exit_code == 0  # done in an earlier run


def test_the_plan_as_json(command: Command) -> None:
    command.wanted(THREE)
    assert command("--json", str(command.report)).exit_code == 1
    told = json.loads(command.report.read_text())
    assert told["refusals"] == []
    assert not told["oneStep"]
    assert told["deployments"] == [
        {
            "makes": [f"{TABLE}/b-b"],
            "deletes": [],
            "holdBack": [f"{TABLE}/c-c"],
            "keep": [],
            "others": [],
            "commands": [
                f"npx cdk deploy -c shop:holdBack={TABLE}/c-c",
                f"shop migrate plan --accept -c shop:holdBack={TABLE}/c-c",
            ],
        },
        {
            "makes": [f"{TABLE}/c-c"],
            "deletes": [],
            "holdBack": [],
            "keep": [],
            "others": [],
            "commands": ["npx cdk deploy", "shop migrate plan --accept"],
        },
    ]
    command.wanted(doctored(ONE, f"Resources/{TABLE}/DeletionPolicy", None))
    assert command("--json", str(command.report)).exit_code == 1
    (refusal,) = json.loads(command.report.read_text())["refusals"]
    assert refusal["rule"] == "safeguards"
    assert refusal["table"] == TABLE
    assert refusal["onPurpose"] is True
    assert len(refusal["wayOut"]) == 2


@pytest.mark.parametrize(
    ("text", "words"),
    [("{", "cannot be read"), ("[]", "has no Resources"), ('{"Resources": 3}', "has no Resources")],
)
def test_without_a_template_it_cannot_tell(command: Command, text: str, words: str) -> None:
    command.template.write_text(text)
    result = command()
    assert result.exit_code == 2
    assert words in result.output


def test_without_a_baseline_it_cannot_tell(command: Command) -> None:
    command.baseline.unlink()
    result = command()
    assert result.exit_code == 2
    assert "cannot be read" in result.output


def test_a_table_that_it_cannot_plan_for_is_an_error(command: Command) -> None:
    command.wanted(template(Other={"Type": "AWS::DynamoDB::Table", "Properties": {}}))
    assert command().exit_code == 2


def test_the_committed_baseline_is_what_it_holds_against(
    command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert BASELINE.name == "tables.json"
    monkeypatch.setattr("cdk.schema.plan.BASELINE", command.baseline)
    assert command.of_stack().exit_code == 0
    command.wanted(TWO)
    assert command.of_stack("--accept").exit_code == 0
    assert command.baseline.read_text() == as_json(tables(TWO))
