"""The bucket of images: the only place that talks to S3.

``uploads/`` is what came from browsers and was not looked at yet; ``images/`` is what the world
sees, each under a key of its own that never changes its content.
"""

from __future__ import annotations

from functools import cache, partial
from typing import TYPE_CHECKING, NamedTuple

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

from shop.aws import CONFIG, available

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

MAX_BYTES = 5 * 1024 * 1024
TICKET_SECONDS = 600
_HEAD_BYTES = 64
_FOREVER = "public, max-age=31536000, immutable"

_GONE = {"NoSuchKey", "PreconditionFailed"}
_EMPTY = "InvalidRange"


@cache
def client() -> S3Client:
    """The process's one client, made when first needed.

    Virtual addressing makes the form's address the region's own: the general one redirects, which
    no browser follows with a form that has a file.
    """
    own = Config(signature_version="s3v4", s3={"addressing_style": "virtual"})
    return boto3.client("s3", config=CONFIG.merge(own))


class Form(NamedTuple):
    """Where to post a file, and the fields that must come with it."""

    url: str
    fields: dict[str, str]


class Head(NamedTuple):
    """The first bytes of an object, and what S3 knows about it; ``size`` in bytes."""

    start: bytes
    content_type: str
    size: int
    etag: str


class ImageStore:
    """``url`` is where the world finds the bucket's ``images/``, without a slash at its end.

    Every method but ``form`` is one round trip, and raises Unavailable when S3 is busy or out of
    reach.
    """

    def __init__(self, bucket: str, url: str, client: S3Client) -> None:
        self.url = url
        self._bucket = bucket
        self._client = client

    def form(self, key: str, content_type: str) -> Form:
        """Lets whoever has it upload ``key`` once or more within TICKET_SECONDS. Asks no one."""
        made = self._client.generate_presigned_post(
            self._bucket,
            key,
            Fields={"Content-Type": content_type},
            Conditions=[{"Content-Type": content_type}, ["content-length-range", 1, MAX_BYTES]],
            ExpiresIn=TICKET_SECONDS,
        )
        return Form(made["url"], made["fields"])

    def head(self, key: str) -> Head | None:
        """None when there is no such object."""
        try:
            return available(partial(self._read_head, key))
        except ClientError as error:
            if _code(error) == _EMPTY:
                return Head(b"", "", 0, "")
            if _code(error) in _GONE:
                return None
            raise

    def _read_head(self, key: str) -> Head:
        answer = self._client.get_object(
            Bucket=self._bucket, Key=key, Range=f"bytes=0-{_HEAD_BYTES - 1}"
        )
        size = int(answer["ContentRange"].rpartition("/")[2])
        return Head(answer["Body"].read(), answer["ContentType"], size, answer["ETag"])

    def publish(self, source: str, target: str, content_type: str, etag: str) -> bool:
        """Copy ``source`` while it still has this ``etag``; whether it had."""
        try:
            available(
                partial(
                    self._client.copy_object,
                    Bucket=self._bucket,
                    Key=target,
                    CopySource={"Bucket": self._bucket, "Key": source},
                    CopySourceIfMatch=etag,
                    MetadataDirective="REPLACE",
                    ContentType=content_type,
                    CacheControl=_FOREVER,
                )
            )
        except ClientError as error:
            if _code(error) in _GONE:
                return False
            raise
        return True

    def delete(self, key: str) -> None:
        """Also when there is no such object."""
        available(partial(self._client.delete_object, Bucket=self._bucket, Key=key))


def _code(error: ClientError) -> str:
    return error.response["Error"]["Code"]
