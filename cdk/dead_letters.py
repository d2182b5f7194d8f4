"""Construct: where events go that a function could not handle, and the alarm when there is one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_sqs as sqs
from constructs import Construct

if TYPE_CHECKING:
    from cdk.settings import Settings


class DeadLetters(Construct):
    """A queue that keeps for two weeks; ``shop redrive`` gives its events to the function again."""

    def __init__(self, scope: Construct, construct_id: str, *, settings: Settings) -> None:
        super().__init__(scope, construct_id)
        self.queue = sqs.Queue(
            self,
            "Queue",
            encryption=sqs.QueueEncryption.SQS_MANAGED,
            # The emulator is spoken to in plain HTTP.
            enforce_ssl=not settings.local,
            retention_period=Duration.days(14),
        )
        cloudwatch.Alarm(
            self,
            "Alarm",
            alarm_description=f"{settings.stack_name}: events wait in {self.node.path}",
            metric=self.queue.metric_approximate_number_of_messages_visible(
                period=Duration.minutes(5), statistic="Maximum"
            ),
            threshold=1,
            evaluation_periods=1,
            comparison_operator=cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
            treat_missing_data=cloudwatch.TreatMissingData.NOT_BREACHING,
        )
