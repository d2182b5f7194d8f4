"""Where alarms go: one topic, and with a setting an e-mail address that is subscribed to it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_cdk import Aws
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cloudwatch_actions as actions
from aws_cdk import aws_iam as iam
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sns_subscriptions as subscriptions

if TYPE_CHECKING:
    from constructs import Construct

    from cdk.settings import Settings


def alarms_topic(scope: Construct, *, settings: Settings) -> sns.Topic:
    topic = sns.Topic(
        scope,
        "Alarms",
        display_name=f"{settings.stack_name} alarms",
        enforce_ssl=not settings.local,  # the emulator is spoken to in plain HTTP
    )
    # A topic with a policy of its own no longer has the one that lets the account's alarms in.
    topic.add_to_resource_policy(
        iam.PolicyStatement(
            sid="AlarmsOfThisAccount",
            principals=[iam.ServicePrincipal("cloudwatch.amazonaws.com")],
            actions=["sns:Publish"],
            resources=[topic.topic_arn],
            conditions={"StringEquals": {"aws:SourceAccount": Aws.ACCOUNT_ID}},
        )
    )
    if settings.alarm_email:
        topic.add_subscription(subscriptions.EmailSubscription(settings.alarm_email))
    return topic


def tell_of_alarms(scope: Construct, topic: sns.Topic) -> None:
    """Have every alarm below ``scope`` tell ``topic``, whichever construct made it."""
    for each in scope.node.find_all():
        if isinstance(each, cloudwatch.Alarm):
            each.add_alarm_action(actions.SnsAction(topic))
