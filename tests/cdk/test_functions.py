"""The functions and their logs."""

import os
import platform
from typing import Any

import pytest
from aws_cdk import aws_lambda as lambda_

from cdk import layer
from cdk.architecture import architecture
from tests.cdk import conftest
from tests.cdk.conftest import only, resources, synthesize

pytestmark = pytest.mark.slow


@pytest.fixture
def functions(template: dict[str, Any]) -> list[dict[str, Any]]:
    return list(conftest.functions(template).values())


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
    assert architecture(conftest.chosen(stage="local")).name == expected.name
    assert architecture(conftest.chosen(stage="prod")).name == "arm64"


def test_every_function_has_the_shared_layer_and_no_other_way_to_code(
    template: dict[str, Any], functions: list[dict[str, Any]]
) -> None:
    (shared,) = resources(template, "AWS::Lambda::LayerVersion")
    for each in functions:
        assert each["Layers"] == [{"Ref": shared}]
        assert "PYTHONPATH" not in each["Environment"]["Variables"]


def test_locally_they_import_the_layer_from_where_it_was_built(
    local_template: dict[str, Any],
) -> None:
    built = layer.build_layer(None).folder / "python"
    for each in conftest.functions(local_template).values():
        path = each["Environment"]["Variables"]["PYTHONPATH"].split(os.pathsep)
        assert path == [str(built), str(layer.LOCAL_WORKER)]
        assert "Layers" not in each


def test_the_layer_is_for_the_architecture_of_the_functions(template: dict[str, Any]) -> None:
    layer = only(template, "AWS::Lambda::LayerVersion")
    assert layer["CompatibleArchitectures"] == ["arm64"]


def test_a_request_logs_one_line_so_lambda_adds_none(functions: list[dict[str, Any]]) -> None:
    for each in functions:
        logging = each["LoggingConfig"]
        assert logging["LogFormat"] == "JSON"
        assert logging["SystemLogLevel"] == "WARN"


def test_every_log_group_forgets_after_the_days_of_the_settings() -> None:
    template = synthesize(logRetentionDays=14)
    groups = resources(template, "AWS::Logs::LogGroup").values()
    assert {group["Properties"]["RetentionInDays"] for group in groups} == {14}
    assert len(groups) == len(conftest.functions(template)) + 1  # and the gateway's


def test_handlers_have_the_same_dotted_names_as_here(functions: list[dict[str, Any]]) -> None:
    handlers = sorted(each["Handler"] for each in functions)
    assert handlers == [
        f"{package}.handler.handler"
        for package in (
            "addresses",
            "authorizer",
            "documents",
            "exports",
            "orders",
            "products",
            "replica_bucket",
            "users",
        )
    ]
