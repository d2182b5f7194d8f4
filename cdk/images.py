"""Construct: the bucket of product images, how they arrive, and how they are served."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from aws_cdk import Annotations, Duration, Fn, RemovalPolicy
from aws_cdk import aws_cloudfront as cloudfront
from aws_cdk import aws_cloudfront_origins as origins
from aws_cdk import aws_events as events
from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3 as s3
from constructs import Construct

if TYPE_CHECKING:
    from cdk.settings import Settings

UPLOADS = "uploads/"
PUBLISHED = "images/"
"""Prefixes of the bucket: what clients upload, and what the distribution serves."""

_KEPT_DAYS = 90


class Images(Construct):
    """A versioned bucket whose published part, and nothing else, is served by a distribution."""

    def __init__(self, scope: Construct, construct_id: str, *, settings: Settings) -> None:
        super().__init__(scope, construct_id)
        self.bucket = self._bucket(settings)
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

    def _bucket(self, settings: Settings) -> s3.Bucket:
        bucket = s3.Bucket(
            self,
            "Bucket",
            versioned=True,
            encryption=s3.BucketEncryption.S3_MANAGED,
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            object_ownership=s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
            # The emulator is spoken to in plain HTTP.
            enforce_ssl=not settings.local,
            removal_policy=RemovalPolicy.RETAIN,
            lifecycle_rules=[
                s3.LifecycleRule(
                    id="uploads-that-nobody-took",
                    prefix=UPLOADS,
                    expiration=Duration.days(1),
                    noncurrent_version_expiration=Duration.days(1),
                    abort_incomplete_multipart_upload_after=Duration.days(1),
                ),
                s3.LifecycleRule(
                    id="versions-that-were-replaced",
                    prefix=PUBLISHED,
                    noncurrent_version_expiration=Duration.days(_KEPT_DAYS),
                    abort_incomplete_multipart_upload_after=Duration.days(1),
                    expired_object_delete_marker=True,
                ),
            ],
            cors=[
                s3.CorsRule(
                    allowed_methods=[s3.HttpMethods.POST],
                    allowed_origins=list(settings.cors_origins),
                    allowed_headers=["*"],
                )
            ]
            if settings.cors_origins
            else None,
        )
        resource = cast("s3.CfnBucket", bucket.node.default_child)
        resource.override_logical_id("ImagesBucket")
        # The construct's own switch would bring a function of the CDK's to set this.
        resource.add_property_override(
            "NotificationConfiguration.EventBridgeConfiguration.EventBridgeEnabled", value=True
        )
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
