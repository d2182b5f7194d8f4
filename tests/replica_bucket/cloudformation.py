"""CloudFormation as the function meets it: it asks, waits for an answer, and asks further."""

from __future__ import annotations

import json
from email.message import Message
from typing import TYPE_CHECKING, Any
from urllib.error import HTTPError

from replica_bucket.handler import handler
from tests.conftest import FakeLambdaContext

if TYPE_CHECKING:
    from urllib.request import Request

ACCOUNT = "123456789012"
REGION = "eu-central-1"
REPLICA_REGION = "eu-west-1"
STACK = f"arn:aws:cloudformation:{REGION}:{ACCOUNT}:stack/shop-test/5b0f3f0c"
URL = "https://answers.example/signed?Signature=secret"

PROPERTIES: dict[str, Any] = {
    "ServiceToken": f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:maker",
    "NamePrefix": f"shop-test-images-{REPLICA_REGION}-",
    "Region": REPLICA_REGION,
    "TlsOnly": "true",
    "Kept": [
        {"Id": "kept", "Prefix": "images/", "RecoveryDays": "90"},
        {"Id": "aged", "Prefix": "", "RecoveryDays": "35", "Days": "36"},
    ],
    "Tags": {"stage": "test", "stack": "shop-test", "of": "images"},
}


class Context(FakeLambdaContext):
    """A function that has two minutes, or so many ``seconds``."""

    def __init__(self, seconds: float = 120) -> None:
        super().__init__()
        self._seconds = seconds

    def get_remaining_time_in_millis(self) -> int:  # type: ignore[override]  # theirs is static
        return round(self._seconds * 1000)


class Taken:
    """What urllib gives for a request that went well."""

    def __enter__(self) -> None:
        """Nothing of it is used."""

    def __exit__(self, *_: object) -> None:
        """Nothing of it is kept."""


class CloudFormation:
    """``refuse`` so many answers first; ``requests`` are all that were sent, also those."""

    def __init__(self) -> None:
        self.requests: list[Request] = []
        self.refuse = 0
        self.failure: Exception = HTTPError(URL, 503, "Slow Down", Message(), None)

    def urlopen(self, request: Request, *, timeout: float) -> Taken:
        assert 0 < timeout < 10
        self.requests.append(request)
        if len(self.requests) <= self.refuse:
            raise self.failure
        return Taken()

    @property
    def answer(self) -> dict[str, Any]:
        """The last one."""
        body = self.requests[-1].data
        assert isinstance(body, bytes)
        assert len(body) < 4096
        answer: dict[str, Any] = json.loads(body)
        return answer

    def ask(
        self,
        kind: str,
        properties: dict[str, Any] | None = None,
        *,
        seconds: float = 120,
        **more: Any,
    ) -> dict[str, Any]:
        """The answer to a request of this ``kind``; ``more`` replaces what is in the event."""
        handler(event(kind, properties, **more), Context(seconds))
        return self.answer


def event(kind: str, properties: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    return {
        "RequestType": kind,
        "RequestId": "request-1",
        "StackId": STACK,
        "ResponseURL": URL,
        "ResourceType": "Custom::ReplicaBucket",
        "LogicalResourceId": "ImagesBucketReplica",
        "ResourceProperties": PROPERTIES if properties is None else properties,
        **more,
    }
