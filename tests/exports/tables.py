"""DynamoDB's exports as a double: they begin when asked for, and end as the test says.

moto starts exports, but knows neither their times nor failures; one test runs against it.
"""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from exports.models import Table

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

BUCKET = "exports-bucket"
REGION = "arn:aws:dynamodb:eu-central-1:123456789012:table"
TABLES = [Table(f"{each}Table", f"{REGION}/shop-{each}") for each in ("Users", "Orders")]
USERS, ORDERS = TABLES
TICK = datetime(2026, 11, 23, 8, 7, 12, tzinfo=UTC)
_PAGE = 3


class Exporter:
    """``calls`` are all that were made; ``refuse`` has the names of tables that cannot be asked."""

    def __init__(self) -> None:
        self.calls: list[str] = []
        self.exports: dict[str, dict[str, Any]] = {}
        self.refuse: set[str] = set()
        self.refused_call = "ListExports"
        self._began = itertools.count(1_795_000_000_000)

    @property
    def client(self) -> DynamoDBClient:
        return self  # type: ignore[return-value]  # the calls that are made of it

    def list_exports(self, *, TableArn: str, NextToken: str = "0") -> dict[str, Any]:  # noqa: N803  (AWS's)
        self._call("ListExports", TableArn)
        arns = [arn for arn, each in self.exports.items() if each["TableArn"] == TableArn]
        start = int(NextToken)
        more = {"NextToken": str(start + _PAGE)} if start + _PAGE < len(arns) else {}
        return {"ExportSummaries": [{"ExportArn": arn} for arn in arns[start:][:_PAGE]], **more}

    def describe_export(self, *, ExportArn: str) -> dict[str, Any]:  # noqa: N803  (AWS's)
        self._call("DescribeExport", ExportArn)
        return {"ExportDescription": self.exports[ExportArn]}

    def export_table_to_point_in_time(self, **asked: Any) -> dict[str, Any]:
        self._call("ExportTableToPointInTime", asked["TableArn"])
        if not any(
            each.get("ClientToken") == asked["ClientToken"] for each in self.exports.values()
        ):
            self.add(asked["TableArn"], "IN_PROGRESS", asked["ExportTime"], **asked)
        return {}

    def add(self, table: str, status: str, moment: datetime, **more: Any) -> None:
        """An export that has begun now, after all others."""
        arn = f"{table}/export/0{next(self._began)}-abcdef01"
        name = next(each.name for each in TABLES if each.arn == table)
        self.exports[arn] = {
            "ExportArn": arn,
            "TableArn": table,
            "ExportStatus": status,
            "ExportTime": moment,
            "S3Bucket": BUCKET,
            "S3Prefix": f"exports/{name}",
            "ExportType": "FULL_EXPORT",
            **more,
        }

    def end(self, status: str, *tables: Table, **more: str) -> None:
        """All exports (of these tables, if any are named) that are under way."""
        for each in self.exports.values():
            mine = not tables or each["TableArn"] in [table.arn for table in tables]
            if mine and each["ExportStatus"] == "IN_PROGRESS":
                each.update({"ExportStatus": status, **more})

    def of(self, table: Table) -> list[tuple[str, datetime]]:
        """Status and moment of a table's exports, from the oldest."""
        return [
            (each["ExportStatus"], each["ExportTime"])
            for each in self.exports.values()
            if each["TableArn"] == table.arn
        ]

    def _call(self, operation: str, arn: str) -> None:
        self.calls.append(operation)
        table = arn.partition("/export/")[0]
        if operation == self.refused_call and table in self.refuse:
            raise ClientError({"Error": {"Code": "AccessDenied", "Message": "No"}}, operation)


def later(**by: float) -> datetime:
    return TICK + timedelta(**by)
