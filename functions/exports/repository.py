"""The exports that DynamoDB knows of: the only place that talks to AWS."""

from __future__ import annotations

from functools import cache, partial
from typing import TYPE_CHECKING, Any

import boto3
from botocore.config import Config

from exports.models import Export
from shop import aws

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from mypy_boto3_dynamodb import DynamoDBClient

    from exports.models import Table

_LOOK_BACK = 10
"""Exports of a table that are looked at, from the newest. A day has one, or as many as failed."""

# Nobody waits for this function, and what administers tables is slower than what reads them.
_PATIENT = Config(read_timeout=5)
CALL_SECONDS = 3 * (1 + 5) + 1 + 2
"""The longest that one call can take."""


@cache
def client() -> DynamoDBClient:
    """The process's one client, made when first needed."""
    return boto3.client("dynamodb", config=aws.CONFIG.merge(_PATIENT))


class Exports:
    """The exports of tables to ``exports/<name of the table>/`` in ``bucket``.

    Every call raises Unavailable when DynamoDB is busy or out of reach, and ClientError when it
    refuses.
    """

    def __init__(self, bucket: str, client: DynamoDBClient) -> None:
        self._bucket = bucket
        self._client = client

    def newest(self, table: Table) -> list[Export]:
        """From the newest to the newest complete one, or to the tenth. 2 round trips as a rule."""
        found = []
        # An export's id begins with the milliseconds at which it began, always of one length.
        for arn in sorted(self._arns(table), key=_id, reverse=True)[:_LOOK_BACK]:
            ask = partial(self._client.describe_export, ExportArn=arn)
            description: Any = _available(ask)["ExportDescription"]
            if self._is_ours(description, table):
                export = _export(description)
                found.append(export)
                if export.completed:
                    break
        return found

    def start(self, table: Table, moment: datetime, token: str) -> None:
        """Begin an export of what the table held at ``moment``; once for each ``token``."""
        _available(
            partial(
                self._client.export_table_to_point_in_time,
                TableArn=table.arn,
                ExportTime=moment,
                ExportType="FULL_EXPORT",
                ExportFormat="DYNAMODB_JSON",
                S3Bucket=self._bucket,
                S3Prefix=_prefix(table),
                S3SseAlgorithm="AES256",
                ClientToken=token,
            )
        )

    def _arns(self, table: Table) -> Iterator[str]:
        token: dict[str, Any] = {}
        while True:
            ask = partial(self._client.list_exports, TableArn=table.arn, **token)
            answer: Any = _available(ask)
            yield from (each["ExportArn"] for each in answer["ExportSummaries"])
            if "NextToken" not in answer:
                return
            token = {"NextToken": answer["NextToken"]}

    def _is_ours(self, description: Any, table: Table) -> bool:
        """A person may export for other ends, elsewhere."""
        return bool(
            description["S3Bucket"] == self._bucket
            and description.get("S3Prefix") == _prefix(table)
            and description.get("ExportType", "FULL_EXPORT") == "FULL_EXPORT"
        )


def _available[Answer](call: Callable[[], Answer]) -> Answer:
    return aws.available(call, longest=CALL_SECONDS)


def _prefix(table: Table) -> str:
    return f"exports/{table.name}"


def _id(arn: str) -> str:
    return arn.rpartition("/")[2]


def _export(description: Any) -> Export:
    failure = (description.get("FailureCode"), description.get("FailureMessage"))
    return Export(
        arn=description["ExportArn"],
        moment=description["ExportTime"],
        status=description["ExportStatus"],
        failure=": ".join(filter(None, failure)),
    )
