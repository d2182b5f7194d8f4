"""Whatever comes in, an answer goes out: the route's, or a problem document; and one log line."""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import TYPE_CHECKING, Annotated, Any

import pytest
from aws_lambda_powertools.event_handler import Response
from pydantic import Field

from shop.errors import InvalidCursor, NotFound, ShopError, Unavailable
from shop.http import PROBLEM_JSON, PUBLIC, create_api, documented, entrypoint, parse_json
from shop.models import ApiModel, Problem, RequestModel
from shop.money import Money
from tests.events import DEFAULT_ROUTE, http_event

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aws_lambda_powertools.utilities.typing import LambdaContext

CANARY = "canary-7f3a"  # stands for what must stay between the client and the code
JSON = {"content-type": "application/json"}


class NewNote(RequestModel):
    text: Annotated[str, Field(min_length=1, max_length=20)]
    stars: Annotated[int, Field(strict=True, ge=0)] = 0
    tip: Money | None = None
    written_by: str = "nobody"


class Note(ApiModel):
    text: str
    stars: int = 0
    tip: Money | None = None
    written_by: str = "nobody"


class Full(ShopError):
    status = HTTPStatus.CONFLICT
    type = "full"
    title = "There is no room"


api = create_api()
handle = entrypoint(api)


@api.post("/notes")
def write(note: NewNote) -> Note:
    return Note(**note.model_dump())


@api.get("/notes/<note_id>")
def read(note_id: str) -> Note:
    return Note(text=note_id)


@api.delete("/notes")
def clear() -> None:
    raise Full(
        "Ten notes fit.",
        extensions={"most": 10, "notes": ["a", "b"]},
        headers={"Retry-After": "60", "X-Room": "0"},
    )


@api.get("/broken")
def broken() -> Note:
    raise RuntimeError(f"the database password is {CANARY}")


@api.get("/mistaken")
def mistaken() -> Note:
    return Note.model_validate({"text": [CANARY]})


@api.get("/lying")
def lying() -> Note:
    return {"text": "", "secret": CANARY}  # type: ignore[return-value]


@api.get("/raw")
def raw() -> Response[Note]:
    return Response(200, content_type="application/json", body=Note(text="raw"))


@pytest.fixture
def call(context: LambdaContext) -> Call:
    return Call(context)


class Call:
    """Sends requests to the test API."""

    def __init__(self, context: LambdaContext) -> None:
        self._context = context

    def __call__(self, method: str, path: str, **parts: Any) -> dict[str, Any]:
        return handle(http_event(method, path, **parts), self._context)

    def write(
        self, body: str | bytes | None, headers: Mapping[str, str] | None = None
    ) -> dict[str, Any]:
        return self("POST", "/notes", headers=JSON if headers is None else headers, body=body)


def problem(answer: dict[str, Any], status: int, problem_type: str) -> dict[str, Any]:
    """The problem document in ``answer``, which has all that such a document needs."""
    document: dict[str, Any] = json.loads(answer["body"])
    assert answer["statusCode"] == status
    assert answer["headers"]["Content-Type"] == PROBLEM_JSON
    assert answer["isBase64Encoded"] is False
    Problem.model_validate(document)
    assert (document["type"], document["status"]) == (problem_type, status)
    assert document["detail"]
    return document


def test_a_good_request_is_answered_in_camel_case_json(call: Call) -> None:
    answer = call.write('{"text": "hi", "stars": 3, "tip": 1.10, "writtenBy": "me"}')
    assert answer["statusCode"] == 200
    assert answer["headers"]["Content-Type"] == "application/json"
    assert json.loads(answer["body"]) == {
        "text": "hi",
        "stars": 3,
        "tip": "1.10",
        "writtenBy": "me",
    }


def test_a_body_in_base64_is_decoded(call: Call) -> None:
    answer = call.write('{"text": "caf\u00e9 \U0001f600"}'.encode())
    assert json.loads(answer["body"])["text"] == "caf\u00e9 \U0001f600"


def test_a_response_made_by_hand_is_serialized_all_the_same(call: Call) -> None:
    assert json.loads(call("GET", "/raw")["body"])["writtenBy"] == "nobody"


@pytest.mark.parametrize(
    "headers",
    [
        {},
        JSON,
        {"content-type": "application/json; charset=utf-8"},
        {"content-type": "Application/JSON ;charset=UTF-8"},
    ],
)
def test_a_json_content_type_is_taken_and_so_is_none(
    call: Call, headers: Mapping[str, str]
) -> None:
    assert call.write('{"text": "hi"}', headers)["statusCode"] == 200


@pytest.mark.parametrize(
    "content_type",
    [
        "text/plain",
        "application/jsonp",
        "application/json-patch+json",
        "application/xml",
        "application/x-www-form-urlencoded",
        "multipart/form-data",
        "multipart/form-data; boundary=x",
        "",
        "nonsense",
        "\u00fc",
    ],
)
@pytest.mark.parametrize("body", ['{"text": "hi"}', b"text=hi", None])
def test_any_other_content_type_is_415(
    call: Call, content_type: str, body: str | bytes | None
) -> None:
    answer = call.write(body, {"content-type": content_type})
    problem(answer, 415, "unsupported-media-type")


def test_a_multipart_form_is_415_though_the_router_could_read_it(call: Call) -> None:
    form = b'--x\r\nContent-Disposition: form-data; name="text"\r\n\r\nhi\r\n--x--\r\n'
    answer = call.write(form, {"content-type": "multipart/form-data; boundary=x"})
    problem(answer, 415, "unsupported-media-type")


