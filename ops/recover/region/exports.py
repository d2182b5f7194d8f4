"""Exports of tables, as DynamoDB leaves them in a bucket: found, and read as they were written.

``exports/<logical id of the table>/AWSDynamoDB/<export id>/`` has ``manifest-summary.json``, which
comes last, ``manifest-files.json`` with a line for each file, and ``data/``. Format:
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/S3DataExport.Output.html
Everything is looked for beside the summary: a copy of the bucket serves as well as the bucket.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import tempfile
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

from ops.errors import OperationError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import IO

    from ops.recover.buckets.objects import Place

PREFIX = "exports/"
SUMMARY = "manifest-summary.json"
FILES = "manifest-files.json"
_IN_MEMORY = 16 * 1024 * 1024  # bytes of a file; a larger one is on disk while it is read


class Export(NamedTuple):
    """A complete export of the table that the stack calls ``table``."""

    table: str
    folder: str
    """Where it is in its bucket, with a slash at its end."""
    moment: datetime
    items: int


class DataFile(NamedTuple):
    key: str
    items: int
    md5: str
    """In base64."""


def complete_exports(place: Place, table: str | None = None) -> list[Export]:
    """All of them, or those of a ``table``; what is not finished has no summary yet."""
    pages = place.s3.get_paginator("list_objects_v2").paginate(
        Bucket=place.bucket, Prefix=f"{PREFIX}{table}/" if table else PREFIX
    )
    keys = [each["Key"] for page in pages for each in page.get("Contents", [])]
    return [_export(place, key) for key in keys if key.endswith(f"/{SUMMARY}")]


def _export(place: Place, key: str) -> Export:
    summary = json.loads(_read(place, key))
    if summary["outputFormat"] != "DYNAMODB_JSON" or summary.get("exportType", "FULL_EXPORT") != (
        "FULL_EXPORT"
    ):
        raise OperationError(f"{key} is not of a full export as DynamoDB JSON.")
    table = key.removeprefix(PREFIX).partition("/")[0]
    moment = datetime.fromisoformat(summary["exportTime"])
    return Export(table, key.removesuffix(SUMMARY), moment, int(summary["itemCount"]))


def chosen(exports: Sequence[Export], tables: Sequence[str], within_seconds: float) -> list[Export]:
    """One of each table: the newest moment of which there are all, and they are not far apart.

    Raises OperationError when there is none.
    """
    of_table = {table: [each for each in exports if each.table == table] for table in tables}
    lacking = [table for table, found in of_table.items() if not found]
    if lacking:
        raise OperationError(f"There is no complete export of {', '.join(lacking)}.")
    for newest in sorted({each.moment for each in exports}, reverse=True):
        found = [_latest(of_table[table], newest) for table in tables]
        if all(each and (newest - each.moment).total_seconds() <= within_seconds for each in found):
            return [each for each in found if each]
    raise OperationError(
        f"No exports of all tables are within {within_seconds / 3600:.0f} hours of each other;"
        " say --within HOURS to take what is further apart."
    )


def _latest(exports: Sequence[Export], moment: datetime) -> Export | None:
    until = [each for each in exports if each.moment <= moment]
    return max(until, key=lambda each: each.moment, default=None)


def data_files(place: Place, export: Export) -> list[DataFile]:
    """Raises OperationError when the manifest is not what its checksum says, or does not add up."""
    body = _read(place, f"{export.folder}{FILES}")
    lines = [json.loads(line) for line in body.decode().splitlines() if line.strip()]
    folder = f"{export.folder}data/"
    files = [
        DataFile(
            folder + line["dataFileS3Key"].rpartition("/")[2],
            int(line["itemCount"]),
            line["md5Checksum"],
        )
        for line in lines
    ]
    if sum(each.items for each in files) != export.items:
        raise OperationError(f"{export.folder}{FILES} does not add up to {export.items} items.")
    return files


def items(place: Place, file: DataFile) -> Iterator[dict[str, Any]]:
    """The items of a file, in DynamoDB's typed form, once all of it is known to be whole.

    Raises OperationError when it is not.
    """
    with tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY) as whole:
        digest = place.read(file.key, partial(_keep, whole))
        if base64.b64encode(digest).decode() != file.md5:
            raise OperationError(f"{file.key} is not what the export's manifest says.")
        whole.seek(0)
        count = 0
        with gzip.open(whole, "rt", encoding="utf-8") as lines:
            for line in lines:
                yield json.loads(line)["Item"]
                count += 1
    if count != file.items:
        raise OperationError(f"{file.key} has {count} items, its manifest says {file.items}.")


def _keep(file: IO[bytes], pieces: Iterator[bytes]) -> bytes:
    """Write them, over what there is of an earlier try; their MD5."""
    digest = hashlib.md5(usedforsecurity=False)
    file.seek(0)
    file.truncate()
    for piece in pieces:
        digest.update(piece)
        file.write(piece)
    return digest.digest()


def _read(place: Place, key: str) -> bytes:
    return place.read(key, b"".join)
