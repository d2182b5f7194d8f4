"""A context's own events, as Lambda gets them; what is in them belongs into no log."""

from __future__ import annotations

import json
from typing import Any

from shop.events import S3, STREAM
from tests.shop.notes import CANARY


def stream_event(*names: str) -> dict[str, Any]:
    """Records of a table's stream: a change of each row in ``names``."""
    return {"Records": [_record(name) for name in names]}


def _record(name: str) -> dict[str, Any]:
    return {
        "eventID": name,
        "eventName": "MODIFY",
        "eventVersion": "1.1",
        "eventSource": STREAM,
        "awsRegion": "eu-central-1",
        "dynamodb": {
            "ApproximateCreationDateTime": 1795359845,
            "Keys": {"pk": {"S": f"SHELF#{CANARY}"}, "sk": {"S": CANARY}},
            "NewImage": {"secret": {"S": CANARY}},
            "SequenceNumber": "111",
            "SizeBytes": 26,
            "StreamViewType": "NEW_AND_OLD_IMAGES",
        },
        "eventSourceARN": "arn:aws:dynamodb:eu-central-1:123456789012:table/shelf/stream/2026",
    }


def s3_event(name: str) -> dict[str, Any]:
    """What EventBridge says of a new object in a bucket; ``name`` is the event's own."""
    return {
        "version": "0",
        "id": name,
        "detail-type": "Object Created",
        "source": S3,
        "account": "123456789012",
        "time": "2026-11-22T15:04:05Z",
        "region": "eu-central-1",
        "resources": ["arn:aws:s3:::images"],
        "detail": {
            "version": "0",
            "bucket": {"name": "images"},
            "object": {"key": f"products/{CANARY}.png", "size": 26},
            "reason": "PutObject",
        },
    }


def queued(*events: object) -> dict[str, Any]:
    """Events of EventBridge out of a queue; a text is a message as it stands."""
    return {"Records": [_message(event) for event in events]}


def _message(event: object) -> dict[str, Any]:
    return {
        "messageId": "059f36b4-87a3-44ab-83d2-661975830a7d",
        "receiptHandle": "AQEBwJnKyrHigUMZj6rYigCgxlaS3SLy0a",
        "body": event if isinstance(event, str) else json.dumps(event),
        "attributes": {"ApproximateReceiveCount": "1", "SentTimestamp": "1795359845123"},
        "messageAttributes": {},
        "md5OfBody": "098f6bcd4621d373cade4e832627b4f6",
        "eventSource": "aws:sqs",
        "eventSourceARN": "arn:aws:sqs:eu-central-1:123456789012:images",
        "awsRegion": "eu-central-1",
    }
