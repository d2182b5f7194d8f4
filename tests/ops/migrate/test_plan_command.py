"""``shop migrate plan``: what it says, what it writes, and how it ends."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
import typer
from botocore.exceptions import ClientError
from typer.testing import CliRunner

from cdk.schema.plan import BASELINE
from cdk.schema.shapes import as_json, from_json, tables
from ops.errors import OperationError
from ops.migrate import plan_command
from ops.migrate import tables as sides
from ops.target import Target, local_session
from tests.cdk.schema.templates import TABLE, doctored, function, on, table, template

if TYPE_CHECKING:
    from pathlib import Path

    from typer.testing import Result

app = typer.Typer()
app.command()(plan_command.plan)

ONE, TWO, THREE = (
    template(table(indexes=dict.fromkeys(names, "kind S")))
    for names in (["a-a"], ["a-a", "b-b"], ["a-a", "b-b", "c-c"])
)


class Command:
    """The command against a baseline and a template of a test's own."""

    def __init__(self, folder: Path) -> None:
        self.baseline = folder / "tables.json"
        self.template = folder / "template.json"
        self.report = folder / "plan.json"

    def deployed(self, of: dict[str, Any]) -> None:
        self.baseline.write_text(as_json(tables(of)))

    def wanted(self, of: dict[str, Any]) -> None:
        self.template.write_text(json.dumps(of))

    def __call__(self, *arguments: str) -> Result:
        return self.of_stack("--baseline", str(self.baseline), *arguments)

    def of_stack(self, *arguments: str) -> Result:
        result = CliRunner().invoke(app, ["--template", str(self.template), *arguments])
        assert result.exception is None or isinstance(result.exception, SystemExit)
        return result


@pytest.fixture
def command(tmp_path: Path) -> Command:
    made = Command(tmp_path)
    made.deployed(ONE)
    made.wanted(ONE)
    return made


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


class Stack:
    """CloudFormation with one stack, as the command finds it. (moto has none of it here.)"""

    def __init__(self, patch: pytest.MonkeyPatch, deployed: dict[str, Any], name: str) -> None:
        self.asked: list[tuple[str | None, str | None]] = []
        self._deployed, self._name = deployed, name

        def found(stack: str | None, region: str | None) -> Target:
            self.asked.append((stack, region))
            return Target(stack or name, local_session(), None if stack else "http://localhost")

        patch.setattr(plan_command, "find_target", found)
        patch.setattr(Target, "cloudformation", lambda _: self)

    def get_template(self, **asked: str) -> dict[str, Any]:
        assert asked["TemplateStage"] == "Original"
        if asked["StackName"] != self._name:
            message = f"Stack with id {asked['StackName']} does not exist"
            raise ClientError(
                {"Error": {"Code": "ValidationError", "Message": message}}, "GetTemplate"
            )
        return {"TemplateBody": json.dumps(self._deployed)}


