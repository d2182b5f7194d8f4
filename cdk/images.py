"""Construct: the bucket of product images, how they arrive, and how they are served."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_cdk import Annotations, Fn
from aws_cdk import aws_cloudfront as cloudfront
from aws_cdk import aws_cloudfront_origins as origins
from aws_cdk import aws_events as events
from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3 as s3
from constructs import Construct

from cdk.buckets import CriticalBucket, Identity, Kept

if TYPE_CHECKING:
    from cdk.buckets import Replication
    from cdk.settings import Settings

UPLOADS = "uploads/"
PUBLISHED = "images/"
"""Prefixes of the bucket: what clients upload, and what the distribution serves."""

RECOVERY_DAYS = 90
"""So long can a published image be brought back that was deleted or overwritten."""


class Images(Construct):
    """A versioned bucket whose published part, and nothing else, is served by a distribution."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        replication: Replication,
        settings: Settings,
    ) -> None:
        super().__init__(scope, construct_id)
        self.bucket = self._bucket(replication, settings)
        self.distribution = self._distribution(settings)
        self.url = self._url(settings)
        self.arrivals = events.EventPattern(
            source=["aws.s3"],
            detail_type=["Object Created"],
            detail={
                "bucket": {"name": [self.bucket.bucket_name]},
                "object": {"key": [{"prefix": UPLOADS}]},
            },
        )

    def _bucket(self, replication: Replication, settings: Settings) -> CriticalBucket:
        bucket = CriticalBucket(
            self,
            "Bucket",
            identity=Identity("ImagesBucket", "images"),
            kept=[
                # What waits here was looked at by nobody yet, and comes again if it is lost.
                Kept("uploads-that-nobody-took", UPLOADS, 1, days=1, replicated=False),
                Kept("versions-that-were-replaced", PUBLISHED, RECOVERY_DAYS),
            ],
            replication=replication,
            settings=settings,
            cors=[
                s3.CorsRule(
                    allowed_methods=[s3.HttpMethods.POST],
                    allowed_origins=list(settings.cors_origins),
                    allowed_headers=["*"],
                )
            ]
            if settings.cors_origins
            else [],
        )
        bucket.tell_eventbridge()
        return bucket

    def _url(self, settings: Settings) -> str:
        domain = self.distribution.distribution_domain_name
        if not settings.local:
            return f"https://{domain}"
        # The emulator serves a distribution under a name that leads to this machine.
        name = Fn.select(0, Fn.split(".", domain))
        return f"http://{name}.cloudfront.localhost:{settings.local_port}"

    def _distribution(self, settings: Settings) -> cloudfront.Distribution:
        access = cloudfront.S3OriginAccessControl(self, "Access")
        # As if it were someone else's, so that the CDK does not open all of it.
        origin_bucket = s3.Bucket.from_bucket_attributes(
            self,
            "Origin",
            bucket_arn=self.bucket.bucket_arn,
            bucket_regional_domain_name=self.bucket.bucket_regional_domain_name,
        )
        Annotations.of(self).acknowledge_warning(
            "@aws-cdk/aws-cloudfront-origins:updateImportedBucketPolicyOac",
            "The policy below opens what is published, and nothing else.",
        )
        distribution = cloudfront.Distribution(
            self,
            "Distribution",
            comment="Product images",
            default_behavior=cloudfront.BehaviorOptions(
                origin=origins.S3BucketOrigin.with_origin_access_control(
                    origin_bucket, origin_access_control=access
                ),
                viewer_protocol_policy=(
                    cloudfront.ViewerProtocolPolicy.ALLOW_ALL
                    if settings.local
                    else cloudfront.ViewerProtocolPolicy.REDIRECT_TO_HTTPS
                ),
                cache_policy=cloudfront.CachePolicy.CACHING_OPTIMIZED,
                response_headers_policy=cloudfront.ResponseHeadersPolicy.SECURITY_HEADERS,
                compress=False,  # images are compressed already
            ),
            http_version=cloudfront.HttpVersion.HTTP2_AND_3,
            price_class=cloudfront.PriceClass.PRICE_CLASS_100,
        )
        self.bucket.add_to_resource_policy(
            iam.PolicyStatement(
                sid="OnlyTheDistributionReadsAndOnlyWhatIsPublished",
                principals=[iam.ServicePrincipal("cloudfront.amazonaws.com")],
                actions=["s3:GetObject"],
                resources=[self.bucket.arn_for_objects(f"{PUBLISHED}*")],
                conditions={"StringEquals": {"AWS:SourceArn": distribution.distribution_arn}},
            )
        )
        return distribution
