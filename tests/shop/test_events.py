"""Events are handled in order up to one that fails, which raises so that they come again."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from shop import events
from shop.events import S3, STREAM
from tests.events import http_event
from tests.shop.logs import lines
from tests.shop.notes import CANARY, Call
from tests.shop.records import queued, s3_event, stream_event

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aws_lambda_powertools.utilities.typing import LambdaContext


class Consumer:
    """Remembers what it was given, and fails at what it is told to."""

    def __init__(self, *failing: str) -> None:
        self.seen: list[str] = []
        self._failing = failing

    def __call__(self, record: Mapping[str, Any]) -> None:
        name = record["eventID"] if "dynamodb" in record else record["id"]
        self.seen.append(name)
        if name in self._failing:
            raise RuntimeError(f"cannot do {name}")


KINDS = pytest.mark.parametrize(
    ("event", "source"),
    [
        (stream_event("a", "b", "c"), STREAM),
        (queued(s3_event("a"), s3_event("b"), s3_event("c")), S3),
    ],
    ids=["stream", "queue"],
)


@pytest.mark.parametrize(
    ("event", "source"),
    [
        (stream_event("a"), "aws:dynamodb"),
        (queued(s3_event("a")), "aws.s3"),
        (queued({"source": "aws.scheduler", "detail": {}}), "aws.scheduler"),
        ({"Records": [{"eventSource": "aws:s3"}]}, "aws:s3"),
    ],
    ids=["stream", "s3", "schedule", "unknown"],
)
def test_an_event_says_where_it_is_from(event: Mapping[str, Any], source: str) -> None:
    assert events.source(event) == source


@pytest.mark.parametrize(
    "parts",
    [
        {},
        {"body": '{"source": "aws.s3", "Records": [{"eventSource": "aws:dynamodb"}]}'},
        {"query": {"Records": "aws:dynamodb"}, "headers": {"Records": "aws:dynamodb"}},
    ],
    ids=["plain", "body", "query"],
)
def test_a_request_is_from_nowhere_whatever_is_in_it(parts: dict[str, Any]) -> None:
    assert events.source(http_event("POST", "/Records", **parts)) is None


@KINDS
def test_every_record_is_handled_in_order(
    event: Mapping[str, Any], source: str, context: LambdaContext
) -> None:
    consumer = Consumer()
    events.consume(consumer, event, context)
    assert consumer.seen == ["a", "b", "c"]


@pytest.mark.parametrize(
    "event",
    [{**stream_event("a")["Records"][0]}, s3_event("a")],
    ids=["record of a stream", "event of a queue"],
)
def test_a_consumer_gets_the_event_without_its_envelope(
    event: dict[str, Any], context: LambdaContext
) -> None:
    given: list[Mapping[str, Any]] = []
    delivered = {"Records": [event]} if "dynamodb" in event else queued(event)
    events.consume(given.append, delivered, context)
    assert given == [event]


@KINDS
@pytest.mark.parametrize(
    ("failing", "seen"),
    [("a", ["a"]), ("b", ["a", "b"]), ("c", ["a", "b", "c"])],
)
def test_the_first_that_fails_raises_and_what_follows_it_waits(
    event: Mapping[str, Any], source: str, context: LambdaContext, failing: str, seen: list[str]
) -> None:
    consumer = Consumer(failing, "c")
    with pytest.raises(RuntimeError, match=f"^cannot do {failing}$"):
        events.consume(consumer, event, context)
    assert consumer.seen == seen


@pytest.mark.parametrize("message", ["", "{", "[]", '"aws.s3"', "{}", '{"detail": {}}'])
def test_a_message_that_is_no_event_raises_and_so_is_not_lost(message: str) -> None:
    with pytest.raises((ValueError, KeyError, AttributeError)):
        events.source(queued(message))


@KINDS
def test_an_event_writes_one_line_without_what_is_in_it(
    event: Mapping[str, Any],
    source: str,
    context: LambdaContext,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert CANARY in json.dumps(event)
    events.consume(Consumer(), event, context)
    [line] = lines(capsys)
    assert line.pop("timestamp")
    assert line.pop("service").startswith("unit-test-")
    assert 0 <= line.pop("duration_ms") < 10_000
    assert line == {
        "level": "INFO",
        "message": "event",
        "source": source,
        "records": 3,
        "function_request_id": context.aws_request_id,
    }


@KINDS
def test_an_event_that_failed_writes_the_exception_alone(
    event: Mapping[str, Any],
    source: str,
    context: LambdaContext,
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(RuntimeError):
        events.consume(Consumer("b"), event, context)
    [fault] = lines(capsys)
    assert (fault["level"], fault["message"]) == ("ERROR", "event failed")
    assert fault["exception_name"] == "RuntimeError"
    assert "cannot do b" in fault["exception"]
    assert fault["function_request_id"] == context.aws_request_id
    assert CANARY not in json.dumps(fault)


def test_an_event_is_not_logged_as_part_of_the_request_before_it(
    call: Call, context: LambdaContext, capsys: pytest.CaptureFixture[str]
) -> None:
    call("GET", "/raw")
    events.consume(Consumer(), stream_event("a"), context)
    with pytest.raises(RuntimeError):
        events.consume(Consumer("a"), stream_event("a"), context)
    call("GET", "/raw")
    before, line, fault, after = lines(capsys)
    assert before["request_id"] != after["request_id"]
    assert "request_id" not in line
    assert "request_id" not in fault
