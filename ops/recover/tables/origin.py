"""Which table another one was restored from: rows of unlike tables are never to be mixed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ops.errors import OperationError

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import TableDescriptionTypeDef

RESTORED = "-restored-"
"""Between the name of a table and the moment that it was restored to."""


def described(client: DynamoDBClient, name: str) -> TableDescriptionTypeDef | None:
    """The table ``name`` as DynamoDB describes it; None: there is none."""
    try:
        return client.describe_table(TableName=name)["Table"]
    except client.exceptions.ResourceNotFoundException:
        return None


def is_there(client: DynamoDBClient, name: str) -> bool:
    return described(client, name) is not None


def source_of(table: TableDescriptionTypeDef) -> str | None:
    """The name of the table that it was restored from, if DynamoDB says that it was restored."""
    summary = table.get("RestoreSummary", {})
    arn = summary.get("SourceTableArn") or summary.get("SourceBackupArn") or ""
    return arn.partition(":table/")[2].partition("/")[0] or None


def require_same_origin(client: DynamoDBClient, one: str, other: str) -> None:
    """Raise OperationError unless both are the same table, as it was at some moment or as it is.

    What a restored table was made from DynamoDB says of it, whatever it is called; where it says
    nothing (of an import from S3, on the local AWS) the name does: ``<table>-restored-…``.
    """
    origins = _origin(client, one), _origin(client, other)
    if origins[0] != origins[1]:
        raise OperationError(
            f"{other} is no restore of {origins[0]}: it was not made from it, nor is it called"
            f" {origins[0]}{RESTORED}…, as a table has to be that was filled by hand."
        )


def _origin(client: DynamoDBClient, name: str) -> str:
    """The name of the table that it once was. Raises OperationError when there is no such table."""
    table = described(client, name)
    if table is None:
        raise OperationError(
            f"There is no table {name}. If it was deleted: shop recover table adopt"
        )
    return (source_of(table) or name).partition(RESTORED)[0]
