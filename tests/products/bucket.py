"""The bucket of images, the browsers that upload to it, and what it says when something came."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from mypy_boto3_s3 import S3Client

type Deliver = Callable[[Mapping[str, Any]], None]

BUCKET_NAME = "shop-images"
IMAGES_URL = "https://images.example"

STARTS = {
    "image/png": b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR",
    "image/jpeg": b"\xff\xd8\xff\xe0\x00\x10JFIF\x00",
    "image/webp": b"RIFF\x24\x00\x00\x00WEBPVP8 ",
    "image/avif": b"\x00\x00\x00\x1cftypavif\x00\x00\x00\x00avifmif1miaf",
}
EXTENSIONS = {
    "image/png": "png",
    "image/jpeg": "jpg",
    "image/webp": "webp",
    "image/avif": "avif",
}


def image(content_type: str, size: int = 2000) -> bytes:
    """A file that begins as one of this type does."""
    start = STARTS[content_type]
    return start + b"." * (size - len(start))


class Bucket:
    def __init__(self, client: S3Client) -> None:
        self._client = client
        client.create_bucket(
            Bucket=BUCKET_NAME, CreateBucketConfiguration={"LocationConstraint": "eu-central-1"}
        )

    def upload(self, ticket: Mapping[str, Any], content: bytes | None = None) -> dict[str, Any]:
        """Do as a browser that was given ``ticket``; the event that comes of it.

        S3 itself sees to the form's policy; tests/products/test_handler_image.py reads that.
        """
        fields = ticket["fields"]
        content_type = fields["Content-Type"]
        body = image(content_type) if content is None else content
        return self.put(fields["key"], body, content_type)

    def put(self, key: str, body: bytes, content_type: str) -> dict[str, Any]:
        self._client.put_object(Bucket=BUCKET_NAME, Key=key, Body=body, ContentType=content_type)
        return arrival(key, len(body))

    def objects(self) -> list[str]:
        """Their keys."""
        found = self._client.list_objects_v2(Bucket=BUCKET_NAME)
        return [each["Key"] for each in found.get("Contents", [])]

    def uploads(self) -> list[str]:
        """The keys of those that wait to be looked at."""
        return [key for key in self.objects() if key.startswith("uploads/")]

    def get(self, key: str) -> dict[str, Any]:
        """What the world gets at ``key``: content, type, caching."""
        found = self._client.get_object(Bucket=BUCKET_NAME, Key=key)
        return {
            "body": found["Body"].read(),
            "type": found["ContentType"],
            "caching": found.get("CacheControl"),
        }


def arrival(key: str, size: int = 2000) -> dict[str, Any]:
    """The event of EventBridge that says that an object has come."""
    return {
        "version": "0",
        "id": "17793124-05d4-b198-2fde-7ededc63b103",
        "detail-type": "Object Created",
        "source": "aws.s3",
        "account": "123456789012",
        "time": "2026-11-22T12:00:00Z",
        "region": "eu-central-1",
        "resources": [f"arn:aws:s3:::{BUCKET_NAME}"],
        "detail": {
            "version": "0",
            "bucket": {"name": BUCKET_NAME},
            "object": {"key": key, "size": size, "etag": "b1946ac92492d2347c6235b4d2611184"},
            "request-id": "N4N7GDK58NMKJ12R",
            "requester": "123456789012",
            "reason": "PostObject",
        },
    }


def queued(*events: Mapping[str, Any]) -> dict[str, Any]:
    """The events of EventBridge as the queue that holds them gives them to the function."""
    records = [
        {
            "messageId": f"059f36b4-87a3-44ab-83d2-6619750{number:05}",
            "eventSource": "aws:sqs",
            "eventSourceARN": "arn:aws:sqs:eu-central-1:123456789012:images",
            "awsRegion": "eu-central-1",
            "body": json.dumps(event),
        }
        for number, event in enumerate(events)
    ]
    return {"Records": records}
