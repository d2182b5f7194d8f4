"""Who may call what is asked first, everywhere: before a body is read, and before AWS is asked."""

import importlib
import json
import re
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple, NoReturn

import boto3
import pytest
from aws_lambda_powertools.utilities.typing import LambdaContext

from ops import openapi
from shop.identity import ADMIN, PUBLIC, USER, Caller, Role
from shop.ids import new_id
from tests.architecture.test_contexts import WITHOUT_ROUTES, packages
from tests.events import http_event

# What takes no token. A route is added here when that is meant.
OPEN = {
    "POST /users",
    "POST /sessions",
    "POST /sessions/refresh",
    "GET /products",
    "GET /products/{product_id}",
    "GET /categories",
    "GET /openapi.json",
    "GET /docs",
    "GET /health",
}
AUDIENCES = [PUBLIC["security"], USER["security"], ADMIN["security"]]


class Operation(NamedTuple):
    package: str
    method: str
    path: str
    security: list[dict[str, list[str]]] | None

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


def operations() -> Iterator[Operation]:
    """What the handlers themselves declare; the committed document may be older."""
    for package in packages():
        if package.name not in WITHOUT_ROUTES:
            for path, by_method in openapi._part(package.name)["paths"].items():
                for method, operation in by_method.items():
                    yield Operation(package.name, method.upper(), path, operation.get("security"))


OPERATIONS = list(operations())
GUARDED = [each for each in OPERATIONS if str(each) not in OPEN]
FOR_ADMINS = [each for each in OPERATIONS if each.security == ADMIN["security"]]

type Ask = Callable[[Operation, Caller | None], dict[str, Any]]


@pytest.fixture
def ask(monkeypatch: pytest.MonkeyPatch, context: LambdaContext) -> Ask:
    """Sends a request that is wrong in every other way to the function of an operation."""

    def refuse(*_: object, **__: object) -> NoReturn:
        raise AssertionError("AWS was asked before the caller was known")

    monkeypatch.setattr(boto3, "client", refuse)

    def request(operation: Operation, caller: Caller | None) -> dict[str, Any]:
        parameters = {name: new_id() for name in re.findall(r"{(\w+)}", operation.path)}
        event = http_event(
            operation.method,
            operation.path.format_map(parameters),
            route=operation.path,
            path_parameters=parameters,
            query={"limit": "none", "cursor": "none", "unknown": "1"},
            headers={"Content-Type": "text/plain"},
            body=None if operation.method == "GET" else "{",
            caller=caller,
        )
        handler = importlib.import_module(f"{operation.package}.handler").handler
        answer: dict[str, Any] = handler(event, context)
        return answer

    return request


def caller(role: Role) -> Caller:
    return Caller(new_id(), new_id(), role)


def test_every_context_has_guarded_operations() -> None:
    assert {each.package for each in GUARDED} == {"users", "addresses", "products", "orders"}
    assert {each.package for each in FOR_ADMINS} == {"users", "products", "orders"}


@pytest.mark.parametrize("operation", OPERATIONS, ids=str)
def test_an_operation_is_for_everyone_for_users_or_for_admins(operation: Operation) -> None:
    assert AUDIENCES.count(operation.security or []) == 1
    assert operation.security is not None


def test_only_what_is_meant_to_be_open_takes_no_token() -> None:
    assert {str(each) for each in OPERATIONS if each.security == PUBLIC["security"]} == OPEN


@pytest.mark.parametrize("operation", GUARDED, ids=str)
def test_without_an_identity_there_is_nothing_but_401(operation: Operation, ask: Ask) -> None:
    answer = ask(operation, None)
    assert answer["statusCode"] == 401
    assert answer["headers"]["WWW-Authenticate"] == "Bearer"
    assert json.loads(answer["body"])["type"] == "unauthenticated"


@pytest.mark.parametrize("operation", FOR_ADMINS, ids=str)
def test_a_customer_gets_nothing_but_403_from_what_is_for_admins(
    operation: Operation, ask: Ask
) -> None:
    answer = ask(operation, caller(Role.CUSTOMER))
    assert answer["statusCode"] == 403
    assert json.loads(answer["body"])["type"] == "forbidden"


@pytest.mark.parametrize("operation", FOR_ADMINS, ids=str)
def test_an_administrator_gets_further(operation: Operation, ask: Ask) -> None:
    assert ask(operation, caller(Role.ADMIN))["statusCode"] not in (401, 403)
