"""Accidents on the wire to any service of AWS, below the SDK with the retries that commands have.

What is beneath is moto, or a double where moto has nothing of use (doubles.py).
"""

from __future__ import annotations

import json
from enum import StrEnum
from typing import TYPE_CHECKING, Any, NamedTuple

import boto3
from botocore import xform_name
from botocore.awsrequest import AWSResponse
from botocore.compat import HTTPHeaders
from botocore.exceptions import ClientError, ConnectTimeoutError, ReadTimeoutError
from moto.core.botocore_stubber import MockRawResponse
from moto.core.models import botocore_stubber
from moto.core.serialize import get_serializer_class
from moto.core.utils import get_service_model
from urllib3.exceptions import ProtocolError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from botocore.awsrequest import AWSPreparedRequest
    from botocore.model import OperationModel

URL = "https://aws.test/"


class Kind(StrEnum):
    THROTTLED = "throttled"
    BROKEN = "the service fails"
    BUSY = "the service is not available"
    UNREACHABLE = "no connection"
    UNHEARD = "it is done, and the answer is lost"
    TORN = "the body of the answer breaks off"
    DENIED = "it is not allowed"


class Plan(NamedTuple):
    """``kind`` happens to the call number ``at`` (None: to each), the first time or ``ever``."""

    kind: Kind
    at: int | None = None
    ever: bool = False


_ITEMS = {"GetItem", "PutItem", "UpdateItem", "DeleteItem", "TransactGetItems"}
_THROTTLED = {
    "dynamodb": ("ThrottlingException", 400),
    "s3": ("SlowDown", 503),
    "cloudformation": ("Throttling", 400),
    "lambda": ("TooManyRequestsException", 429),
}
_BROKEN = {
    "dynamodb": "InternalServerError",
    "s3": "InternalError",
    "cloudformation": "InternalFailure",
    "lambda": "ServiceException",
}
_DENIED = {"s3": ("AccessDenied", 403), "cloudformation": ("AccessDenied", 403)}

# What AWS says to the second of two equal requests, the first of which it is at, or is done with.
# moto takes it, and would do it again.
_AGAIN = {
    "UpdateTable": ("ResourceInUseException", 400),
    "UpdateTimeToLive": ("ValidationException", 400),
    "CopyObject": ("PreconditionFailed", 412),
    "DeleteObject": ("PreconditionFailed", 412),
    "CreateEventSourceMapping": ("ResourceConflictException", 409),
    "DeleteEventSourceMapping": ("ResourceNotFoundException", 404),
}
_READS = ("Describe", "Get", "Head", "List", "Query", "Scan", "TransactGet", "Detect")


class Accidents:
    """Stands between clients and their services: counts calls, and spoils those of a plan.

    A call is what a command asks of the SDK, counted from 0; the SDK may send it several times.
    """

    def __init__(self, doubles: Mapping[str, object]) -> None:
        """``doubles`` by the services that they stand in for: methods as those of clients."""
        self.calls: list[OperationModel] = []
        self.wrote = False
        """Whether anything was carried out that was no mere question."""
        self._doubles = doubles
        self._plan: Plan | None = None
        self._asked: dict[str, Any] = {}
        self._tries = 0
        self._torn: set[str] = set()

    def plan(self, plan: Plan | None) -> None:
        """What goes wrong from here on; calls are counted anew."""
        self._plan, self.wrote = plan, False
        self.calls.clear()
        self._torn.clear()

    @property
    def happened(self) -> bool:
        """Whether the call was made that was to go wrong."""
        return self._plan is not None and len(self.calls) > (self._plan.at or 0)

    def attach(self, client: Any) -> None:
        events = client.meta.events
        events.register("provide-client-params", self._provide)
        events.register("before-call", self._before_call)
        events.unregister("before-send", botocore_stubber)
        events.register("before-send", self._before_send)

    def _provide(self, params: dict[str, Any], **_: Any) -> None:
        self._asked = params

    def _before_call(self, model: OperationModel, **_: Any) -> None:
        self.calls.append(model)
        self._tries = 0

    def _before_send(
        self, request: AWSPreparedRequest, event_name: str, **_: Any
    ) -> AWSResponse | None:
        self._tries += 1
        kind = self._kind()
        if kind is None or kind in (Kind.UNHEARD, Kind.TORN):
            answer = self._serve(request, event_name)
            if kind is None or answer is None:
                return answer
            if kind is Kind.TORN:
                return _torn(answer)
        return _spoilt(kind, self.calls[-1])

    def _kind(self) -> Kind | None:
        if self._plan is None or self._plan.at not in (None, len(self.calls) - 1):
            return None
        if self._plan.kind is Kind.TORN:
            return self._plan.kind if self._is_to_tear(ever=self._plan.ever) else None
        return self._plan.kind if self._plan.ever or self._tries == 1 else None

    def _is_to_tear(self, *, ever: bool) -> bool:
        """The SDK does not ask again for these: so it is another call that does."""
        if not self.calls[-1].has_streaming_output:
            return False
        asked = json.dumps(self._asked, default=str)
        was_torn = asked in self._torn
        self._torn.add(asked)
        return ever or not was_torn

    def _serve(self, request: AWSPreparedRequest, event_name: str) -> AWSResponse | None:
        model = self.calls[-1]
        again = self._tries > 1 and model.name in _AGAIN
        if again and self._plan and self._plan.kind is Kind.UNHEARD:
            return refused(model, *_AGAIN[model.name])
        self.wrote |= not model.name.startswith(_READS)
        double = self._doubles.get(model.service_model.service_name)
        if double is None:
            return botocore_stubber(event_name=event_name, request=request)
        return _answered(double, model, self._asked)


