"""What makes a new endpoint a change in one folder: every context is built the same way."""

import importlib
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

from ops import openapi
from ops.openapi import DocumentError
from ops.paths import ROOT
from orders import repository as orders_repository
from shop.config import variable_names
from tests.cdk.conftest import resources

FUNCTIONS = ROOT / "functions"
# Functions that belong to no context, with what they have instead (docs/architecture.md).
WITHOUT_CONTEXT = {"documents", "authorizer", "exports", "replica_bucket"}
WITHOUT_ROUTES = {"authorizer", "exports", "replica_bucket"}
# At least these; what else a context needs has its place in the layers of pyproject.toml.
FILES = {"__init__.py", "handler.py", "service.py", "repository.py", "models.py", "errors.py"}
# Set for every function by cdk/function.py, and read by libraries, not by us.
OF_THE_LIBRARIES = {"POWERTOOLS_SERVICE_NAME", "PYDANTIC_DISABLE_PLUGINS"}


def packages() -> list[Path]:
    return [each for each in sorted(FUNCTIONS.iterdir()) if (each / "__init__.py").exists()]


def contexts() -> list[str]:
    return [each.name for each in packages() if each.name not in WITHOUT_CONTEXT]


def test_there_are_contexts() -> None:
    assert contexts() == ["addresses", "orders", "products", "users"]


@pytest.mark.parametrize("context", contexts())
def test_every_context_has_the_same_files(context: str) -> None:
    assert {each.name for each in (FUNCTIONS / context).glob("*.py")} >= FILES


def test_the_document_knows_every_function_that_has_routes() -> None:
    with_routes = {each.name for each in packages()} - WITHOUT_ROUTES
    assert openapi.FUNCTIONS.keys() == with_routes
    for package in packages():
        handler = importlib.import_module(f"{package.name}.handler")
        assert hasattr(handler, "api") == (package.name in with_routes)


def test_models_are_named_uniquely_across_the_functions() -> None:
    """Merging OpenAPI documents overwrites schemas of the same name without a word."""
    owners: dict[str, str] = {}
    for package in packages():
        if package.name in WITHOUT_ROUTES:
            continue
        module = importlib.import_module(f"{package.name}.models")
        for name, value in vars(module).items():
            is_model = isinstance(value, type) and issubclass(value, BaseModel)
            if is_model and value.__module__ == module.__name__:
                assert name not in owners, f"{name} is in {owners[name]} and {package.name}"
                owners[name] = package.name
    assert {"Product", "Health"} <= owners.keys()


def test_two_schemas_of_one_name_stop_the_document() -> None:
    into = {"Product": {"type": "object"}}
    openapi._merge(into, {"Product": {"type": "object"}}, "schema")
    with pytest.raises(DocumentError, match="two different schemas are called 'Product'"):
        openapi._merge(into, {"Product": {"type": "string"}}, "schema")


def test_an_operation_must_say_who_may_call_it() -> None:
    with pytest.raises(DocumentError, match="GET /x: say who may call it"):
        openapi._check("GET /x", {"responses": {}})


@pytest.mark.parametrize("package", [each.name for each in packages()])
def test_the_stack_sets_exactly_the_variables_that_the_code_requires(
    template: dict[str, Any], package: str
) -> None:
    (function,) = (
        each["Properties"]
        for each in resources(template, "AWS::Lambda::Function").values()
        if each["Properties"]["Handler"] == f"{package}.handler.handler"
    )
    settings = getattr(importlib.import_module(f"{package}.handler"), "Settings", None)
    required = set(variable_names(settings)) if settings else set()
    assert function["Environment"]["Variables"].keys() == required | OF_THE_LIBRARIES


def indexes_read(context: str) -> dict[str, str]:
    """The sort key of each index that a context reads, by name."""
    repository = importlib.import_module(f"{context}.repository")
    match context:
        case "users":
            return {repository.BY_AGE: "newestKey"}
        case "products":
            return {
                f"{partition}-{order.index_suffix}": order.key
                for partition in ("listing", "category")
                for order in (*repository.SORT_ORDERS.values(), repository.BY_NAME)
            }
        case "orders":
            return dict.fromkeys(repository.INDEXES, "placedKey")
        case _:
            assert "index=" not in Path(str(repository.__file__)).read_text()
            return {}


@pytest.mark.parametrize("context", contexts())
def test_the_repository_reads_indexes_that_exist(template: dict[str, Any], context: str) -> None:
    table = resources(template, "AWS::DynamoDB::GlobalTable")[f"{context.title()}Table"]
    deployed = {
        each["IndexName"]: each["KeySchema"][1]["AttributeName"]
        for each in table["Properties"].get("GlobalSecondaryIndexes", [])
    }
    assert indexes_read(context) == deployed


def test_orders_are_listed_by_the_partitions_of_their_indexes(template: dict[str, Any]) -> None:
    table = resources(template, "AWS::DynamoDB::GlobalTable")["OrdersTable"]
    assert {
        each["IndexName"]: each["KeySchema"][0]["AttributeName"]
        for each in table["Properties"]["GlobalSecondaryIndexes"]
    } == orders_repository.INDEXES
