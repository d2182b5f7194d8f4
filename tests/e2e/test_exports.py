"""The clock has every table exported, once a day, all as of one second.

The emulator's exports complete without writing an object; tests/ops/recover/region reads and loads
some that have them. Nor does its clock tick while a test waits: a tick is put into the queue that
EventBridge would put it into. DynamoDB keeps exports for good, so they stay.
"""

from __future__ import annotations

import json
import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

from ops.local.logs import lines
from ops.recover.tables.locate import stack_tables

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ops.local.stack import LocalStack

pytestmark = pytest.mark.e2e

_SECONDS = 30
_BEHIND = timedelta(minutes=10)  # functions/exports/service.py
TABLES = ["AddressesTable", "OrdersTable", "ProductsTable", "UsersTable"]


class Export(NamedTuple):
    table: str
    where: str
    moment: datetime
    status: str


class Exporter:
    """The exports function as it is deployed: fed by its queue, known by what it does."""

    def __init__(self, stack: LocalStack) -> None:
        self._target = stack.target
        self._client = stack.target.dynamodb()
        (self._queue,) = (
            queue
            for queue in stack.target.resources("AWS::SQS::Queue")
            if "ExportsTicks" in queue and "DeadLetters" not in queue
        )

    def exports(self) -> list[Export]:
        """All that there are of the stack's tables."""
        return [each for table in stack_tables(self._target) for each in self._of(table.name)]

    def _of(self, name: str) -> Iterator[Export]:
        arn = self._client.describe_table(TableName=name)["Table"]["TableArn"]
        for each in self._client.list_exports(TableArn=arn)["ExportSummaries"]:
            answer: Any = self._client.describe_export(ExportArn=each["ExportArn"])
            told = answer["ExportDescription"]
            table = told["S3Prefix"].rpartition("/")[2]
            where = f"{told['S3Bucket']}/{told['S3Prefix']}"
            assert told["TableArn"] == arn
            yield Export(table, where, told["ExportTime"], told["ExportStatus"])

    def complete(self) -> list[Export]:
        """The same, as soon as none is under way any more."""
        deadline = time.monotonic() + _SECONDS
        while any(each.status == "IN_PROGRESS" for each in self.exports()):
            assert time.monotonic() < deadline, "an export does not end"
            time.sleep(0.2)
        return self.exports()

    def tick(self, moment: datetime) -> dict[str, Any]:
        """The metrics that the function writes when it takes this tick of the clock."""
        tick = {
            "source": "aws.events",
            "detail-type": "Scheduled Event",
            "time": f"{moment:%Y-%m-%dT%H:%M:%SZ}",
            "detail": {},
        }
        before = len(self._measured())
        self._target.sqs().send_message(QueueUrl=self._queue, MessageBody=json.dumps(tick))
        deadline = time.monotonic() + _SECONDS
        while len(found := self._measured()) == before:
            assert time.monotonic() < deadline, "nothing was measured"
            time.sleep(0.2)
        return found[-1]

    def _measured(self) -> list[dict[str, Any]]:
        """The function's lines that CloudWatch takes for metrics, in the order of their time."""
        logged = lines(self._target, follow=False)
        return [json.loads(line) for line in logged if '"FailedExports"' in line]


def test_a_tick_exports_each_table_as_of_one_second_and_the_next_tick_none(
    stack: LocalStack,
) -> None:
    exporter = Exporter(stack)
    now = datetime.now(UTC).replace(microsecond=0)
    assert exporter.exports() == []
    first = exporter.tick(now)
    assert (first["FailedExports"], "ExportAge" in first) == ([0], False)
    found = exporter.complete()
    assert Counter(each.table for each in found) == Counter(TABLES)
    bucket = stack.target.output("ExportsBucketName")
    assert {each.where for each in found} == {f"{bucket}/exports/{table}" for table in TABLES}
    assert {(each.moment, each.status) for each in found} == {(now - _BEHIND, "COMPLETED")}
    later = exporter.tick(now + timedelta(hours=1))
    assert exporter.exports() == found
    age = (timedelta(hours=1) + _BEHIND).total_seconds()
    assert (later["FailedExports"], later["ExportAge"]) == ([0], [pytest.approx(age)])
    (told,) = later["_aws"]["CloudWatchMetrics"]
    assert (told["Namespace"], later["stack"]) == ("Shop", stack.target.stack)
