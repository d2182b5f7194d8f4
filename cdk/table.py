"""Tables that outlive everything: recoverable to any second, protected, retained."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, cast

from aws_cdk import RemovalPolicy
from aws_cdk import aws_dynamodb as dynamodb

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

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

    def without(self, names: Collection[str]) -> TableShape:
        """The same, without the indexes ``names``."""
        left = {name: keys for name, keys in self.indexes.items() if name not in names}
        return replace(self, indexes=left)


def protected_table(
    scope: Construct, *, logical_id: str, shape: TableShape, name: str | None
) -> dynamodb.TableV2:
    """A table whose logical id does not hang on where it stands in the tree.

    In AWS it has no ``name`` of ours: under a name that is taken CloudFormation could replace
    nothing, and a stack would be alone in its region (cdk/schema refuses a name that comes later).
    """
    table = dynamodb.TableV2(
        scope,
        "Table",
        table_name=name,
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


def emulated_name(stack: str, logical_id: str) -> str:
    """The name that the emulator gives a table of a stack.

    It works it out again at each change of the table, from other words: the table would be swapped
    for an empty one. Told the name, it keeps the table, those of earlier deployments too.
    """
    digest = hashlib.sha256(f"{stack}:{logical_id}".encode()).hexdigest()[:13].upper()
    return f"{stack}-{logical_id}-{digest}"


def _key(name: str) -> dynamodb.Attribute:
    return dynamodb.Attribute(name=name, type=dynamodb.AttributeType.STRING)
