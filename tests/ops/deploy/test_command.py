"""``shop deploy``: its steps in order, and a clear stop at the first thing wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from rich.console import Console
from typer.testing import CliRunner

from cdk.schema.plan import Plan
from cdk.schema.refusal import Refusal
from cdk.schema.steps import Deployment, IndexChange
from ops import cli
from ops.deploy import command
from ops.deploy.smoke import Check
from ops.deploy.stages import AccountStage, LocalStage
from ops.errors import OperationError
from ops.migrate.apply import Manner, Migrations
from ops.migrate.command import DEFAULT_FOLDER

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

FIRST, SECOND = (IndexChange("ProductsTable", name, made=True) for name in ("a-name", "b-name"))
GONE = IndexChange("ProductsTable", "old", made=False)


MIGRATE = command._migrate


class Stage:
    """Notes what is done to it; ``fail`` is what goes wrong, and at which step."""

    stack = "shop-test"
    local = False

    def __init__(self) -> None:
        self.done: list[str] = []
        self.fail: dict[str, Exception] = {}
        self.plan = Plan({}, {}, [], [], [])
        self.checks = [Check("GET /health", "")]
        self.commands: list[str] = []

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

    def show_plan(given: str, *_: object, **__: object) -> Plan:
        made.commands.append(given)
        return made.plan

    def smoke(_: str) -> Iterator[Check]:
        made.do("smoke")
        yield from made.checks

    monkeypatch.setattr(command, "console", Console(width=200, highlight=False))
    monkeypatch.setattr(command, "_stage", lambda *_: made)
    monkeypatch.setattr(command, "show_plan", show_plan)
    monkeypatch.setattr(command, "require_good_files", noted("look at files", None))
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


FIRST_OF_ALL = "look at files"
AFTER = ["migrate", "reference", "smoke"]


def test_the_code_alone(stage: Stage) -> None:
    code, said = deploy()
    assert (code, stage.done) == (0, [FIRST_OF_ALL, "diff {}", "deploy {}", "wait", *AFTER])
    assert "shop-test is up to date: https://api.test" in said


def test_indexes_one_after_the_other_each_when_the_one_before_is_filled(stage: Stage) -> None:
    both = [Deployment((FIRST,), (SECOND,), ()), Deployment((SECOND,), (), ())]
    stage.plan = Plan({}, {}, [], both, [])
    code, said = deploy()
    held = {"shop:holdBack": "ProductsTable/b-name"}
    wanted = [FIRST_OF_ALL, f"diff {held}", f"deploy {held}", "wait", "deploy {}", "wait", *AFTER]
    assert (code, stage.done) == (0, wanted)
    assert "Make the index a-name of ProductsTable" in said


def test_what_the_plan_refuses_is_not_deployed(stage: Stage) -> None:
    way_out = ("Put it back.", "Or then: shop deploy --stage test --on-purpose ProductsTable")
    refusal = Refusal("ProductsTable", "keys", "another key", way_out, possible=True)
    stage.plan = Plan({}, {}, [refusal], [], [])
    code, said = deploy()
    assert (code, stage.done) == (1, [])
    assert "nothing was deployed" in said
    assert '(--on-purpose with make: ARGS="... --on-purpose ProductsTable")' in said
    stage.plan = Plan({}, {}, [refusal._replace(way_out=way_out[:1])], [], [])
    assert "with make" not in deploy()[1]


def test_the_way_out_names_this_very_command(stage: Stage) -> None:
    given = ["--region", "eu-west-1", "-c", "shop:corsOrigins=*", "--on-purpose", "Other"]
    deploy("--yes", "shop-test", *given)
    assert stage.commands == ["shop deploy --stage test --region eu-west-1 -c shop:corsOrigins=*"]


@pytest.mark.parametrize("first", [FIRST, GONE])
def test_an_index_that_must_not_go_yet_is_left_to_another_release(
    stage: Stage, first: IndexChange
) -> None:
    later = IndexChange("ProductsTable", "older", made=False)
    both = [Deployment((first,), (), (later,)), Deployment((later,), (), ())]
    stage.plan = Plan({}, {}, [], both, [])
    code, said = deploy()
    assert (code, stage.done) == (1, [])
    assert "ProductsTable/older would go too early; nothing was deployed" in said


@pytest.mark.parametrize("typed", ["shop-prod\n", "\n", "y\n"])
def test_it_is_confirmed_by_name(stage: Stage, typed: str) -> None:
    result = CliRunner().invoke(cli.app, ["deploy", "--stage", "test"], input=typed)
    assert isinstance(result.exception, OperationError)
    assert "Nothing was deployed" in str(result.exception)
    assert stage.done == [FIRST_OF_ALL, "diff {}"]
    CliRunner().invoke(cli.app, ["deploy", "--stage", "test"], input="shop-test\n")
    assert stage.done[-1] == "smoke"


@pytest.mark.parametrize("step", [FIRST_OF_ALL, "diff {}", "deploy {}", "wait", *AFTER])
def test_it_stops_at_the_first_thing_wrong(stage: Stage, step: str) -> None:
    stage.fail[step] = OperationError("this is wrong")
    code, said = deploy()
    assert code == 1
    assert "this is wrong" in said
    assert stage.done[-1] == step
    del stage.fail[step]
    assert deploy()[0] == 0, "the same command goes on"


@pytest.mark.parametrize("given", [[], ["--take-over"], ["--units", "50"]])
def test_how_items_are_migrated_is_passed_on(
    stage: Stage, given: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    manners: list[Manner] = []

    def up(_: object, __: object, manner: Manner) -> list[object]:
        manners.append(manner)
        return []

    monkeypatch.setattr(Migrations, "__init__", lambda *_: None)
    monkeypatch.setattr(Migrations, "up", up)
    monkeypatch.setattr(command, "_migrate", MIGRATE)
    assert deploy("--yes", "shop-test", *given)[0] == 0
    units = 50 if "--units" in given else None
    take_over = "--take-over" in given
    assert manners == [Manner(units, take_over=take_over, folder=DEFAULT_FOLDER)]


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
