"""The functions and their logs."""

import platform
from typing import Any

import pytest
from aws_cdk import aws_lambda as lambda_

from cdk import function
from cdk.settings import Settings
from shop import dynamo
from tests.cdk.conftest import only, resources, synthesize


@pytest.fixture
def functions(template: dict[str, Any]) -> list[dict[str, Any]]:
    return [each["Properties"] for each in resources(template, "AWS::Lambda::Function").values()]


def test_functions_run_python_313_on_arm64(functions: list[dict[str, Any]]) -> None:
    for each in functions:
        assert each["Runtime"] == "python3.13"
        assert each["Architectures"] == ["arm64"]


@pytest.mark.parametrize(
    ("machine", "expected"),
    [
        ("x86_64", lambda_.Architecture.X86_64),
        ("AMD64", lambda_.Architecture.X86_64),
        ("aarch64", lambda_.Architecture.ARM_64),
        ("arm64", lambda_.Architecture.ARM_64),
    ],
)
def test_locally_they_run_on_the_machine_that_is_there(
    monkeypatch: pytest.MonkeyPatch, machine: str, expected: lambda_.Architecture
) -> None:
    monkeypatch.setattr(platform, "machine", lambda: machine)
    assert function.architecture(Settings(stage="local")).name == expected.name
    assert function.architecture(Settings(stage="prod")).name == "arm64"


def test_every_function_has_the_shared_layer(
    template: dict[str, Any], functions: list[dict[str, Any]]
) -> None:
    (layer,) = resources(template, "AWS::Lambda::LayerVersion")
    for each in functions:
        assert each["Layers"] == [{"Ref": layer}]


def test_the_layer_is_for_the_architecture_of_the_functions(template: dict[str, Any]) -> None:
    layer = only(template, "AWS::Lambda::LayerVersion")
    assert layer["CompatibleArchitectures"] == ["arm64"]


def test_functions_outlast_their_own_waits_and_answer_before_the_gateway_gives_up(
    functions: list[dict[str, Any]],
) -> None:
    config: Any = dynamo.client().meta.config
    attempts = config.retries["total_max_attempts"]
    backoff = sum(2**attempt for attempt in range(attempts - 1))  # botocore's standard mode
    call = attempts * (config.connect_timeout + config.read_timeout) + backoff
    for each in functions:
        assert 2 * call < each["Timeout"] < 30  # no operation makes more than two calls


def test_a_request_logs_one_line_so_lambda_adds_none(functions: list[dict[str, Any]]) -> None:
    for each in functions:
        logging = each["LoggingConfig"]
        assert logging["LogFormat"] == "JSON"
        assert logging["SystemLogLevel"] == "WARN"


def test_every_log_group_forgets_after_the_days_of_the_settings() -> None:
    groups = resources(synthesize(logRetentionDays=14), "AWS::Logs::LogGroup")
    assert [group["Properties"]["RetentionInDays"] for group in groups.values()] == [14] * 3


def test_handlers_have_the_same_dotted_names_as_here(functions: list[dict[str, Any]]) -> None:
    handlers = sorted(each["Handler"] for each in functions)
    assert handlers == ["documents.handler.handler", "products.handler.handler"]
