"""Every request writes one line, a fault of ours one more, and neither has what was sent."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.events import DEFAULT_ROUTE, http_event
from tests.shop.logs import lines
from tests.shop.notes import CANARY, JSON, Call, handle, problem

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext


@pytest.mark.parametrize(
    ("method", "path", "route", "body", "status"),
    [
        ("POST", "/notes", None, f'{{"text": "{CANARY}"}}', 200),
        ("POST", "/notes", None, f'{{"{CANARY}": "{CANARY}"}}', 422),
        ("POST", "/notes", None, f'{{"text": "{CANARY}', 400),
        ("POST", "/notes", None, f'"\xff{CANARY}"'.encode("latin-1"), 400),
        ("GET", f"/notes/{CANARY}", "/notes/{note_id}", None, 200),
        ("DELETE", "/notes", None, None, 409),
        ("GET", f"/{CANARY}", DEFAULT_ROUTE, None, 404),
    ],
    ids=ascii,
)
def test_a_request_writes_one_line_without_what_was_sent(
    method: str,
    path: str,
    route: str | None,
    body: str | bytes | None,
    status: int,
    context: LambdaContext,
    capsys: pytest.CaptureFixture[str],
) -> None:
    headers = JSON | {"authorization": CANARY, "x-other": CANARY}
    query = {"q": CANARY, CANARY: "q"}
    event = http_event(method, path, route=route, query=query, headers=headers, body=body)
    answer = handle(event, context)
    assert answer["statusCode"] == status
    [line] = lines(capsys)
    assert CANARY not in json.dumps(line)
    assert line.pop("timestamp")
    assert 0 <= line.pop("duration_ms") < 10_000
    assert line.pop("service").startswith("unit-test-")
    assert line == {
        "level": "INFO",
        "message": "request",
        "method": method,
        "route": event["routeKey"],
        "status": status,
        "request_id": event["requestContext"]["requestId"],
        "function_request_id": context.aws_request_id,
    }


@pytest.mark.parametrize(
    ("path", "exception"), [("/broken", "RuntimeError"), ("/lying", "ResponseValidationError")]
)
def test_a_fault_of_ours_writes_a_line_more_with_the_exception(
    path: str, exception: str, context: LambdaContext, capsys: pytest.CaptureFixture[str]
) -> None:
    event = http_event("GET", path, query={"q": "query-canary"}, body="body-canary")
    handle(event, context)
    fault, request = lines(capsys)
    assert (fault["level"], fault["message"]) == ("ERROR", "unexpected error")
    assert fault["exception_name"] == exception
    assert "Traceback" in fault["exception"]
    assert (request["level"], request["status"]) == ("INFO", 500)
    for each in (fault, request):  # what the client is told to quote finds both
        assert each["request_id"] == event["requestContext"]["requestId"]
    assert "query-canary" not in str(fault)
    assert "body-canary" not in str(fault)


def test_a_model_that_refuses_a_value_keeps_it_out_of_the_log(
    call: Call, capsys: pytest.CaptureFixture[str]
) -> None:
    problem(call("GET", "/mistaken"), 500, "internal-error")
    fault, _ = lines(capsys)
    assert fault["exception_name"] == "ValidationError"
    assert CANARY not in str(fault)


def test_requests_do_not_mix_in_the_log(
    context: LambdaContext, capsys: pytest.CaptureFixture[str]
) -> None:
    events = [http_event("GET", path) for path in ("/broken", "/raw", "/nothing", "/raw")]
    for event in events:
        handle(event, context)
    written = [line for line in lines(capsys) if line["message"] == "request"]
    assert [line["status"] for line in written] == [500, 200, 404, 200]
    assert [line["request_id"] for line in written] == [
        event["requestContext"]["requestId"] for event in events
    ]
