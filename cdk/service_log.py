"""Log groups: kept for the days of the settings, and gone with the stack."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_cdk import RemovalPolicy
from aws_cdk import aws_logs as logs

from cdk.settings import RETENTION_DAYS

if TYPE_CHECKING:
    from constructs import Construct

    from cdk.settings import Settings


def service_log(
    scope: Construct, construct_id: str, *, settings: Settings, name: str | None = None
) -> logs.LogGroup:
    """Make a log group; without a ``name`` CloudFormation finds one."""
    return logs.LogGroup(
        scope,
        construct_id,
        log_group_name=name,
        retention=logs.RetentionDays[RETENTION_DAYS[settings.log_retention_days]],
        removal_policy=RemovalPolicy.DESTROY,
    )
