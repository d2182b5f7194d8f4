"""What comes in: JSON that fits the model is taken, and all else is refused with its reasons."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from shop.http import parse_json
from tests.events import http_event
from tests.shop.notes import CANARY, JSON, Call, handle, problem

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aws_lambda_powertools.utilities.typing import LambdaContext


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


@pytest.mark.parametrize("body", ["1.5", "-3.2e-195", "1", "true", '"text"', "[]", "[1.5]"])
@pytest.mark.parametrize("path", ["/notes", "/notes/1"])
def test_a_body_that_is_no_object_is_refused_also_where_every_field_is_optional(
    call: Call, path: str, body: str
) -> None:
    method = "POST" if path == "/notes" else "PATCH"
    document = problem(call(method, path, headers=JSON, body=body), 422, "validation-failed")
    assert document["errors"][0]["loc"][0] == "body"


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


def test_numbers_with_a_point_are_read_exactly() -> None:
    assert str(parse_json('{"n": 0.10}')["n"]) == "0.10"


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
