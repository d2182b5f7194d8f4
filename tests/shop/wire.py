"""A DynamoDB that says what a test tells it to, below the real client with its real retries."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from botocore.awsrequest import AWSRequest, AWSResponse
from botocore.compat import HTTPHeaders

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mypy_boto3_dynamodb import DynamoDBClient


class Wire:
    """Answers each request that leaves ``client`` with the next of ``answers``.

    An answer is a JSON body, an ``AWSResponse`` or an exception to raise; the last one is given
    again when there are no more.
    """

    def __init__(
        self, client: DynamoDBClient, *answers: dict[str, Any] | AWSResponse | Exception
    ) -> None:
        self.requests: list[dict[str, Any]] = []
        self._answers = list(answers)
        client.meta.events.register(
            "before-send.dynamodb",
            self._answer,  # type: ignore[arg-type]  # this event takes an answer
        )

    def _answer(self, request: AWSRequest, **_: Any) -> AWSResponse:
        self.requests.append(json.loads(request.body))
        answer = self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]
        if isinstance(answer, Exception):
            raise answer
        return answer if isinstance(answer, AWSResponse) else response(200, answer)


def refusal(code: str, status: int = 400) -> AWSResponse:
    """An error of the service, as it spells them."""
    return response(status, {"__type": f"com.amazonaws.dynamodb#{code}", "message": "no"})


def response(status: int, body: dict[str, Any]) -> AWSResponse:
    raw = _Raw(json.dumps(body).encode())
    return AWSResponse("https://dynamodb.test/", status, HTTPHeaders(), raw)


class _Raw:
    def __init__(self, content: bytes) -> None:
        self._content = content

    def stream(self) -> Iterator[bytes]:
        yield self._content
