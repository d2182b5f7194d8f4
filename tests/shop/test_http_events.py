"""A function's entrance tells requests from events, and gives each to whom it is for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from shop import deadline
from shop.errors import Unavailable
from shop.events import S3, STREAM
from shop.http import create_api, entrypoint
from tests.events import http_event
from tests.shop.logs import lines
from tests.shop.records import queued, s3_event, stream_event

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aws_lambda_powertools.utilities.typing import LambdaContext

    from shop.http import Entrypoint
    from tests.shop.shelf import Clock

LEFT = 24.0  # of the 25 s that Lambda gives, a second is for the answer


class Function:
    """A function with a route and two consumers, and whom it gave what."""

    def __init__(self) -> None:
        self.given: list[tuple[str, Any]] = []
        self.left: list[float] = []
        api = create_api()
        api.get("/ping")(self._ping)
        self.handle: Entrypoint = entrypoint(api, {STREAM: self._stream, S3: self._s3})

    def _ping(self) -> str:
        self._note("ping", None)
        return "pong"

    def _stream(self, record: Mapping[str, Any]) -> None:
        self._note(STREAM, record)

    def _s3(self, event: Mapping[str, Any]) -> None:
        self._note(S3, event)

    def _note(self, whom: str, what: Any) -> None:
        self.given.append((whom, what))
        self.left.append(deadline.remaining())


def test_each_event_goes_to_the_consumer_of_its_source(context: LambdaContext) -> None:
    function = Function()
    records = stream_event("a", "b")
    assert function.handle(records, context) == {}
    assert function.given == [(STREAM, record) for record in records["Records"]]
    function.given.clear()
    assert function.handle(queued(s3_event("c")), context) == {}
    assert function.given == [(S3, s3_event("c"))]


def test_a_request_goes_to_its_route_and_to_no_consumer(context: LambdaContext) -> None:
    function = Function()
    answer = function.handle(http_event("GET", "/ping"), context)
    assert (answer["statusCode"], answer["body"]) == (200, "pong")
    assert function.given == [("ping", None)]


def test_requests_and_events_start_the_clock(context: LambdaContext, clock: Clock) -> None:
    function = Function()
    for event in (http_event("GET", "/ping"), stream_event("a"), queued(s3_event("b"))):
        clock.seconds += 100  # and not from where the one before left it
        function.handle(event, context)
    assert function.left == [LEFT] * 3


@pytest.mark.parametrize(
    ("event", "source"),
    [
        (queued({"source": "aws.nowhere", "id": "a"}), "aws.nowhere"),
        ({"Records": [{"eventSource": "aws:kinesis"}]}, "aws:kinesis"),
        ({"Records": [{"eventSource": "aws:s3"}]}, "aws:s3"),
    ],
    ids=["queue", "stream", "bucket"],
)
def test_an_event_that_nobody_consumes_raises_and_so_is_not_lost(
    event: dict[str, Any], source: str, context: LambdaContext
) -> None:
    function = Function()
    with pytest.raises(KeyError, match=f"^'{source}'$"):
        function.handle(event, context)
    assert function.given == []


def test_an_event_without_its_queue_raises_too(context: LambdaContext) -> None:
    function = Function()
    with pytest.raises(KeyError):
        function.handle(s3_event("a"), context)
    assert function.given == []


@pytest.mark.parametrize(
    ("event", "source"),
    [(stream_event("a"), STREAM), (queued(s3_event("a")), S3)],
    ids=["stream", "queue"],
)
def test_a_function_without_consumers_takes_no_event(
    event: dict[str, Any], source: str, context: LambdaContext
) -> None:
    with pytest.raises(KeyError, match=f"^'{source}'$"):
        entrypoint(create_api())(event, context)


def test_what_a_consumer_raises_reaches_lambda(context: LambdaContext) -> None:
    def fail(_: Mapping[str, Any]) -> None:
        raise Unavailable

    with pytest.raises(Unavailable):
        entrypoint(create_api(), {STREAM: fail})(stream_event("a"), context)


def test_an_event_writes_the_line_of_an_event_and_a_request_that_of_a_request(
    context: LambdaContext, capsys: pytest.CaptureFixture[str]
) -> None:
    function = Function()
    for event in (stream_event("a"), http_event("GET", "/ping"), queued(s3_event("b"))):
        function.handle(event, context)
    assert [line["message"] for line in lines(capsys)] == ["event", "request", "event"]
