"""Calls to AWS that fail: before they were made, or when they had been."""

from __future__ import annotations

import json
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from botocore.awsrequest import AWSResponse
from botocore.compat import HTTPHeaders
from botocore.exceptions import EndpointConnectionError, ReadTimeoutError
from moto.core.models import botocore_stubber

from products import image_store
from shop import dynamo

if TYPE_CHECKING:
    from botocore.awsrequest import AWSPreparedRequest

_URL = "https://aws.test/"


class Fault(StrEnum):
    REFUSED = "refused"  # nothing was done
    UNHEARD = "unheard"  # it was done, and the answer never came
    REPEATED = "repeated"  # it was done, the answer got lost, and the SDK asked again


def fail(number: int, fault: Fault) -> list[str]:
    """Let the call to AWS of this ``number``, counted from 0 and from now on, fail once.

    The list that comes back has the name of the call as soon as it did.
    """
    one = _Fault(number, fault)
    for client in (dynamo.client(), image_store.client()):
        client.meta.events.register("before-call", one.before_call)
        client.meta.events.register("after-call", one.after_call)
        # This event takes an answer.
        client.meta.events.register_first("before-send", one.before_send)  # type: ignore[arg-type]  # it answers
    return one.happened


class _Fault:
    def __init__(self, number: int, fault: Fault) -> None:
        self.happened: list[str] = []
        self._left = number
        self._fault = fault
        self._now = False
        self._answers: dict[str, AWSResponse] = {}

    def before_call(self, model: Any, **_: Any) -> None:
        self._now = self._left == 0
        self._left -= 1
        if self._now:
            self.happened.append(model.name)
            if self._fault is Fault.REFUSED:
                raise EndpointConnectionError(endpoint_url=_URL)

    def after_call(self, **_: Any) -> None:
        if self._now and self._fault is Fault.UNHEARD:
            raise ReadTimeoutError(endpoint_url=_URL)

    def before_send(self, request: AWSPreparedRequest, **_: Any) -> AWSResponse | None:
        """DynamoDB knows a transaction again by its token; moto does not."""
        token = _token(request)
        if token in self._answers:
            return self._answers[token]
        if not self._now or self._fault is not Fault.REPEATED:
            return None
        self._now = False
        answer = botocore_stubber("before-send", request)
        assert answer
        if token:
            self._answers[token] = answer
        raise ReadTimeoutError(endpoint_url=_URL)


def _token(request: AWSPreparedRequest) -> str:
    body = request.body
    if not isinstance(body, bytes) or b"ClientRequestToken" not in body:
        return ""
    return str(json.loads(body)["ClientRequestToken"])


def refuse(operation: str, status: int, code: str) -> list[str]:
    """Let the next call of ``operation`` be answered with this error of the service.

    The list that comes back has the name of the call as soon as it was.
    """
    happened: list[str] = []

    def answer(model: Any, **_: Any) -> tuple[AWSResponse, dict[str, Any]] | None:
        if model.name != operation or happened:
            return None
        happened.append(operation)
        error = {"Error": {"Code": code, "Message": "no"}, "ResponseMetadata": {}}
        return AWSResponse(_URL, status, HTTPHeaders(), None), error

    for client in (dynamo.client(), image_store.client()):
        client.meta.events.register("before-call", answer)  # type: ignore[arg-type]  # it may answer
    return happened
