"""Accidents at one call to DynamoDB: the next one, or one further on."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Any

from botocore.awsrequest import AWSResponse
from botocore.compat import HTTPHeaders
from botocore.exceptions import ReadTimeoutError

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


class Accident(Enum):
    REFUSED = "refused before anything was done"
    LOST = "done, but the answer was lost"
    KILLED_BEFORE = "the function was ended before"
    KILLED_AFTER = "done, but the function was ended"


class Killed(BaseException):
    """Lambda ended the function: nothing of ours gets to handle that."""


class Faults:
    """Counts the calls of a client, and lets one of them go wrong."""

    def __init__(self, client: DynamoDBClient) -> None:
        self.calls: list[str] = []
        self._place: int | None = None
        self._accident = Accident.REFUSED
        events: Any = client.meta.events  # the stubs know of no handler that answers
        events.register("before-call.dynamodb", self._before)
        events.register("after-call.dynamodb", self._after)

    def plan(self, place: int, accident: Accident) -> None:
        """Let the call at ``place``, the next being 0, end in an ``accident``."""
        self.calls.clear()
        self._place, self._accident = place, accident

    def over(self) -> bool:
        """Whether it happened; if it did not, it never will."""
        happened, self._place = self._place is None, None
        return happened

    def _before(self, model: Any, **_: Any) -> tuple[AWSResponse, dict[str, Any]] | None:
        self.calls.append(model.name)
        if not self._due(Accident.REFUSED, Accident.KILLED_BEFORE):
            return None
        if self._accident is Accident.KILLED_BEFORE:
            raise Killed
        error = {"Code": "ThrottlingException", "Message": "Slow down."}
        return AWSResponse("https://dynamodb", 400, HTTPHeaders(), None), {"Error": error}

    def _after(self, **_: Any) -> None:
        if self._due(Accident.LOST, Accident.KILLED_AFTER):
            if self._accident is Accident.KILLED_AFTER:
                raise Killed
            raise ReadTimeoutError(endpoint_url="https://dynamodb")

    def _due(self, *accidents: Accident) -> bool:
        due = self._accident in accidents and self._place == len(self.calls) - 1
        if due:
            self._place = None
        return due
