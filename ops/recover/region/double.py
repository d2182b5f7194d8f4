"""A double of DynamoDB's export, for where there is none: the emulator's writes no object.

It writes a table as it is now, in the format that DynamoDB writes, so that what reads exports can
be tried. Binary values are not written; the shop has none. Nothing uses it on AWS.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
from itertools import batched
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from ops.recover.region.exports import FILES, PREFIX, SUMMARY
from shop.clock import timestamp

if TYPE_CHECKING:
    from datetime import datetime

    from mypy_boto3_dynamodb import DynamoDBClient

    from ops.recover.buckets.objects import Place

_FILES = 3
"""So that there is more than one, as of a real table."""


def write_export(
    client: DynamoDBClient, table: str, logical_id: str, place: Place, moment: datetime
) -> str:
    """Write all rows of ``table`` as an export of ``moment``; the folder that it is in."""
    pages = client.get_paginator("scan").paginate(TableName=table, ConsistentRead=True)
    rows = [row for page in pages for row in page["Items"]]
    folder = f"{PREFIX}{logical_id}/AWSDynamoDB/{uuid4().hex}/"
    size = max(1, -(-len(rows) // _FILES))
    parts: list[Any] = list(batched(rows, size, strict=False)) or [()]
    lines = [_write_part(place, f"{folder}data/{uuid4().hex}.json.gz", part) for part in parts]
    files = "".join(json.dumps(line) + "\n" for line in lines)
    arn = client.describe_table(TableName=table)["Table"]["TableArn"]
    summary = {
        "version": "2020-06-30",
        "tableArn": arn,
        "exportTime": timestamp(moment),
        "s3Bucket": place.bucket,
        "s3Prefix": f"{PREFIX}{logical_id}",
        "manifestFilesS3Key": folder + FILES,
        "itemCount": len(rows),
        "outputFormat": "DYNAMODB_JSON",
        "exportType": "FULL_EXPORT",
    }
    place.s3.put_object(Bucket=place.bucket, Key=folder + FILES, Body=files.encode())
    place.s3.put_object(
        Bucket=place.bucket, Key=folder + SUMMARY, Body=json.dumps(summary).encode()
    )
    return folder


def _write_part(place: Place, key: str, rows: tuple[Any, ...]) -> dict[str, Any]:
    text = "".join(json.dumps({"Item": row}) + "\n" for row in rows)
    body = gzip.compress(text.encode())
    etag = place.s3.put_object(Bucket=place.bucket, Key=key, Body=body)["ETag"].strip('"')
    md5 = base64.b64encode(hashlib.md5(body, usedforsecurity=False).digest()).decode()
    return {"itemCount": len(rows), "md5Checksum": md5, "etag": etag, "dataFileS3Key": key}
