"""Construct: one bounded context, that is a function, its table and what it may do there."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from aws_cdk import RemovalPolicy
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from cdk import build
from cdk.function import ShopFunction

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cdk.settings import Settings

RECOVERY_DAYS = 35  # the longest that point-in-time recovery keeps


class ServiceContext(Construct):
    """``functions/<package>`` with a table of its own, whose rows are keyed by ``pk`` and ``sk``.

    The table outlives everything: point-in-time recovery, deletion protection, retained, and a
    logical id that does not hang on where this construct stands in the tree.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        package: str,
        layer: lambda_.ILayerVersion,
        settings: Settings,
        indexes: Sequence[dynamodb.GlobalSecondaryIndexPropsV2] = (),
    ) -> None:
        super().__init__(scope, construct_id)
        self.table = dynamodb.TableV2(
            self,
            "Table",
            partition_key=key("pk"),
            sort_key=key("sk"),
            billing=dynamodb.Billing.on_demand(),
            global_secondary_indexes=list(indexes),
            point_in_time_recovery_specification=dynamodb.PointInTimeRecoverySpecification(
                point_in_time_recovery_enabled=True, recovery_period_in_days=RECOVERY_DAYS
            ),
            deletion_protection=True,
            removal_policy=RemovalPolicy.RETAIN,
        )
        resource = cast("dynamodb.CfnGlobalTable", self.table.node.default_child)
        resource.override_logical_id(f"{construct_id}Table")
        shop_function = ShopFunction(
            self,
            "Service",
            package=package,
            code=build.function(package).code(),
            layer=layer,
            settings=settings,
            environment={"TABLE_NAME": self.table.table_name},
        )
        self.function = shop_function.function
        self._role = shop_function.role

    def allow(self, *actions: str) -> None:
        """Grant the function ``actions`` (DynamoDB verbs) on the rows of its table."""
        self._grant(actions, [self.table.table_arn])

    def allow_query(self, *indexes: str) -> None:
        """Grant Query on the table and on each of the ``indexes``, by name."""
        arns = [f"{self.table.table_arn}/index/{index}" for index in indexes]
        self._grant(["Query"], [self.table.table_arn, *arns])

    def _grant(self, actions: Sequence[str], resources: list[str]) -> None:
        self._role.add_to_policy(
            iam.PolicyStatement(
                actions=[f"dynamodb:{action}" for action in actions], resources=resources
            )
        )


def key(name: str) -> dynamodb.Attribute:
    """A key attribute; all of ours are strings."""
    return dynamodb.Attribute(name=name, type=dynamodb.AttributeType.STRING)
