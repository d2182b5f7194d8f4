"""The answer to CloudFormation, which waits until it has one, for up to an hour."""

from __future__ import annotations

import json
import time
from http.client import HTTPException
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.request import Request, urlopen

from shop.observability import logger

if TYPE_CHECKING:
    from collections.abc import Mapping

_ATTEMPTS = 4
_TIMEOUT_SECONDS = 4.0
LONGEST_SECONDS = _ATTEMPTS * _TIMEOUT_SECONDS + 1 + 2 + 4
"""What sending may take; nothing else may be begun when only that much is left."""

_REASON_CHARACTERS = 400
"""The whole answer must stay below 4096 bytes."""
_NOTHING = "nothing-was-made"


class Answer(NamedTuple):
    """``physical_id`` is what the resource is known by: another one has the old one deleted."""

    succeeded: bool
    reason: str
    physical_id: str
    data: Mapping[str, str]


def failed(event: Mapping[str, Any], reason: str) -> Answer:
    """Of an update that failed the resource is what it was; of a creation there is none."""
    return Answer(
        succeeded=False,
        reason=reason,
        physical_id=str(event.get("PhysicalResourceId") or _NOTHING),
        data={},
    )


def body(event: Mapping[str, Any], answer: Answer) -> bytes:
    """As CloudFormation wants it; what ``event`` lacks is empty."""
    reason = answer.reason
    if len(reason) > _REASON_CHARACTERS:
        reason = reason[: _REASON_CHARACTERS - 1] + "…"
    document = {
        "Status": "SUCCESS" if answer.succeeded else "FAILED",
        "Reason": reason,
        "PhysicalResourceId": answer.physical_id,
        **{name: event.get(name, "") for name in ("StackId", "RequestId", "LogicalResourceId")},
        "Data": dict(answer.data),
    }
    return json.dumps(document, ensure_ascii=False).encode()


def send(url: str, content: bytes) -> None:
    """Put ``content`` to the presigned ``url``, which is never logged: whoever has it may answer.

    Raises the last error when every attempt fails.
    """
    if not url.startswith(("https://", "http://")):  # the latter is the local AWS
        raise ValueError("the ResponseURL is no web address")
    # An empty type is part of what was signed.
    request = Request(url, content, {"Content-Type": ""}, method="PUT")  # noqa: S310  (checked above)
    for attempt in range(_ATTEMPTS):
        try:
            with urlopen(request, timeout=_TIMEOUT_SECONDS):  # noqa: S310  (as above)
                return
        except (OSError, HTTPException) as error:
            logger().warning("answer not taken", attempt=attempt + 1, error=type(error).__name__)
            if attempt == _ATTEMPTS - 1:
                raise
            time.sleep(2**attempt)