def _answered(double: object, model: OperationModel, asked: Mapping[str, Any]) -> AWSResponse:
    """What a double says, as AWS would spell it."""
    try:
        said = getattr(double, xform_name(model.name))(**asked)
    except ClientError as error:
        told = error.response["Error"]
        return refused(model, told.get("Code", "ValidationError"), 400, told["Message"])
    service = model.service_model.service_name
    known = get_service_model(service).operation_model(model.name)
    spell = get_serializer_class(service, str(known.service_model.metadata["protocol"]))
    answer = spell(known).serialize(said)
    body = MockRawResponse(answer["body"])
    return AWSResponse(URL, answer["status_code"], HTTPHeaders(), body)


def _spoilt(kind: Kind, model: OperationModel) -> AWSResponse:
    service = model.service_model.service_name
    if kind is Kind.UNREACHABLE:
        raise ConnectTimeoutError(endpoint_url=URL)
    if kind is Kind.THROTTLED:
        if model.name in _ITEMS:
            return refused(model, "ProvisionedThroughputExceededException", 400)
        return refused(model, *_THROTTLED[service])
    if kind is Kind.BROKEN:
        # Of a copy S3 may tell that it failed when it has said 200 already.
        return refused(model, _BROKEN[service], 200 if model.name == "CopyObject" else 500)
    if kind is Kind.BUSY:
        return refused(model, "ServiceUnavailable", 503)
    if kind is Kind.DENIED:
        return refused(model, *_DENIED.get(service, ("AccessDeniedException", 400)))
    raise ReadTimeoutError(endpoint_url=URL)


def refused(model: OperationModel, code: str, status: int, message: str = "no") -> AWSResponse:
    """An error, as the service spells them."""
    headers = HTTPHeaders()
    protocol = str(model.service_model.metadata["protocol"])
    if "json" in protocol:
        headers["x-amzn-errortype"] = code
        body = json.dumps({"__type": code, "message": message})
    else:
        body = f"<Error><Code>{code}</Code><Message>{message}</Message></Error>"
        if protocol == "query":
            body = f"<ErrorResponse>{body}</ErrorResponse>"
    if model.http["method"] == "HEAD":
        body = ""
    return AWSResponse(URL, status, headers, MockRawResponse(body))


def _torn(answer: AWSResponse) -> AWSResponse:
    whole = answer.raw.read()
    return AWSResponse(URL, 200, HTTPHeaders(), _Torn(whole[: len(whole) // 2]))


class _Torn(MockRawResponse):
    """Comes to an end in the middle."""

    def read(self, size: int | None = -1) -> bytes:
        part = super().read(size)
        if not part:
            raise ProtocolError("Connection broken")
        return part


class Session:
    """Makes clients as a boto3.Session does for ops.target.Target, each once: that takes long."""

    def __init__(self, accidents: Accidents) -> None:
        self._accidents = accidents
        self._made: dict[tuple[str, str | None], Any] = {}

    def client(self, service: str, *, config: Any, region_name: str | None = None, **_: Any) -> Any:
        """Of moto's AWS, wherever the target says that it is."""
        which = service, region_name
        if which not in self._made:
            make: Any = boto3.client
            client = make(service, config=config, region_name=region_name)
            self._accidents.attach(client)
            self._made[which] = client
        return self._made[which]
