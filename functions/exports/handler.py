"""An hourly tick: exports that are due are started, and how they stand is measured."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from aws_lambda_powertools.metrics import EphemeralMetrics, MetricUnit

from exports import service
from exports.models import Findings, Table
from exports.repository import Exports, client
from shop import config, deadline, events

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aws_lambda_powertools.utilities.typing import LambdaContext

NAMESPACE = "Shop"
FAILED = "FailedExports"
AGE = "ExportAge"


@dataclass(frozen=True)
class Settings:
    """``tables`` is ``UsersTable=arn:...,OrdersTable=arn:...``."""

    tables: str
    bucket_name: str
    stack_name: str


def tick(event: Mapping[str, Any]) -> None:
    """Take one event of the clock."""
    settings = config.from_environment(Settings)
    tables = [Table(*each.split("=", 1)) for each in settings.tables.split(",")]
    exports = Exports(settings.bucket_name, client())
    measure(
        service.check(tables, exports, datetime.fromisoformat(event["time"])), settings.stack_name
    )


def measure(findings: Findings, stack: str) -> None:
    """Write metrics as CloudWatch reads them from a log: no call, and no permission for one.

    Without a complete export of every table there is no age, and to the alarm that is as bad as
    one that is too high.
    """
    metrics = EphemeralMetrics(namespace=NAMESPACE)
    metrics.add_dimension("stack", stack)
    metrics.add_metric(FAILED, MetricUnit.Count, findings.failed)
    if findings.oldest is not None:
        metrics.add_metric(AGE, MetricUnit.Seconds, findings.oldest * 3600)
    metrics.flush_metrics()


def handler(event: Mapping[str, Any], context: LambdaContext) -> None:
    deadline.begin(context.get_remaining_time_in_millis() / 1000)
    consumer = {events.SCHEDULE: tick}[str(events.source(event))]
    events.consume(consumer, event, context)
