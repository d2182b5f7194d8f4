"""Whether tables, buckets and exports are as the template says, and could be restored."""

from __future__ import annotations

from datetime import UTC, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from botocore.exceptions import ClientError

from ops.recover.buckets.objects import Place
from ops.recover.tables.locate import stack_tables
from ops.recover.tables.settings import PROTECTION, TAGS, differences, present_settings
from ops.recover.verify.bucket_settings import bucket_differences
from ops.recover.verify.deployed import BUCKET, KEY, Deployed
from ops.recover.verify.event_sources import all_mappings, source_problems, sources
from ops.recover.verify.newest_exports import newest_export
from ops.recover.verify.policies import policy_problems, wanted_statements
from ops.recover.verify.replicas import replica_of, replica_problems
from shop.clock import timestamp

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ops.recover.tables.locate import StackTable
    from ops.recover.verify.deployed import Resource
    from ops.recover.verify.replicas import Replica
    from ops.target import Target

RESTORABLE_MINUTES = 15
"""DynamoDB promises about five: the newest moment to which a table can be restored."""
EXPORT = "newest export"
_AS_WANTED = "as the template says"


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
    """All that a restore, or another region, would need of the stack."""
    deployed = Deployed.of(target)
    tables = stack_tables(target)
    for table in tables:
        yield from _table(target, table)
    yield from _readers(target, deployed)
    for bucket in deployed.of_kind(BUCKET):
        replica = replica_of(deployed, bucket)
        yield from _bucket(target, deployed, bucket, replica)
        if replica:
            yield _replica(target, deployed, bucket, replica)
    yield from _exports(target, deployed, tables)
    yield from _keys(target, deployed)


def _check(subject: str, what: str, problems: list[str], good: str) -> Check:
    if problems:
        return Check(subject, what, State.BAD, "; ".join(problems))
    return Check(subject, what, State.GOOD, good)


def _table(target: Target, table: StackTable) -> Iterator[Check]:
    client = target.dynamodb()
    try:
        present = present_settings(client, table.name)
    except client.exceptions.ResourceNotFoundException:
        name = table.logical_id.removesuffix("Table")
        text = (
            f"the table {table.name} is gone; `shop recover table adopt {name}` brings it back:"
            " docs/runbooks/deleted-table.md"
        )
        yield Check(table.logical_id, "settings", State.BAD, text)
        return
    problems = differences(table.wanted, present)
    if not target.keeps_history:
        # What the emulator's CloudFormation leaves out, and `table restore` then sets.
        left_out = [each for each in problems if each.split()[0] in (PROTECTION, TAGS)]
        problems = [each for each in problems if each not in left_out]
        if left_out:
            text = "the local AWS does not set them"
            yield Check(table.logical_id, "protection, tags", State.SKIPPED, text)
    yield _check(table.logical_id, "settings", problems, _AS_WANTED)
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


def _readers(target: Target, deployed: Deployed) -> Iterator[Check]:
    wanted = sources(deployed)
    mappings = all_mappings(target) if wanted else []
    for source in wanted:
        label = source.resource.label
        problems = source_problems(target, source, mappings)
        if problems is None:
            yield Check(label, "readers", State.SKIPPED, "the table is gone")
        else:
            number = len(source.functions)
            good = "1 function reads it" if number == 1 else f"{number} functions read it"
            yield _check(label, "readers", problems, good)


def _bucket(
    target: Target, deployed: Deployed, bucket: Resource, replica: Replica | None
) -> Iterator[Check]:
    s3 = target.s3()
    try:
        found = bucket_differences(s3, bucket.id, bucket.properties, replica and replica.name)
        wanted = wanted_statements(deployed, bucket.logical_id)
        found["policy"] = policy_problems(s3, bucket.id, wanted)
    except ClientError as error:
        if error.response["Error"]["Code"] not in ("404", "NoSuchBucket"):
            raise
        text = f"the bucket {bucket.id} is gone: docs/runbooks/deleted-or-overwritten-objects.md"
        yield Check(bucket.label, "settings", State.BAD, text)
        return
    # The emulator's CloudFormation sets no lifecycle.
    skipped = [] if target.keeps_history else ["lifecycle"]
    for what, problems in found.items():
        if what in skipped:
            yield Check(bucket.label, what, State.SKIPPED, "the local AWS does not set it")
        else:
            yield _check(bucket.label, what, problems, _AS_WANTED)


def _replica(target: Target, deployed: Deployed, bucket: Resource, replica: Replica) -> Check:
    problems = replica_problems(target, deployed, bucket, replica)
    if problems:
        problems.append("a deployment with another -c shop:repair=WORD puts it right")
    return _check(bucket.label, "replica", problems, f"in {replica.region}, and as it should be")


def _exports(target: Target, deployed: Deployed, tables: list[StackTable]) -> Iterator[Check]:
    name = target.outputs().get("ExportsBucketName")
    if name is None:
        yield Check("exports", EXPORT, State.BAD, "the stack has no bucket of exports")
        return
    if not target.keeps_history:
        yield Check("exports", EXPORT, State.SKIPPED, "the local AWS writes none")
        return
    buckets = [each for each in deployed.of_kind(BUCKET) if each.id == name]
    replica = replica_of(deployed, buckets[0]) if buckets else None
    live, there = Place(target.s3(), name), replica.place(target) if replica else None
    for table in tables:
        newest = newest_export(live, there, table.logical_id, datetime.now(UTC))
        good = f"of {timestamp(newest.moment)}" if newest.moment else ""
        yield _check(table.logical_id, EXPORT, newest.problems, good)


def _keys(target: Target, deployed: Deployed) -> Iterator[Check]:
    """Those that sign: without one nobody can sign in."""
    for key in deployed.of_kind(KEY):
        client = target.kms()
        state: str
        try:
            state = client.describe_key(KeyId=key.id)["KeyMetadata"]["KeyState"]
        except client.exceptions.NotFoundException:
            state = "gone"
        problems = [] if state == "Enabled" else [f"it is {state}"]
        yield _check(key.label, "key", problems, "enabled")
