"""Objects compared and brought back, on the condition that nobody else came in between."""

from __future__ import annotations

import hashlib
import time
from enum import StrEnum
from typing import TYPE_CHECKING, Any, NamedTuple

from botocore.exceptions import ClientError, HTTPClientError, IncompleteReadError

from ops.recover.buckets.plan import Kind
from ops.recover.buckets.versions import Entry
from shop.retry import full_jitter

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from mypy_boto3_s3 import S3Client

    from ops.recover.buckets.plan import Decision

# https://docs.aws.amazon.com/AmazonS3/latest/API/API_CopyObject.html
MOST_BYTES = 5 * 1024**3
_CHUNK = 1024 * 1024
_ATTEMPTS = 8  # as many as for calls: ops/target.py
_DESCRIBES = (
    "CacheControl",
    "ContentDisposition",
    "ContentEncoding",
    "ContentLanguage",
    "ContentType",
    "Metadata",
    "WebsiteRedirectLocation",
)
"""What S3 keeps of an object besides its bytes, and a browser gets to see."""

_CHANGED = {"412", "PreconditionFailed", "ConditionalRequestConflict"}
_GONE = {"404", "NoSuchKey", "NoSuchVersion"}
_ARCHIVED = {"InvalidObjectState"}


class Outcome(StrEnum):
    SAME = "as it was"
    COPIED = "brought back"
    HIDDEN = "hidden"
    CHANGED = "changed meanwhile, left"
    LOST = "lost"
    ELSEWHERE = "lost here, not in the replica"
    REFUSED = "cannot be copied"


class Done(NamedTuple):
    """``version_id`` is that of a copy that was made."""

    key: str
    outcome: Outcome
    reason: str = ""
    version_id: str = ""


class Content(NamedTuple):
    sha256: str
    size: int


class Place(NamedTuple):
    """A bucket and the client of its region."""

    s3: S3Client
    bucket: str

    def head(self, key: str, version_id: str | None = None) -> dict[str, Any] | None:
        """What there is to know of an object; None when there is none."""
        version: Any = {"VersionId": version_id} if version_id else {}
        try:
            return dict(self.s3.head_object(Bucket=self.bucket, Key=key, **version))
        except ClientError as error:
            if _code(error) in _GONE:
                return None
            raise

    def read[Result](
        self, key: str, take: Callable[[Iterator[bytes]], Result], version_id: str | None = None
    ) -> Result:
        """What ``take`` makes of an object's bytes, which come in pieces.

        The SDK asks again for an answer, but not for the rest of one that broke off on the way:
        then ``take`` gets them from the first one again.
        """
        version: Any = {"VersionId": version_id} if version_id else {}
        for attempt in range(1, _ATTEMPTS + 1):
            answer = self.s3.get_object(Bucket=self.bucket, Key=key, **version)
            try:
                return take(answer["Body"].iter_chunks(_CHUNK))
            except (HTTPClientError, IncompleteReadError):
                if attempt == _ATTEMPTS:
                    raise
                time.sleep(full_jitter(attempt, first=0.5, most=20))
        raise AssertionError

    def content(self, key: str, version_id: str) -> Content:
        """What the version's bytes are."""

        def take(pieces: Iterator[bytes]) -> Content:
            digest, size = hashlib.sha256(), 0
            for piece in pieces:
                digest.update(piece)
                size += len(piece)
            return Content(digest.hexdigest(), size)

        return self.read(key, take, version_id)


