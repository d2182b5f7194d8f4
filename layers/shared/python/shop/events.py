"""A context's own events, which come to the same function as its requests.

They are the records of a table's stream, or events of EventBridge that a queue holds. Both are
delivered at least once and, when a consumer raises, again: consumers must bear the same one twice.
"""

import json
import time
from collections.abc import Callable, Mapping
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from shop.observability import logger

type Consumer = Callable[[Mapping[str, Any]], None]
"""Handles one record of a stream, or one event as EventBridge words it."""

STREAM = "aws:dynamodb"
S3 = "aws.s3"
SCHEDULE = "aws.events"
"""A rule of EventBridge that goes by the clock."""
_QUEUE = "aws:sqs"


def source(event: Mapping[str, Any]) -> str | None:
    """Where an event comes from: STREAM, or what EventBridge names; None for a request."""
    if "Records" not in event:
        return None
    record = _unwrapped(event["Records"][0])
    return str(record.get("eventSource") or record["source"])


def consume(consumer: Consumer, event: Mapping[str, Any], context: LambdaContext) -> None:
    """Give each record of ``event`` to ``consumer``, and log one line.

    The first record that fails ends it: its exception is logged and raised, so that Lambda delivers
    the records again.
    """
    started = time.perf_counter()
    logger().append_keys(function_request_id=context.aws_request_id)
    logger().remove_keys(["request_id"])  # of a request that the same process answered before
    for record in event["Records"]:
        try:
            consumer(_unwrapped(record))
        except Exception as error:
            logger().exception("event failed", exc_info=error)
            raise
    logger().info(
        "event",
        source=source(event),
        records=len(event["Records"]),
        duration_ms=round((time.perf_counter() - started) * 1000, 1),
    )


def _unwrapped(record: Mapping[str, Any]) -> Mapping[str, Any]:
    """What a queue holds is the event itself."""
    if record.get("eventSource") != _QUEUE:
        return record
    body: dict[str, Any] = json.loads(record["body"])
    return body