def test_the_content_type_does_not_matter_where_no_body_is_read(call: Call) -> None:
    answer = call("GET", "/raw", headers={"content-type": "text/plain"}, body="hi")
    assert answer["statusCode"] == 200


@pytest.mark.parametrize(
    "body",
    [
        "{",
        '{"text": "hi"',
        '{"text": "hi"} {}',
        "{'text': 'hi'}",
        '{"text": "h\ni"}',
        '{"text": "hi", "stars": NaN}',
        '{"text": "hi", "stars": Infinity}',
        '{"text": "hi", "stars": -Infinity}',
        '{"text": "hi", "stars": 01}',
        '{"text": "hi", "stars": 1' + "0" * 5000 + "}",
        '{"text": "hi", "tip": 1e99999999999999999999}',
        '{"text": "hi", "tip": 1e-99999999999999999999}',
        "[" * 100_000,
        '{"a":' * 100_000,
        "[" * 100_000 + "]" * 100_000,
        "nonsense",
        "\ufeff{}",
        " ",
        b'{"text": "\xff"}',
        b"\xff\xfe{\x00}\x00",
        b'{"text": "\xed\xa0\x80"}',
    ],
    ids=lambda body: ascii(body)[:40],
)
def test_what_is_not_json_is_400(call: Call, body: str | bytes) -> None:
    problem(call.write(body), 400, "malformed-json")


def test_base64_that_is_none_is_400(context: LambdaContext) -> None:
    event = http_event("POST", "/notes", headers=JSON, body=b"hi") | {"body": "a"}
    problem(handle(event, context), 400, "malformed-json")


@pytest.mark.parametrize(
    ("body", "loc"),
    [
        (None, ["body"]),
        ("", ["body"]),
        (b"", ["body"]),
        ("null", ["body"]),
        ("[]", ["body"]),
        ('"hi"', ["body"]),
        ("17", ["body"]),
        ("{}", ["body", "text"]),
        ('{"text": null}', ["body", "text"]),
        ('{"text": 17}', ["body", "text"]),
        ('{"text": ""}', ["body", "text"]),
        ('{"text": "' + "x" * 21 + '"}', ["body", "text"]),
        ('{"text": "\\ud800"}', ["body", "text"]),
        ('{"text": "hi", "stars": "3"}', ["body", "stars"]),
        ('{"text": "hi", "stars": 3.0}', ["body", "stars"]),
        ('{"text": "hi", "stars": true}', ["body", "stars"]),
        ('{"text": "hi", "stars": -1}', ["body", "stars"]),
        ('{"text": "hi", "stars": 1e400}', ["body", "stars"]),
        ('{"text": "hi", "stars": ' + "9" * 4000 + ".5}", ["body", "stars"]),
        ('{"text": "hi", "tip": 0.001}', ["body", "tip"]),
        ('{"text": "hi", "tip": 1e400}', ["body", "tip"]),
        ('{"text": "hi", "title": "Hi"}', ["body", "title"]),
        ('{"text": "hi", "written_by": "me"}', ["body", "written_by"]),
        ('{"text": "hi", "": 1}', ["body", ""]),
    ],
    ids=lambda value: ascii(value)[:50],
)
def test_what_does_not_fit_the_model_is_422_and_says_where(
    call: Call, body: str | bytes | None, loc: list[str]
) -> None:
    document = problem(call.write(body), 422, "validation-failed")
    assert [each["loc"] for each in document["errors"]] == [loc]
    assert set(document["errors"][0]) == {"loc", "msg"}
    assert ".".join(loc) in document["detail"]


def test_however_much_is_wrong_the_answer_stays_small(call: Call) -> None:
    unknown = {f"{'x' * 10_000}{number}": number for number in range(300)}
    answer = call.write(json.dumps(unknown))
    document = problem(answer, 422, "validation-failed")
    assert len(document["errors"]) == 100
    assert document["detail"].endswith("(and 300 more)")  # the missing text is the first
    assert len(answer["body"]) < 50_000


def test_a_field_whose_name_is_no_text_is_422(call: Call) -> None:
    answer = call.write('{"text": "hi", "\\ud800": 1}')
    problem(answer, 422, "validation-failed")


def test_all_that_is_wrong_is_said_at_once(call: Call) -> None:
    document = problem(call.write('{"text": "", "stars": -1, "x": 1}'), 422, "validation-failed")
    assert [each["loc"][-1] for each in document["errors"]] == ["text", "stars", "x"]


def test_the_answer_does_not_repeat_what_was_sent(call: Call) -> None:
    answer = call.write(json.dumps({"text": CANARY * 5, "stars": CANARY, "tip": CANARY}))
    problem(answer, 422, "validation-failed")
    assert CANARY not in str(answer)


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


def lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    """The log: JSON in every line, and nothing beside it."""
    captured = capsys.readouterr()
    assert captured.err == ""
    return [json.loads(line) for line in captured.out.splitlines()]


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


def test_numbers_with_a_point_are_read_exactly() -> None:
    assert str(parse_json('{"n": 0.10}')["n"]) == "0.10"


def test_documented_is_the_success_and_the_errors_by_status() -> None:
    responses = documented("A note", Unavailable, NotFound, InvalidCursor, Full)
    assert list(responses) == [200, 400, 404, 409, 503]
    assert responses[200] == {"description": "A note"}
    assert responses[404] == {
        "description": "`not-found`: There is no such thing",
        "content": {PROBLEM_JSON: {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }


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


def test_a_public_operation_asks_for_no_token() -> None:
    assert PUBLIC == {"security": []}
