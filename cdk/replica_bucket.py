"""Construct: buckets in the second region, which CloudFormation cannot make from this one.

A function of ours makes them (functions/replica_bucket), as a custom resource of the stack.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_cdk import CustomResource, Duration, Stack
from aws_cdk import aws_iam as iam
from constructs import Construct

from cdk import build
from cdk.function import ShopFunction

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cdk.layer import SharedLayer
    from cdk.settings import Settings

PACKAGE = "replica_bucket"
_TIMEOUT_SECONDS = 120  # S3 makes buckets slowly, and permissions take their time to be known
_ACTIONS = [
    "s3:CreateBucket",
    "s3:ListBucket",  # what asking for its owner and region is called
    "s3:PutBucketOwnershipControls",
    "s3:PutBucketPolicy",
    "s3:PutBucketPublicAccessBlock",
    "s3:PutBucketTagging",
    "s3:PutBucketVersioning",
    "s3:PutEncryptionConfiguration",
    "s3:PutLifecycleConfiguration",
]
"""No reading and no deleting, neither of objects nor of buckets."""


class ReplicaBuckets(Construct):
    """The function that makes them, and all that it may do: set up buckets of these names."""

    def __init__(
        self, scope: Construct, construct_id: str, *, layer: SharedLayer, settings: Settings
    ) -> None:
        super().__init__(scope, construct_id)
        self._settings = settings
        self._asset = build.function(PACKAGE)
        self._maker = ShopFunction(
            self,
            "Maker",
            package=PACKAGE,
            code=self._asset.code(),
            layer=layer,
            settings=settings,
            description="Makes buckets in the second region, for CloudFormation",
            timeout_seconds=_TIMEOUT_SECONDS,
        )

    def replica(
        self, scope: Construct, *, purpose: str, kept: Sequence[Mapping[str, str]]
    ) -> CustomResource:
        """A bucket for what is ``purpose``; its name is what the resource is referred to by."""
        settings = self._settings
        prefix = f"{settings.stack_name}-{purpose}-{settings.second_region}-"
        self._maker.role.add_to_policy(
            iam.PolicyStatement(
                actions=_ACTIONS,
                resources=[f"arn:{Stack.of(self).partition}:s3:::{prefix}*"],
            )
        )
        return CustomResource(
            scope,
            "Replica",
            service_token=self._maker.function.function_arn,
            resource_type="Custom::ReplicaBucket",
            service_timeout=Duration.seconds(3 * _TIMEOUT_SECONDS),  # Lambda tries three times
            properties={
                "NamePrefix": prefix,
                "Region": settings.second_region,
                "TlsOnly": str(not settings.local).lower(),  # the emulator is spoken to in HTTP
                "Kept": [dict(each) for each in kept],
                "Tags": {"stage": settings.stage, "stack": settings.stack_name, "of": purpose},
                # Another maker, or a word of the operator's, has it all set again.
                "Maker": self._asset.content,
                "Repair": settings.repair,
            },
        )
