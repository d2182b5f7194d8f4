"""Accidents on the wire to AWS, below the SDK with its real retries: at any call, of any kind."""

from __future__ import annotations

import json
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ConnectTimeoutError, ReadTimeoutError
from moto.core.models import botocore_stubber

from tests.shop.wire import refusal, response

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from botocore.awsrequest import AWSPreparedRequest, AWSResponse

    from tests.orders.world import Answer

_URL = "https://aws.test/"
CONFLICT, FAILED = "TransactionConflict", "ConditionalCheckFailed"
PASSING = [CONFLICT, "ThrottlingError", "ProvisionedThroughputExceeded"]
"""Reasons for which a transaction may be cancelled now, and go through when tried again."""


class Killed(BaseException):
    """Lambda ended the function: nothing of ours gets to handle that."""


class Kind(StrEnum):
    KILLED_BEFORE = "the function ends before"
    KILLED_AFTER = "it is done, and the function ends"
    REPEATED = "it is done, the answer is lost, and the SDK asks again"
    FORGOTTEN = "the same, and DynamoDB has forgotten the request's token"
    UNHEARD = "it is done, and no answer ever comes, however often the SDK asks"
    THROTTLED = "it is throttled, however often the SDK asks"
    BROKEN = "the service fails, however often the SDK asks"
    UNREACHABLE = "the service is not reached, however often the SDK tries"
    HICCUP = "the service fails once, and the SDK asks again"


DONE = {Kind.KILLED_AFTER, Kind.REPEATED, Kind.FORGOTTEN, Kind.UNHEARD, Kind.HICCUP}
"""Those after which what was asked for is done."""
_ONCE = {Kind.REPEATED, Kind.FORGOTTEN, Kind.HICCUP}

type Service = Callable[[AWSPreparedRequest], AWSResponse]
"""What stands in for moto."""
type Accident = Kind | list[dict[str, Any]]
"""What happens to a call; a list is the reasons for which a transaction is cancelled."""


class Faults:
    """Stands between clients and their emulated services: counts calls, and spoils some.

    A call is what the function asks of the SDK, counted from 0; the SDK may send it several times.
    """

    def __init__(self, *clients: Any, service: Service | None = None) -> None:
        self.calls: list[str] = []
        self.bodies: list[dict[str, Any]] = []
        self.sent: list[str] = []
        self.before: Callable[[int], object] = lambda _: None
        """What happens just before a call, given its place."""
        self._planned: dict[int, Accident] = {}
        self._on = False
        self._tries = 0
        self._heard: dict[str, AWSResponse] = {}
        self._service = service
        for client in clients:
            events = client.meta.events
            events.register("before-call", self._before_call)
            events.unregister("before-send", botocore_stubber)
            events.register("before-send", self._before_send)

    def plan(self, accidents: Mapping[int, Accident]) -> None:
        """Let these calls go wrong, counted from here."""
        for each in (self.calls, self.bodies, self.sent):
            each.clear()
        self._planned = dict(accidents)

    def all_happened(self) -> bool:
        return self._planned.keys() <= set(range(len(self.calls)))

    def during[Result](self, send: Callable[[], Result]) -> Result:
        """What ``send`` returns. Only what it calls meanwhile is counted, and can go wrong."""
        self._on = True
        try:
            return send()
        finally:
            self._on = False

    def pause(self, action: Callable[[], object]) -> None:
        """What others do meanwhile: it is neither counted nor spoilt."""
        was, self._on = self._on, False
        action()
        self._on = was

    def until_heard(
        self, send: Callable[[], Answer], check: Callable[[], object], *, most: int = 6
    ) -> list[Answer | None]:
        """What a client hears that sends a request again while there is no answer, or a 503.

        None is no answer: the function was ended. Each time, ``check`` looks at what came of it.
        """
        heard: list[Answer | None] = []
        while len(heard) < most:
            try:
                heard.append(self.during(send))
            except Killed:
                heard.append(None)
            check()
            last = heard[-1]
            if last and last.status != 503:
                return heard
            if last:
                assert last.problem == (503, "unavailable")
                assert int(last.headers["Retry-After"]) >= 1
        raise AssertionError("there is no end of it")

    def _before_call(self, model: Any, **_: Any) -> None:
        if not self._on:
            return
        self.before(len(self.calls))
        self.calls.append(model.name)
        self._tries = 0

    def _before_send(
        self, request: AWSPreparedRequest, event_name: str, **_: Any
    ) -> AWSResponse | None:
        def done() -> AWSResponse | None:
            return self._done(event_name, request)

        if not self._on:
            return done()
        self._tries += 1
        self.sent.append(self.calls[-1])
        if self._tries == 1:
            self.bodies.append(sent(request))
        kind = self._planned.get(len(self.calls) - 1)
        if isinstance(kind, list):
            return cancelled(kind) if "TransactItems" in self.bodies[-1] else done()
        if kind is None or (kind in _ONCE and self._tries > 1):
            return done()
        if kind is Kind.FORGOTTEN:
            self._serve(event_name, request)
        elif kind in DONE - {Kind.HICCUP}:
            done()
        return _spoilt(kind)

    def _done(self, event_name: str, request: AWSPreparedRequest) -> AWSResponse | None:
        """DynamoDB knows a transaction again by its token for ten minutes; moto does not."""
        token = sent(request).get("ClientRequestToken", "")
        if token in self._heard:
            return self._heard[token]
        answer = self._serve(event_name, request)
        if token and answer and answer.status_code == 200:
            self._heard[token] = response(200, {})
        return answer

    def _serve(self, event_name: str, request: AWSPreparedRequest) -> AWSResponse | None:
        if self._service:
            return self._service(request)
        return botocore_stubber(event_name=event_name, request=request)


def sent(request: AWSPreparedRequest) -> dict[str, Any]:
    """The body of a request."""
    assert isinstance(request.body, bytes)
    return dict(json.loads(request.body))


def _spoilt(kind: Kind) -> AWSResponse:
    if kind in (Kind.KILLED_BEFORE, Kind.KILLED_AFTER):
        raise Killed
    if kind is Kind.UNREACHABLE:
        raise ConnectTimeoutError(endpoint_url=_URL)
    if kind is Kind.THROTTLED:
        return refusal("ThrottlingException")
    if kind in (Kind.BROKEN, Kind.HICCUP):
        return refusal("InternalServerError", 500)
    raise ReadTimeoutError(endpoint_url=_URL)


def cancelled(reasons: list[dict[str, Any]]) -> AWSResponse:
    """The answer to a transaction that was cancelled."""
    spelled = "com.amazonaws.dynamodb.v20120810#TransactionCanceledException"
    body = {"__type": spelled, "Message": "Cancelled.", "CancellationReasons": reasons}
    return response(400, body)


def reasons(count: int, told: Mapping[int, str | dict[str, Any]]) -> list[dict[str, Any]]:
    """Reasons of a transaction of ``count`` actions: a code, or a whole reason, by place."""
    found: list[dict[str, Any]] = [{"Code": "None"} for _ in range(count)]
    for place, reason in told.items():
        found[place] = {"Code": reason} if isinstance(reason, str) else reason
    return found
