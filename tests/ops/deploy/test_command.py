"""``shop deploy``: its steps in order, and a clear stop at the first thing wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from rich.console import Console
from typer.testing import CliRunner

from cdk.schema.plan import Plan
from cdk.schema.rules import Refusal
from cdk.schema.steps import Deployment, IndexChange
from ops import cli
from ops.deploy import command
from ops.deploy.smoke import Check
from ops.deploy.stages import AccountStage, LocalStage
from ops.errors import OperationError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

FIRST, SECOND = (IndexChange("ProductsTable", name, made=True) for name in ("a-name", "b-name"))
GONE = IndexChange("ProductsTable", "old", made=False)


class Stage:
    """Notes what is done to it; ``fail`` is what goes wrong, and at which step."""

    stack = "shop-test"
    local = False

    def __init__(self) -> None:
        self.done: list[str] = []
        self.fail: dict[str, Exception] = {}
        self.plan = Plan({}, {}, [], [], [])
        self.checks = [Check("GET /health", "")]

    def do(self, step: str) -> None:
        self.done.append(step)
        if step in self.fail:
            raise self.fail[step]

    def settings(self) -> list[str]:
        return []

    def target(self) -> Stage:
        return self

    def dynamodb(self) -> None:
        return None

    def api_url(self) -> str:
        return "https://api.test"

    def diff(self, more: Mapping[str, str]) -> None:
        self.do(f"diff {dict(more)}")

    def deploy(self, more: Mapping[str, str]) -> None:
        self.do(f"deploy {dict(more)}")


@pytest.fixture
def stage(monkeypatch: pytest.MonkeyPatch) -> Stage:
    made = Stage()

    def noted[Result](step: str, result: Result) -> Callable[..., Result]:
        def do(*_: object, **__: object) -> Result:
            made.do(step)
            return result

        return do

    def smoke(_: str) -> Iterator[Check]:
        made.do("smoke")
        yield from made.checks

    monkeypatch.setattr(command, "console", Console(width=200, highlight=False))
    monkeypatch.setattr(command, "_stage", lambda *_: made)
    monkeypatch.setattr(command, "show_plan", lambda *_, **__: made.plan)
    monkeypatch.setattr(command, "table_names", lambda _: {})
    monkeypatch.setattr(command, "wait_until_filled", noted("wait", None))
    monkeypatch.setattr(command, "_migrate", noted("migrate", None))
    monkeypatch.setattr(command, "load_and_show_reference", noted("reference", None))
    monkeypatch.setattr(command, "smoke", smoke)
    return made


def deploy(*arguments: str) -> tuple[int, str]:
    """The exit code and what was said, as ``shop`` itself ends."""
    given = ["deploy", "--stage", "test", *(arguments or ("--yes", "shop-test"))]
    result = CliRunner().invoke(cli.app, given)
    if isinstance(result.exception, OperationError):
        return 1, f"{result.output}{result.exception}"
    return result.exit_code, result.output


AFTER = ["migrate", "reference", "smoke"]


def test_the_code_alone(stage: Stage) -> None:
    code, said = deploy()
    assert (code, stage.done) == (0, ["diff {}", "deploy {}", "wait", *AFTER])
    assert "shop-test is up to date: https://api.test" in said


def test_indexes_one_after_the_other_each_when_the_one_before_is_filled(stage: Stage) -> None:
    both = [Deployment((FIRST,), (SECOND,), ()), Deployment((SECOND,), (), ())]
    stage.plan = Plan({}, {}, [], both, [])
    code, said = deploy()
    held = {"shop:holdBack": "ProductsTable/b-name"}
    wanted = [f"diff {held}", f"deploy {held}", "wait", "deploy {}", "wait", *AFTER]
    assert (code, stage.done) == (0, wanted)
    assert "Make the index a-name of ProductsTable" in said


def test_what_the_plan_refuses_is_not_deployed(stage: Stage) -> None:
    refusal = Refusal("ProductsTable", "keys", "another key", (), possible=True)
    stage.plan = Plan({}, {}, [refusal], [], [])
    code, said = deploy()
    assert (code, stage.done) == (1, [])
    assert "nothing was deployed" in said


def test_making_and_deleting_indexes_at_once_is_left_to_two_releases(stage: Stage) -> None:
    both = [Deployment((FIRST,), (), (GONE,)), Deployment((GONE,), (), ())]
    stage.plan = Plan({}, {}, [], both, [])
    code, said = deploy()
    assert (code, stage.done) == (1, [])
    assert "Put those that are to go back into the code" in said


@pytest.mark.parametrize("typed", ["shop-prod\n", "\n", "y\n"])
def test_it_is_confirmed_by_name(stage: Stage, typed: str) -> None:
    result = CliRunner().invoke(cli.app, ["deploy", "--stage", "test"], input=typed)
    assert isinstance(result.exception, OperationError)
    assert "Nothing was deployed" in str(result.exception)
    assert stage.done == ["diff {}"]
    CliRunner().invoke(cli.app, ["deploy", "--stage", "test"], input="shop-test\n")
    assert stage.done[-1] == "smoke"


@pytest.mark.parametrize("step", ["diff {}", "deploy {}", "wait", *AFTER])
def test_it_stops_at_the_first_thing_wrong(stage: Stage, step: str) -> None:
    stage.fail[step] = OperationError("this is wrong")
    code, said = deploy()
    assert code == 1
    assert "this is wrong" in said
    assert stage.done[-1] == step
    del stage.fail[step]
    assert deploy()[0] == 0, "the same command goes on"


def test_a_check_that_fails_is_told_with_the_others(stage: Stage) -> None:
    stage.checks = [Check("GET /a", "answers 500"), Check("GET /b", ""), Check("GET /c", "is gone")]
    code, said = deploy()
    assert code == 1
    assert "✗ GET /a: answers 500" in said
    assert "✓ GET /b" in said
    assert "2 of the checks failed" in said


def test_which_stage_is_meant(monkeypatch: pytest.MonkeyPatch) -> None:
    stage = command._stage("prod", "eu-central-1", ["shop:corsOrigins=https://a.test"])
    assert isinstance(stage, AccountStage)
    assert (stage.stack, stage.local) == ("shop-prod", False)
    assert stage.settings() == ["shop:stage=prod", "shop:corsOrigins=https://a.test"]
    for wrong in (["shop:stage=dev"], ["shop:corsOrigins"], ["=x"]):
        with pytest.raises(OperationError):
            command._stage("prod", None, wrong)
    with pytest.raises(OperationError, match="not running"):
        LocalStage({}, Console())


def test_an_account_is_deployed_to_by_the_cdk_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    ran: list[tuple[list[str], dict[str, str]]] = []

    def show(arguments: list[str], *, env: dict[str, str], **_: object) -> None:
        ran.append((arguments[2:], env))

    monkeypatch.setattr("ops.processes.show", show)
    monkeypatch.setenv("AWS_PROFILE", "the-person's")
    stage = AccountStage("prod", "eu-central-1", {"shop:corsOrigins": "*"})
    stage.diff({})
    stage.deploy({"shop:holdBack": "ProductsTable/b-name"})
    context = ["--context=shop:stage=prod", "--context=shop:corsOrigins=*"]
    planned = "--context=shop:planned=shop-prod"
    assert [arguments for arguments, _ in ran] == [
        ["diff", *context, planned],
        ["deploy", "--require-approval", "never", *context,
         "--context=shop:holdBack=ProductsTable/b-name", planned],
    ]  # fmt: skip
    assert all(env["AWS_PROFILE"] == "the-person's" for _, env in ran)
    assert all(env["AWS_REGION"] == "eu-central-1" for _, env in ran)
