"""Construct: daily exports of all tables, in a bucket that outlives the region."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_iam as iam
from constructs import Construct

from cdk import build
from cdk.buckets import CriticalBucket, Identity, Kept
from cdk.function import ShopFunction
from cdk.ticks import give_ticks

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cdk.buckets import Replication
    from cdk.layer import SharedLayer
    from cdk.service_context import ServiceContext
    from cdk.settings import Settings

KEPT_DAYS = 35  # as long as a table can be brought back to any second
RECOVERY_DAYS = 35
TOO_OLD_HOURS = 26
_PREFIX = "exports/"  # functions/exports/repository.py
_LOOK_EVERY_MINUTES = 60
_TIMEOUT_SECONDS = 120


class Exports(Construct):
    """Each of the ``contexts``' tables, exported daily to a bucket of its own, and watched."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        contexts: Sequence[ServiceContext],
        replication: Replication,
        layer: SharedLayer,
        settings: Settings,
    ) -> None:
        super().__init__(scope, construct_id)
        self.bucket = CriticalBucket(
            self,
            "Bucket",
            identity=Identity("ExportsBucket", "exports"),
            kept=[Kept("exports", "", RECOVERY_DAYS, days=KEPT_DAYS)],
            replication=replication,
            settings=settings,
        )
        tables = {f"{each.node.id}Table": each.table.table_arn for each in contexts}
        exporter = ShopFunction(
            self,
            "Exporter",
            package="exports",
            code=build.function("exports").code(),
            layer=layer,
            settings=settings,
            environment={
                "TABLES": ",".join(f"{name}={arn}" for name, arn in tables.items()),
                "BUCKET_NAME": self.bucket.bucket_name,
                "STACK_NAME": settings.stack_name,
            },
            description="Starts exports of the tables when they are due, and watches them",
            timeout_seconds=_TIMEOUT_SECONDS,
        )
        self._allow(exporter.role, list(tables.values()), settings)
        give_ticks(self, "Ticks", exporter.function, minutes=_LOOK_EVERY_MINUTES, settings=settings)
        self._watch(settings)

    def _allow(self, role: iam.Role, tables: Sequence[str], settings: Settings) -> None:
        """DynamoDB writes the export with the permissions of whoever started it."""
        exports = [f"{table}/export/*" for table in tables]
        if settings.local:  # the emulator does not see which table or export a call names
            tables = exports = ["*"]
        for actions, resources in (
            (["dynamodb:ExportTableToPointInTime"], tables),
            (["dynamodb:DescribeExport"], exports),
            (["dynamodb:ListExports"], ["*"]),  # has no narrower resource
            (
                ["s3:AbortMultipartUpload", "s3:PutObject", "s3:PutObjectAcl"],
                [self.bucket.arn_for_objects(f"{_PREFIX}*")],
            ),
        ):
            role.add_to_policy(iam.PolicyStatement(actions=actions, resources=list(resources)))

    def _watch(self, settings: Settings) -> None:
        """The function measures each hour (functions/exports/handler.py)."""
        cloudwatch.Alarm(
            self,
            "Failed",
            alarm_description=f"{settings.stack_name}: the newest export of a table has failed",
            metric=_metric("FailedExports", settings),
            threshold=1,
            evaluation_periods=1,
            comparison_operator=cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
            # When nothing is measured, nothing is known to have failed: TooOld tells of that.
            treat_missing_data=cloudwatch.TreatMissingData.NOT_BREACHING,
        )
        cloudwatch.Alarm(
            self,
            "TooOld",
            alarm_description=f"{settings.stack_name}: a table has no complete export of the last "
            f"{TOO_OLD_HOURS} hours, or nobody looked",
            metric=_metric("ExportAge", settings),
            threshold=TOO_OLD_HOURS * 3600,
            evaluation_periods=1,
            comparison_operator=cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
            # Silence is the worst news: no export at all, or a function that does not run.
            treat_missing_data=cloudwatch.TreatMissingData.BREACHING,
        )


def _metric(name: str, settings: Settings) -> cloudwatch.Metric:
    return cloudwatch.Metric(
        namespace="Shop",
        metric_name=name,
        dimensions_map={"service": "exports", "stack": settings.stack_name},
        statistic="Maximum",
        period=Duration.minutes(_LOOK_EVERY_MINUTES),
    )
