"""What can happen to a call to AWS, at any place in an operation."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ReadTimeoutError

from shop import dynamo
from tests.shop.wire import response
from users import composition

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from botocore.awsrequest import AWSResponse

REFUSED = "refused: it is not done"
LOST = "lost: it is done, but nobody hears of it"
RESENT = "resent: it is done, its answer is lost, and the SDK sends it again"
DENIED = "denied: an error that nobody foresaw"
KINDS = [REFUSED, LOST, RESENT]
CODES = {REFUSED: "ThrottlingException", DENIED: "AccessDeniedException"}


class Calls:
    """The calls of the function to AWS, in order: counts them, and lets one of them go wrong."""

    def __init__(self) -> None:
        self.names: list[str] = []
        self.before_resending: Callable[[], object] = lambda: None
        self._broken: tuple[int, str] | None = None
        for client in (dynamo.client(), composition.signer().client):
            events = client.meta.events
            events.register("before-call", self._before_call)  # type: ignore[arg-type]  # may answer
            events.register("after-call", self._after_call)
            events.register_first("needs-retry", self._needs_retry)  # type: ignore[arg-type]  # it answers

    @contextmanager
    def breaking(self, place: int, kind: str) -> Iterator[None]:
        """Let the call at ``place`` from here on, counted from 0, go wrong."""
        self.names.clear()
        self._broken = (place, kind)
        try:
            yield
        finally:
            self._broken = None

    def made_by(self, operation: Callable[[], Any]) -> list[str]:
        self.names.clear()
        operation()
        return self.names.copy()

    def _is(self, kind: str) -> bool:
        return self._broken == (len(self.names) - 1, kind)

    def _before_call(self, model: Any, **_: Any) -> tuple[AWSResponse, dict[str, Any]] | None:
        """Nothing, or an answer in place of the service's: as transport and as SDK have it."""
        self.names.append(model.name)
        for kind, code in CODES.items():
            if self._is(kind):
                error = {"Code": code, "Message": "no"}
                return response(400, {}), {"Error": error, "ResponseMetadata": {}}
        return None

    def _after_call(self, **_: Any) -> None:
        if self._is(LOST):
            raise ReadTimeoutError(endpoint_url="https://aws.test/")

    def _needs_retry(self, **_: Any) -> int | None:
        if self._is(RESENT):
            self._broken = None
            self.before_resending()
            return 0  # seconds until it is sent again
        return None


@contextmanager
def meanwhile(call: str, action: Callable[[], Any], *, times: int = 1) -> Iterator[list[str]]:
    """Do ``action`` just before the function makes the next ``call`` to DynamoDB.

    ``times`` such calls are preceded so. What comes back has an entry for each that was.
    """
    done: list[str] = []

    def interfere(**_: Any) -> None:
        if len(done) < times:
            done.append(call)
            action()

    events = dynamo.client().meta.events
    name = f"before-call.dynamodb.{call}"
    events.register(name, interfere)
    try:
        yield done
    finally:
        events.unregister(name, interfere)
