"""What goes out: the route's answer or a problem document, and how both are documented."""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import TYPE_CHECKING

import pytest

from shop.errors import InvalidCursor, NotFound, ShopError, Unavailable
from shop.http import PROBLEM_JSON, documented
from shop.models import Problem
from tests.events import DEFAULT_ROUTE, http_event
from tests.shop.notes import CANARY, Call, Full, handle, problem

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext


def test_a_response_made_by_hand_is_serialized_all_the_same(call: Call) -> None:
    assert json.loads(call("GET", "/raw")["body"])["writtenBy"] == "nobody"


def test_an_answer_without_content_has_an_empty_body(call: Call) -> None:
    answer = call("DELETE", "/notes/a", route="/notes/{note_id}")
    assert (answer["statusCode"], answer["body"], answer["headers"]) == (204, "", {})


def test_a_problem_has_the_members_headers_and_extensions_of_its_error(
    context: LambdaContext,
) -> None:
    event = http_event("DELETE", "/notes")
    answer = handle(event, context)
    assert problem(answer, 409, "full") == {
        "type": "full",
        "title": "There is no room",
        "status": 409,
        "detail": "Ten notes fit.",
        "instance": "/notes",
        "requestId": event["requestContext"]["requestId"],
        "most": 10,
        "notes": ["a", "b"],
    }
    assert answer["headers"]["Retry-After"] == "60"
    assert answer["headers"]["X-Room"] == "0"


@pytest.mark.parametrize("path", ["/broken", "/lying"])
def test_a_fault_of_ours_is_500_and_tells_nothing_about_the_inside(call: Call, path: str) -> None:
    answer = call("GET", path)
    document = problem(answer, 500, "internal-error")
    assert set(document) == {"type", "title", "status", "detail", "instance", "requestId"}
    assert document["detail"] == "It was logged; quote the requestId when you report it."
    assert CANARY not in str(answer)


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", "/nothing"), ("GET", "/"), ("PUT", "/notes"), ("GET", "/notes/"), ("HEAD", "/raw")],
)
def test_what_no_route_takes_is_404(call: Call, method: str, path: str) -> None:
    document = problem(call(method, path, route=DEFAULT_ROUTE), 404, "not-found")
    assert document["instance"] == path


def test_documented_is_the_success_and_the_errors_by_status() -> None:
    responses = documented("A note", Unavailable, NotFound, InvalidCursor, Full)
    assert list(responses) == [200, 400, 404, 409, 503]
    assert responses[200] == {"description": "A note"}
    assert responses[404]["description"] == "`not-found`: There is no such thing"
    content = responses[404]["content"][PROBLEM_JSON]
    assert content["schema"] == {"$ref": "#/components/schemas/Problem"}
    example = Problem.model_validate(content["examples"]["not-found"]["value"])
    assert (example.type, example.status) == ("not-found", 404)


def test_documented_puts_errors_of_one_status_together() -> None:
    class Taken(ShopError):
        status = HTTPStatus.CONFLICT
        type = "taken"
        title = "It is taken"

    responses = documented("A note", Full, Taken)
    assert responses[409]["description"] == "`full`: There is no room; `taken`: It is taken"


def test_documented_says_what_the_return_type_cannot() -> None:
    responses = documented(
        "Made",
        status=HTTPStatus.CREATED,
        headers={"Location": "Where it is"},
        content={"text/html": {"type": "string"}},
    )
    assert responses == {
        201: {
            "description": "Made",
            "headers": {"Location": {"description": "Where it is", "schema": {"type": "string"}}},
            "content": {"text/html": {"schema": {"type": "string"}}},
        }
    }


def test_documented_says_of_another_success_the_same_but_when_it_comes() -> None:
    responses = documented(
        "Made",
        Full,
        status=HTTPStatus.CREATED,
        also={HTTPStatus.OK: "There already"},
        headers={"Location": "Where it is"},
    )
    assert responses.keys() == {201, 200, 409}
    assert responses[200] == responses[201] | {"description": "There already"}
    assert responses[201]["description"] == "Made"
