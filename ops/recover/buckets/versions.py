"""What a bucket's keys have been through: their versions and deletions, key by key.

S3 tells times in whole seconds. What was written within the second that a moment names counts as
written before it. Of versions of a key within one second the listing keeps the order, and so it
does for deletions; between the two it does not tell (they come as two lists), unless one of them is
the latest. Then the version counts as the later: what may have been there is shown, not hidden.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime

    from mypy_boto3_s3 import S3Client


class Entry(NamedTuple):
    """A version of an object, or a delete marker."""

    version_id: str
    """``null`` for what was written while the bucket was not versioned: the next overwrote it."""
    modified: datetime
    is_latest: bool
    is_marker: bool = False
    etag: str = ""
    size: int = 0


class History(NamedTuple):
    """A key and its entries, the newest first; there is at least one."""

    key: str
    entries: Sequence[Entry]

    def at(self, moment: datetime) -> Entry | None:
        """What was current at ``moment``; None when nothing is left from then."""
        return next((each for each in self.entries if each.modified <= moment), None)

    def is_tied(self, moment: datetime) -> bool:
        """Whether a version and a deletion of one second both could be what was current."""
        found = self.at(moment)
        if found is None or found.is_latest:
            return False
        same = [each for each in self.entries if each.modified == found.modified]
        return len({each.is_marker for each in same if not each.is_latest}) > 1

    @property
    def begins_with_deletion(self) -> bool:
        """Whether there must have been something before all that is left.

        But for who deletes what never was: S3 notes that, too.
        """
        first = self.entries[-1].modified
        return all(each.is_marker for each in self.entries if each.modified == first)

    @property
    def visible(self) -> Entry | None:
        """What a reader gets now."""
        newest = self.entries[0]
        return None if newest.is_marker else newest


def histories(s3: S3Client, bucket: str, prefix: str = "") -> Iterator[History]:
    """The keys of a bucket, in the order of their UTF-8; one page and one key are in memory."""
    key, entries = None, list[Entry]()
    pages = s3.get_paginator("list_object_versions").paginate(Bucket=bucket, Prefix=prefix)
    for page in pages:
        for found, more in _by_key(page):
            if key is not None and found != key:
                yield History(key, _sorted(entries))
                entries = []
            key = found
            entries += more
    if key is not None:
        yield History(key, _sorted(entries))


def _by_key(page: Mapping[str, Any]) -> list[tuple[str, list[Entry]]]:
    found: dict[str, list[Entry]] = {}
    for each in page.get("Versions", []):
        entry = Entry(
            each["VersionId"],
            each["LastModified"],
            each["IsLatest"],
            etag=each["ETag"],
            size=each["Size"],
        )
        found.setdefault(each["Key"], []).append(entry)
    for each in page.get("DeleteMarkers", []):
        entry = Entry(each["VersionId"], each["LastModified"], each["IsLatest"], is_marker=True)
        found.setdefault(each["Key"], []).append(entry)
    return sorted(found.items())  # code points have the order of their UTF-8


def _sorted(entries: list[Entry]) -> list[Entry]:
    """The newest first; those of one second as they came."""
    return sorted(entries, key=lambda each: (each.is_latest, each.modified), reverse=True)


def joined(
    left: Iterator[History], right: Iterator[History]
) -> Iterator[tuple[History | None, History | None]]:
    """What two buckets have at each key."""
    one, other = next(left, None), next(right, None)
    while one or other:
        if other is None or (one and one.key < other.key):
            yield one, None
            one = next(left, None)
        elif one is None or other.key < one.key:
            yield None, other
            other = next(right, None)
        else:
            yield one, other
            one, other = next(left, None), next(right, None)
