"""Whether tables, buckets and exports are as the template says, and could be restored."""

from __future__ import annotations

from datetime import UTC, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any, NamedTuple

from botocore.exceptions import ClientError

from ops.recover.buckets.objects import Place
from ops.recover.region.exports import complete_exports
from ops.recover.tables.locate import stack_tables, stack_template
from ops.recover.tables.settings import PROTECTION, TAGS, differences, present_settings
from ops.recover.verify.bucket_settings import bucket_differences
from shop.clock import timestamp

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ops.recover.tables.locate import StackTable
    from ops.target import Target

EXPORT_HOURS = 26
"""Exports are daily; the stack's own alarm goes off at the same age."""
RESTORABLE_MINUTES = 15
"""DynamoDB promises about five: the newest moment to which a table can be restored."""
EXPORT = "newest export"
_BUCKET = "AWS::S3::Bucket"


class State(StrEnum):
    GOOD = "good"
    BAD = "bad"
    SKIPPED = "not checked"


class Check(NamedTuple):
    subject: str
    what: str
    state: State
    text: str


def check_settings(target: Target) -> Iterator[Check]:
    """Each table and each bucket of the stack."""
    for table in stack_tables(target):
        yield from _table(target, table)
    for logical_id, properties, bucket in _buckets(target):
        yield from _bucket(target, logical_id, properties, bucket)
    yield from _exports(target)


def _check(subject: str, what: str, problems: list[str], good: str) -> Check:
    if problems:
        return Check(subject, what, State.BAD, "; ".join(problems))
    return Check(subject, what, State.GOOD, good)


def _table(target: Target, table: StackTable) -> Iterator[Check]:
    client = target.dynamodb()
    try:
        present = present_settings(client, table.name)
    except client.exceptions.ResourceNotFoundException:
        yield Check(table.logical_id, "settings", State.BAD, f"the table {table.name} is gone")
        return
    problems = differences(table.wanted, present)
    if not target.keeps_history:
        # What the emulator's CloudFormation leaves out, and `table restore` then sets.
        left_out = [each for each in problems if each.split()[0] in (PROTECTION, TAGS)]
        problems = [each for each in problems if each not in left_out]
        if left_out:
            text = "the local AWS does not set them"
            yield Check(table.logical_id, "protection, tags", State.SKIPPED, text)
    yield _check(table.logical_id, "settings", problems, "as the template says")
    if not target.keeps_history:
        yield Check(table.logical_id, "restorable", State.SKIPPED, "the local AWS keeps no history")
        return
    backups = client.describe_continuous_backups(TableName=table.name)
    found = backups["ContinuousBackupsDescription"].get("PointInTimeRecoveryDescription", {})
    yield _restorable(table.logical_id, found.get("LatestRestorableDateTime"))


def _restorable(subject: str, newest: datetime | None) -> Check:
    if newest is None:
        return Check(subject, "restorable", State.BAD, "to no moment at all")
    minutes = (datetime.now(UTC) - newest).total_seconds() / 60
    late = [f"the newest moment is {timestamp(newest)}"] if minutes > RESTORABLE_MINUTES else []
    return _check(subject, "restorable", late, f"until {timestamp(newest)}")


def _buckets(target: Target) -> Iterator[tuple[str, dict[str, Any], str]]:
    template = stack_template(target)["Resources"]
    pages = target.cloudformation().get_paginator("list_stack_resources")
    for page in pages.paginate(StackName=target.stack):
        for each in page["StackResourceSummaries"]:
            if each["ResourceType"] == _BUCKET:
                logical_id = each["LogicalResourceId"]
                properties = template[logical_id].get("Properties", {})
                yield logical_id, properties, each["PhysicalResourceId"]


def _bucket(
    target: Target, logical_id: str, properties: dict[str, Any], bucket: str
) -> Iterator[Check]:
    replica = target.outputs().get(f"{logical_id.removesuffix('Bucket')}ReplicaBucketName")
    try:
        found = bucket_differences(target.s3(), bucket, properties, replica)
    except ClientError as error:
        if error.response["Error"]["Code"] not in ("404", "NoSuchBucket"):
            raise
        yield Check(logical_id, "settings", State.BAD, f"the bucket {bucket} is gone")
        return
    # The emulator's CloudFormation sets no lifecycle.
    skipped = [] if target.keeps_history else ["lifecycle"]
    for what, problems in found.items():
        if what in skipped:
            yield Check(logical_id, what, State.SKIPPED, "the local AWS does not set it")
        else:
            yield _check(logical_id, what, problems, "as the template says")


def _exports(target: Target) -> Iterator[Check]:
    bucket = target.outputs().get("ExportsBucketName")
    if bucket is None:
        yield Check("exports", EXPORT, State.BAD, "the stack has no bucket of exports")
        return
    if not target.keeps_history:
        yield Check("exports", EXPORT, State.SKIPPED, "the local AWS writes none")
        return
    exports = complete_exports(Place(target.s3(), bucket))
    for table in stack_tables(target):
        moments = [each.moment for each in exports if each.table == table.logical_id]
        yield _export(table.logical_id, max(moments, default=None))


def _export(table: str, newest: datetime | None) -> Check:
    if newest is None:
        return Check(table, EXPORT, State.BAD, "there is none")
    hours = (datetime.now(UTC) - newest).total_seconds() / 3600
    old = [f"the newest is of {timestamp(newest)}"] if hours > EXPORT_HOURS else []
    return _check(table, EXPORT, old, f"of {timestamp(newest)}")
