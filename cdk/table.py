"""Tables that outlive everything: recoverable to any second, protected, retained."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, cast

from aws_cdk import RemovalPolicy
from aws_cdk import aws_dynamodb as dynamodb

if TYPE_CHECKING:
    from collections.abc import Mapping

    from constructs import Construct

RECOVERY_DAYS = 35  # the longest that point-in-time recovery keeps


@dataclass(frozen=True)
class TableShape:
    """What a context's table has beyond ``pk`` and ``sk``.

    ``indexes`` are partition and sort key by name, all strings; they carry keys only.
    """

    indexes: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    time_to_live: str | None = None
    stream: dynamodb.StreamViewType | None = None


def protected_table(scope: Construct, *, logical_id: str, shape: TableShape) -> dynamodb.TableV2:
    """A table whose logical id does not hang on where it stands in the tree."""
    table = dynamodb.TableV2(
        scope,
        "Table",
        partition_key=_key("pk"),
        sort_key=_key("sk"),
        billing=dynamodb.Billing.on_demand(),
        global_secondary_indexes=[
            dynamodb.GlobalSecondaryIndexPropsV2(
                index_name=name,
                partition_key=_key(partition),
                sort_key=_key(sort),
                projection_type=dynamodb.ProjectionType.KEYS_ONLY,
            )
            for name, (partition, sort) in shape.indexes.items()
        ],
        time_to_live_attribute=shape.time_to_live,
        dynamo_stream=shape.stream,
        point_in_time_recovery_specification=dynamodb.PointInTimeRecoverySpecification(
            point_in_time_recovery_enabled=True, recovery_period_in_days=RECOVERY_DAYS
        ),
        deletion_protection=True,
        removal_policy=RemovalPolicy.RETAIN,
    )
    resource = cast("dynamodb.CfnGlobalTable", table.node.default_child)
    resource.override_logical_id(logical_id)
    return table


def _key(name: str) -> dynamodb.Attribute:
    return dynamodb.Attribute(name=name, type=dynamodb.AttributeType.STRING)
