"""Whether the newest export of each table is there, young and whole: here, and in the replica."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from botocore.exceptions import ClientError

from ops.errors import OperationError
from ops.recover.region.exports import complete_exports, data_files
from shop.clock import timestamp

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from ops.recover.buckets.objects import Place
    from ops.recover.region.exports import Export

EXPORT_HOURS = 26
"""Exports are daily; the stack's own alarm goes off at the same age."""
_GONE = {"404", "NoSuchBucket", "NoSuchKey"}


class Newest(NamedTuple):
    """``moment`` is that of the newest export, if there is one."""

    moment: datetime | None
    problems: list[str]


def newest_export(live: Place, replica: Place | None, table: str, now: datetime) -> Newest:
    """Of the table that the stack calls so, in the bucket ``live`` and in its ``replica``."""
    try:
        found = complete_exports(live, table)
        found.sort(key=lambda each: each.moment, reverse=True)
        problems = [*_age(found, now), *_lacking(live, found[:1])]
    except (ValueError, KeyError) as error:
        return Newest(None, [f"the summary of one cannot be read: {type(error).__name__}"])
    except OperationError as error:
        return Newest(None, [str(error)])
    except ClientError as error:
        code = error.response["Error"]["Code"]
        if code not in _GONE:
            raise
        what = "the bucket" if code == "NoSuchBucket" else "a file that belongs to it"
        return Newest(None, [f"{what} is gone"])
    if replica and found:
        problems += _unreplicated(live, replica, found, now)
    return Newest(found[0].moment if found else None, problems)


def _hours(export: Export, now: datetime) -> float:
    return (now - export.moment).total_seconds() / 3600


def _age(newest_first: Sequence[Export], now: datetime) -> list[str]:
    if not newest_first:
        return ["there is none"]
    old = _hours(newest_first[0], now) > EXPORT_HOURS
    return [f"the newest is of {timestamp(newest_first[0].moment)}"] if old else []


def _lacking(place: Place, exports: Sequence[Export]) -> list[str]:
    """What of the files that a manifest names is not there, or empty."""
    found = []
    for export in exports:
        sizes = _sizes(place, export)
        files = [each.key for each in data_files(place, export)]
        lacking = [key for key in files if not sizes.get(key)]
        if lacking:
            text = f"{len(lacking)} of its {len(files)} files are gone or empty: {lacking[0]}"
            found.append(text)
    return found


def _unreplicated(
    live: Place, replica: Place, newest_first: Sequence[Export], now: datetime
) -> list[str]:
    """The very newest may be on its way; one of those that are not too old has to be there."""
    young = [each for each in newest_first if _hours(each, now) <= EXPORT_HOURS]
    try:
        whole = any(_sizes(replica, each) == _sizes(live, each) for each in young)
    except ClientError as error:
        if error.response["Error"]["Code"] not in _GONE:
            raise
        return [f"the replica {replica.bucket} is gone"]
    if young and not whole:
        return [f"none of the last {EXPORT_HOURS} hours is whole in the replica {replica.bucket}"]
    return []


def _sizes(place: Place, export: Export) -> dict[str, int]:
    """Of all objects of an export, by their keys."""
    pages = place.s3.get_paginator("list_objects_v2").paginate(
        Bucket=place.bucket, Prefix=export.folder
    )
    return {each["Key"]: each["Size"] for page in pages for each in page.get("Contents", [])}