def test_against_what_a_stack_has(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    stack = Stack(monkeypatch, ONE, "shop-prod")
    command.wanted(TWO)
    told = command.of_stack("--stack", "shop-prod").output
    assert "Make the index b-b" in told
    assert "npx cdk deploy -c shop:stage=prod -c shop:planned=shop-prod\n" in told
    assert "--accept" not in told  # that is for the baseline
    checked = command.of_stack("--stack", "shop-prod", "--check").output
    assert "✗ shop-prod is not what the code says.\n" in checked
    told = command.of_stack("--stack", "shop-prod", "-c", "shop:tokenKeys=2").output
    assert "deploy -c shop:stage=prod -c shop:tokenKeys=2 -c shop:planned=shop-prod\n" in told
    told = command.of_stack("--stack", "shop-prod", "-c", "shop:stage=test").output
    assert "npx cdk deploy -c shop:stage=test -c shop:planned=shop-prod\n" in told
    command.wanted(THREE)
    assert command.of_stack("--stack", "shop-prod", "--region", "eu-west-3").exit_code == 1
    assert stack.asked[-1] == ("shop-prod", "eu-west-3")
    assert {region for _, region in stack.asked[:-1]} == {None}


def test_a_stack_that_is_not_there_yet_takes_everything(
    command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    Stack(monkeypatch, ONE, "shop-prod")
    result = command.of_stack("--stack", "shop-new")
    assert result.exit_code == 0
    assert "no such stack yet" in result.output
    command.wanted(template(table(), **function("things", *on(TABLE, "a-a"))))
    wrong = command.of_stack("--stack", "shop-new")
    assert wrong.exit_code == 1
    assert "an index a-a, which the table does not have" in wrong.output


def test_what_aws_does_not_tell_is_not_taken_for_an_answer(
    command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    Stack(monkeypatch, ONE, "shop-prod")
    denied = ClientError({"Error": {"Code": "AccessDenied", "Message": "no"}}, "GetTemplate")

    def refuse(_: Target) -> None:
        raise denied

    monkeypatch.setattr(sides, "stack_template", refuse)
    result = command.of_stack("--stack", "shop-prod")
    assert result.exit_code == 2
    assert "AccessDenied" in result.output


def test_names_in_the_emulator_say_nothing(
    command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Stacks that were made before tables were named there are as good as later ones."""
    stack = Stack(monkeypatch, template(table()), "shop-local")
    command.wanted(template(table(name=f"shop-local-{TABLE}-2A4BFD588F3CD")))
    assert command.of_stack("--stack", "shop-local").exit_code == 0
    assert stack.asked == [(None, None)]
    Stack(monkeypatch, template(table()), "shop-prod")
    assert command.of_stack("--stack", "shop-prod").exit_code == 1


def test_a_stack_has_no_baseline(command: Command) -> None:
    for also in (["--accept"], ["--baseline", str(command.baseline)]):
        result = command.of_stack("--stack", "shop-prod", *also)
        assert result.exit_code == 2
        assert "neither --baseline nor --accept" in result.output


def test_a_setting_that_is_none_is_told_before_anything_is_made() -> None:
    with pytest.raises(OperationError, match="A setting is written like"):
        sides.synthesized(["shop:holdBack"], local=False)


def test_the_plan_is_shown_to_other_commands_too(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """shop deploy shows it and goes by it."""
    stack = Stack(monkeypatch, template(table()), "shop-local")
    asked = []

    def synthesized(settings: list[str], *, local: bool) -> dict[str, Any]:
        asked.append((settings, local))
        return template(table(indexes={"a-a": "kind S"}, name="things"))

    monkeypatch.setattr(plan_command, "synthesized", synthesized)

    find_target = vars(plan_command)["find_target"]

    def target() -> Target:
        found: Target = find_target(None, None)
        return found

    made = plan_command.show_plan("shop deploy", target, ["shop:a=b"], ["Other"], local=True)
    assert [change.name for each in made.deployments for change in each.changes] == ["a-a"]
    assert asked == [(["shop:a=b"], True)]
    assert stack.asked == [(None, None)]
    said = capsys.readouterr().out
    assert "Make the index a-a" in said
    assert "npx" not in said  # it does that by itself
    monkeypatch.setattr(plan_command, "synthesized", lambda *_, **__: template())
    made = plan_command.show_plan("shop deploy --stage x", target, [], [], local=True)
    assert made.refusals
    assert f"Then say so: shop deploy --stage x --on-purpose {TABLE}\n" in capsys.readouterr().out


@pytest.mark.slow
def test_the_template_of_the_code_is_taken_though_it_is_refused() -> None:
    """An index that is deployed and queried would go."""
    made = sides.synthesized(["shop:holdBack=ProductsTable/category-price"], local=False)
    assert "category-price" not in tables(made)["ProductsTable"].indexes
    assert "category-newest" in tables(made)["ProductsTable"].indexes


@pytest.mark.slow
def test_code_that_makes_no_template_is_told_why() -> None:
    with pytest.raises(OperationError, match=r"Nothing was synthesized: setting shop:stage cannot"):
        sides.synthesized(["shop:stage=Not a stage"], local=False)
