"""Who may not call hears so before anything that was sent is looked at."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated, Any

import pytest
from aws_lambda_powertools.event_handler.openapi.params import Query

from shop import identity
from shop.http import create_api, entrypoint
from shop.identity import ADMIN, PUBLIC, USER, Caller, Role
from tests.events import DEFAULT_ROUTE, http_event
from tests.shop.logs import lines
from tests.shop.notes import CANARY, JSON, NewNote, problem

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aws_lambda_powertools.utilities.typing import LambdaContext

CUSTOMER = Caller("5b0f3f0c7e6f5d0e8e5d9f0a1b2c3d4e", "c" * 32, Role.CUSTOMER)
ADMINISTRATOR = Caller("1b0f3f0c7e6f5d0e8e5d9f0a1b2c3d41", "a" * 32, Role.ADMIN)

api = create_api()
handle = entrypoint(api)
handled: list[str] = []


def _handled(by: str) -> str:
    handled.append(by)
    return by


@api.post("/public", openapi_extensions=PUBLIC)
def public(note: NewNote) -> str:
    return _handled("public")


@api.post("/user", openapi_extensions=USER)
def user(note: NewNote) -> str:
    return _handled(identity.caller(api.current_event.raw_event).user_id)


@api.post("/admin", openapi_extensions=ADMIN)
def admin(note: NewNote) -> str:
    return _handled("admin")


@api.get("/user/<number>", openapi_extensions=USER)
def numbered(number: int, size: Annotated[int, Query()] = 1) -> str:
    return _handled("numbered")


@pytest.fixture(autouse=True)
def _nothing_handled() -> None:
    handled.clear()


def post(context: LambdaContext, path: str, caller: Caller | None, **parts: Any) -> dict[str, Any]:
    sent: dict[str, Any] = {"headers": JSON, "body": '{"text": "hi"}'} | parts
    return handle(http_event("POST", path, caller=caller, **sent), context)


@pytest.mark.parametrize(
    ("path", "caller", "by"),
    [
        ("/public", None, "public"),
        ("/public", CUSTOMER, "public"),
        ("/public", ADMINISTRATOR, "public"),
        ("/user", CUSTOMER, CUSTOMER.user_id),
        ("/user", ADMINISTRATOR, ADMINISTRATOR.user_id),
        ("/admin", ADMINISTRATOR, "admin"),
    ],
)
def test_who_may_call_is_answered(
    context: LambdaContext, path: str, caller: Caller | None, by: str
) -> None:
    answer = post(context, path, caller)
    assert (answer["statusCode"], answer["body"]) == (200, by)
    assert handled == [by]


SENT: list[dict[str, Any]] = [
    {},
    {"body": "{"},
    {"body": b"\xff"},
    {"body": None},
    {"body": '{"text": ""}'},
    {"body": '{"text": "hi", "unknown": 1}'},
    {"body": "text=hi", "headers": {"content-type": "text/plain"}},
]


@pytest.mark.parametrize("sent", SENT, ids=str)
@pytest.mark.parametrize("path", ["/user", "/admin"])
def test_without_a_token_it_is_401_whatever_was_sent(
    context: LambdaContext, path: str, sent: Mapping[str, Any]
) -> None:
    answer = post(context, path, None, **sent)
    document = problem(answer, 401, "unauthenticated")
    assert document["detail"] == "Send an access token."
    assert answer["headers"]["WWW-Authenticate"] == "Bearer"
    assert handled == []


@pytest.mark.parametrize("sent", SENT, ids=str)
def test_without_the_role_it_is_403_whatever_was_sent(
    context: LambdaContext, sent: Mapping[str, Any]
) -> None:
    answer = post(context, "/admin", CUSTOMER, **sent)
    assert problem(answer, 403, "forbidden")["detail"] == "This takes the role admin."
    assert "WWW-Authenticate" not in answer["headers"]
    assert handled == []


@pytest.mark.parametrize(
    ("sent", "status"),
    list(zip(SENT, [200, 400, 400, 422, 422, 422, 415], strict=True)),
    ids=str,
)
@pytest.mark.parametrize(
    ("path", "caller"), [("/public", None), ("/user", CUSTOMER), ("/admin", ADMINISTRATOR)]
)
def test_who_may_call_hears_what_is_wrong(
    context: LambdaContext,
    path: str,
    caller: Caller | None,
    sent: Mapping[str, Any],
    status: int,
) -> None:
    assert post(context, path, caller, **sent)["statusCode"] == status
    assert len(handled) == (status == 200)


@pytest.mark.parametrize(
    ("caller", "path", "query", "status"),
    [
        (None, "/user/x", {}, 401),
        (None, "/user/1", {"size": "x"}, 401),
        (None, "/user/1", {}, 401),
        (CUSTOMER, "/user/x", {}, 422),
        (CUSTOMER, "/user/1", {"size": "x"}, 422),
        (CUSTOMER, "/user/1", {"size": "2"}, 200),
    ],
)
def test_paths_and_queries_are_looked_at_after_the_caller(
    context: LambdaContext, caller: Caller | None, path: str, query: dict[str, str], status: int
) -> None:
    event = http_event("GET", path, route="/user/{number}", query=query, caller=caller)
    assert handle(event, context)["statusCode"] == status


def test_a_token_that_was_refused_is_401_and_says_why(context: LambdaContext) -> None:
    event = http_event("POST", "/user", headers=JSON, body='{"text": "hi"}')
    event["requestContext"]["authorizer"] = {"lambda": {"rejected": "The token has expired."}}
    answer = handle(event, context)
    assert problem(answer, 401, "unauthenticated")["detail"] == "The token has expired."
    assert answer["headers"]["WWW-Authenticate"] == "Bearer"


def test_a_token_that_was_refused_does_not_matter_where_none_is_needed(
    context: LambdaContext,
) -> None:
    event = http_event("POST", "/public", headers=JSON, body='{"text": "hi"}')
    event["requestContext"]["authorizer"] = {"lambda": {"rejected": "The token has expired."}}
    assert handle(event, context)["statusCode"] == 200


@pytest.mark.parametrize("caller", [None, CUSTOMER, ADMINISTRATOR])
@pytest.mark.parametrize(
    ("method", "path"), [("GET", "/nothing"), ("DELETE", "/user"), ("POST", "/admin/")]
)
def test_what_no_route_takes_is_404_for_everyone(
    context: LambdaContext, method: str, path: str, caller: Caller | None
) -> None:
    event = http_event(method, path, route=DEFAULT_ROUTE, caller=caller)
    problem(handle(event, context), 404, "not-found")


@pytest.mark.parametrize(("path", "caller"), [("/user", None), ("/admin", CUSTOMER)])
def test_a_refusal_writes_one_line_without_token_or_caller(
    context: LambdaContext,
    capsys: pytest.CaptureFixture[str],
    path: str,
    caller: Caller | None,
) -> None:
    headers = JSON | {"authorization": f"Bearer {CANARY}"}
    answer = post(context, path, caller, headers=headers)
    [line] = lines(capsys)
    assert (line["message"], line["status"]) == ("request", answer["statusCode"])
    for secret in (CANARY, CUSTOMER.user_id, CUSTOMER.session_id):
        assert secret not in json.dumps(line)