class Objects:
    """Brings objects of ``live`` back from versions in ``source``, which may be the same place."""

    def __init__(self, source: Place, live: Place) -> None:
        self.source = source
        self.live = live

    def settled(self, decision: Decision) -> Decision:
        """The same, unless what is to be brought back is there already, as another version."""
        current, wanted = decision.current, decision.wanted
        if decision.kind is not Kind.COPY or current is None or wanted is None:
            return decision
        if self._same(decision.key, wanted, current):
            return decision._replace(kind=Kind.SAME)
        return decision

    def apply(self, decision: Decision) -> Done:
        """Do what was decided. Errors of S3 that are not about this one object pass through."""
        key, wanted = decision.key, decision.wanted
        if decision.kind is Kind.SAME:
            return Done(key, Outcome.SAME)
        if decision.kind is Kind.LOST:
            return Done(key, Outcome.LOST, decision.reason)
        if decision.kind is Kind.ELSEWHERE:
            return Done(key, Outcome.ELSEWHERE, decision.reason)
        if wanted and wanted.size > MOST_BYTES:
            return Done(key, Outcome.REFUSED, "it is larger than the 5 GiB that S3 copies at once")
        if not self._is_still(key, decision.current):
            return Done(key, Outcome.CHANGED)
        return self._change(decision)

    def _change(self, decision: Decision) -> Done:
        key, wanted = decision.key, decision.wanted
        try:
            if wanted:
                copied = self._copy(key, wanted, decision.current)
                return Done(key, Outcome.COPIED, version_id=copied)
            self._hide(key, decision.current)
        except ClientError as error:
            return self._explained(error, key, wanted)
        return Done(key, Outcome.HIDDEN)

    def _copy(self, key: str, wanted: Entry, current: Entry | None) -> str:
        """With all that describes it, over ``current`` and nothing else; the copy's version."""
        unchanged = {"IfMatch": current.etag} if current else {"IfNoneMatch": "*"}
        try:
            return self._copied(key, wanted, unchanged)
        except ClientError as error:
            # Not everywhere can a copy rest on what it overwrites; it was just looked at.
            if _code(error) != "NotImplemented":
                raise
        return self._copied(key, wanted, {})

    def _copied(self, key: str, wanted: Entry, unchanged: Any) -> str:
        version = wanted.version_id
        answer = self.live.s3.copy_object(
            Bucket=self.live.bucket,
            Key=key,
            CopySource={"Bucket": self.source.bucket, "Key": key, "VersionId": version},
            CopySourceIfMatch=wanted.etag,
            **unchanged,
        )
        return answer.get("VersionId", "")

    def _hide(self, key: str, current: Entry | None) -> None:
        etag = current.etag if current else ""
        self.live.s3.delete_object(Bucket=self.live.bucket, Key=key, IfMatch=etag)

    def _is_still(self, key: str, current: Entry | None) -> bool:
        """Asked as late as can be: S3 itself looks at the ETag only, emulators not even at that."""
        found = self.live.head(key)
        version = found.get("VersionId", "null") if found else None
        return version == (current.version_id if current else None)

    def _explained(self, error: ClientError, key: str, wanted: Entry | None) -> Done:
        """What an error means for one object; raises it when it means more."""
        code = _code(error)
        if code in _ARCHIVED:
            return Done(key, Outcome.REFUSED, "it is archived; have S3 restore it first")
        if code in _GONE and wanted and not self.source.head(key, wanted.version_id):
            return Done(key, Outcome.LOST, "its version went just now")
        if code not in _CHANGED | _GONE:
            raise error
        # The SDK may have asked twice, as the first answer got lost: then this is our own work.
        found = self.live.head(key)
        if wanted is None:
            return Done(key, Outcome.CHANGED if found else Outcome.HIDDEN)
        current = _entry(found) if found else None
        if current and self._same(key, wanted, current):
            return Done(key, Outcome.COPIED, version_id=current.version_id)
        return Done(key, Outcome.CHANGED)

    def _same(self, key: str, wanted: Entry, current: Entry) -> bool:
        """Whether a reader could tell the two versions apart.

        ETags tell less than they seem to: a copy of what was uploaded in parts has another one.
        """
        if wanted.size != current.size:
            return False
        if wanted.etag != current.etag and (
            self.source.content(key, wanted.version_id)
            != self.live.content(key, current.version_id)
        ):
            return False
        return self.described(self.source, key, wanted) == self.described(self.live, key, current)

    @staticmethod
    def described(place: Place, key: str, entry: Entry) -> dict[str, Any]:
        found = place.head(key, entry.version_id) or {}
        return {name: found[name] for name in _DESCRIBES if found.get(name)}


def _entry(head: dict[str, Any]) -> Entry:
    version, size = head.get("VersionId", "null"), head["ContentLength"]
    return Entry(version, head["LastModified"], is_latest=True, etag=head["ETag"], size=size)


def _code(error: ClientError) -> str:
    return error.response["Error"]["Code"]
