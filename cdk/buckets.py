"""Construct: a bucket whose loss would hurt. Versioned, closed, retained, and in two regions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple, cast

from aws_cdk import Aws, Duration, RemovalPolicy
from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sns_subscriptions as subscriptions
from constructs import Construct

from cdk.dead_letters import DeadLetters
from cdk.replica_bucket import ReplicaBuckets

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cdk.layer import SharedLayer
    from cdk.settings import Settings

_BROKEN_UPLOAD_DAYS = 1
REPLICATED_WITHIN_MINUTES = 15  # the one number that S3 takes
# Told of each object that could not be replicated, or was not within those minutes. S3's metrics
# of what is late are in the replica's region, where no alarm of this stack can see them.
_UNREPLICATED = [
    "s3:Replication:OperationFailedReplication",
    "s3:Replication:OperationMissedThreshold",
]


@dataclass(frozen=True)
class Kept:
    """How long what lies under ``prefix`` stays.

    ``recovery_days`` is the recovery window: as long as that, what was deleted or overwritten can
    be brought back. ``days`` is the age at which an object goes by itself; None: never.
    """

    id: str
    prefix: str
    recovery_days: int
    days: int | None = None
    replicated: bool = True

    def rule(self) -> s3.LifecycleRule:
        return s3.LifecycleRule(
            id=self.id,
            prefix=self.prefix or None,
            expiration=Duration.days(self.days) if self.days else None,
            # With an age, marks of deletion that hide nothing go by it, too.
            expired_object_delete_marker=None if self.days else True,
            noncurrent_version_expiration=Duration.days(self.recovery_days),
            abort_incomplete_multipart_upload_after=Duration.days(_BROKEN_UPLOAD_DAYS),
        )

    def told(self) -> dict[str, str]:
        """The same for the function that makes the replica."""
        days = {"Days": str(self.days)} if self.days else {}
        recovery = str(self.recovery_days)
        return {"Id": self.id, "Prefix": self.prefix, "RecoveryDays": recovery, **days}


class Replication(Construct):
    """What the buckets of the stack share: who makes replicas, and where failures are told.

    S3 tries whatever it is to tell with a message of its own, which no one must take for a
    failure: hence a topic, whose queue gets only what has records of objects.
    """

    def __init__(
        self, scope: Construct, construct_id: str, *, layer: SharedLayer, settings: Settings
    ) -> None:
        super().__init__(scope, construct_id)
        self.replicas = ReplicaBuckets(self, "Replicas", layer=layer, settings=settings)
        self.failures = sns.Topic(self, "Failures", enforce_ssl=not settings.local)
        # Not by the buckets' names: they are made after this, since S3 tries the topic at once.
        self.failures.add_to_resource_policy(
            iam.PolicyStatement(
                sid="BucketsOfThisAccount",
                principals=[iam.ServicePrincipal("s3.amazonaws.com")],
                actions=["sns:Publish"],
                resources=[self.failures.topic_arn],
                conditions={
                    "ArnLike": {"aws:SourceArn": f"arn:{Aws.PARTITION}:s3:::*"},
                    "StringEquals": {"aws:SourceAccount": Aws.ACCOUNT_ID},
                },
            )
        )
        unreplicated = DeadLetters(self, "Unreplicated", settings=settings).queue
        records = {"eventSource": sns.FilterOrPolicy.filter(_of_s3())}
        self.failures.add_subscription(
            subscriptions.SqsSubscription(
                unreplicated,
                raw_message_delivery=True,
                filter_policy_with_message_body={"Records": sns.FilterOrPolicy.policy(records)},
            )
        )


def _of_s3() -> sns.SubscriptionFilter:
    return sns.SubscriptionFilter.string_filter(allowlist=["aws:s3"])


class Identity(NamedTuple):
    """``logical_id`` must never change: another one is another, empty bucket."""

    logical_id: str
    purpose: str


class CriticalBucket(s3.Bucket):
    """Every version is kept for a recovery window, here and in the second region."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        identity: Identity,
        kept: Sequence[Kept],
        replication: Replication,
        settings: Settings,
        cors: Sequence[s3.CorsRule] = (),
    ) -> None:
        super().__init__(
            scope,
            construct_id,
            versioned=True,
            encryption=s3.BucketEncryption.S3_MANAGED,
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            object_ownership=s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
            # The emulator is spoken to in plain HTTP.
            enforce_ssl=not settings.local,
            removal_policy=RemovalPolicy.RETAIN,
            lifecycle_rules=[each.rule() for each in kept],
            cors=list(cors) or None,
        )
        there = [each for each in kept if each.replicated]
        replica = replication.replicas.replica(
            self, purpose=identity.purpose, kept=[each.told() for each in there]
        )
        self.replica_name = replica.ref
        resource = cast("s3.CfnBucket", self.node.default_child)
        resource.override_logical_id(identity.logical_id)
        prefixes = [each.prefix for each in there]
        role = self._replication_role(replica.get_att_string("Arn"), prefixes)
        resource.replication_configuration = s3.CfnBucket.ReplicationConfigurationProperty(
            role=role.role_arn,
            rules=[
                _rule(prefix, priority, replica.get_att_string("Arn"))
                for priority, prefix in enumerate(prefixes, start=1)
            ],
        )
        self._tell_of_failures(resource, replication.failures)

    def _replication_role(self, replica_arn: str, prefixes: Sequence[str]) -> iam.Role:
        """As in "Setting up permissions for live replication" of S3's user guide, and no more."""
        role = iam.Role(
            self, "ReplicationRole", assumed_by=iam.ServicePrincipal("s3.amazonaws.com")
        )
        for actions, resources in (
            (["s3:GetReplicationConfiguration", "s3:ListBucket"], [self.bucket_arn]),
            (
                [
                    "s3:GetObjectVersionAcl",
                    "s3:GetObjectVersionForReplication",
                    "s3:GetObjectVersionTagging",
                ],
                [self.arn_for_objects(f"{prefix}*") for prefix in prefixes],
            ),
            (
                ["s3:ReplicateDelete", "s3:ReplicateObject", "s3:ReplicateTags"],
                [f"{replica_arn}/{prefix}*" for prefix in prefixes],
            ),
        ):
            role.add_to_policy(iam.PolicyStatement(actions=actions, resources=resources))
        return role

    def _tell_of_failures(self, resource: s3.CfnBucket, topic: sns.Topic) -> None:
        # The construct's own switches would bring a function of the CDK's to set these.
        resource.notification_configuration = s3.CfnBucket.NotificationConfigurationProperty(
            topic_configurations=[
                s3.CfnBucket.TopicConfigurationProperty(event=event, topic=topic.topic_arn)
                for event in _UNREPLICATED
            ]
        )
        resource.node.add_dependency(topic.node.find_child("Policy"))

    def tell_eventbridge(self) -> None:
        """Have the account's default bus told of each object that arrives."""
        cast("s3.CfnBucket", self.node.default_child).add_property_override(
            "NotificationConfiguration.EventBridgeConfiguration.EventBridgeEnabled", value=True
        )


def _rule(prefix: str, priority: int, replica_arn: str) -> s3.CfnBucket.ReplicationRuleProperty:
    """Replicates what lies under ``prefix``, and that it was deleted; measured and within time."""
    minutes = s3.CfnBucket.ReplicationTimeValueProperty(minutes=REPLICATED_WITHIN_MINUTES)
    return s3.CfnBucket.ReplicationRuleProperty(
        id=prefix.strip("/") or "everything",
        priority=priority,
        status="Enabled",
        filter=s3.CfnBucket.ReplicationRuleFilterProperty(prefix=prefix),
        delete_marker_replication=s3.CfnBucket.DeleteMarkerReplicationProperty(status="Enabled"),
        destination=s3.CfnBucket.ReplicationDestinationProperty(
            bucket=replica_arn,
            metrics=s3.CfnBucket.MetricsProperty(status="Enabled", event_threshold=minutes),
            replication_time=s3.CfnBucket.ReplicationTimeProperty(status="Enabled", time=minutes),
        ),
    )
