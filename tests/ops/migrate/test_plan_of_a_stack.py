"""``shop migrate plan`` against what a stack has, and from the code itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

from cdk.schema.shapes import tables
from ops.errors import OperationError
from ops.migrate import plan_command
from ops.migrate import tables as sides
from tests.cdk.schema.templates import TABLE, function, on, table, template
from tests.ops.migrate.planning import ONE, THREE, TWO, Command, Stack

if TYPE_CHECKING:
    from ops.target import Target


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
