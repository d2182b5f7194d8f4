"""The bucket of product images, and the distribution that serves what is published of it."""

from typing import Any

import pytest

from products.images import Upload
from products.models import ImageType
from shop.ids import new_id
from tests.cdk.conftest import only, plain, resources, synthesize

UPLOADS, PUBLISHED = "uploads/", "images/"


@pytest.fixture
def bucket(template: dict[str, Any]) -> dict[str, Any]:
    return images_bucket(template)


@pytest.fixture
def distribution(template: dict[str, Any]) -> dict[str, Any]:
    properties = plain(only(template, "AWS::CloudFront::Distribution"))
    config: dict[str, Any] = properties["DistributionConfig"]
    return config


def images_bucket(template: dict[str, Any]) -> dict[str, Any]:
    found = resources(template, "AWS::S3::Bucket")["ImagesBucket"]
    properties: dict[str, Any] = plain(found["Properties"])
    return properties


def bucket_statements(template: dict[str, Any]) -> list[dict[str, Any]]:
    policies = resources(template, "AWS::S3::BucketPolicy").values()
    (policy,) = (
        each
        for each in (plain(policy["Properties"]) for policy in policies)
        if each["Bucket"] == "${ImagesBucket}"
    )
    found: list[dict[str, Any]] = policy["PolicyDocument"]["Statement"]
    return found


@pytest.mark.parametrize("image_type", ImageType)
def test_the_catalogue_knows_the_same_two_folders(image_type: ImageType) -> None:
    """Permissions, the rule of arrivals, the distribution and the lifecycle name them, too."""
    upload = Upload(new_id(), "0" * 28, image_type)
    assert upload.key.startswith(UPLOADS)
    assert upload.published_key.startswith(PUBLISHED)


def test_uploads_are_gone_after_a_day_and_replaced_images_after_ninety(
    bucket: dict[str, Any],
) -> None:
    """A published image that is still served never expires by itself."""
    rules = {rule.pop("Prefix"): rule for rule in bucket["LifecycleConfiguration"]["Rules"]}
    abandoned = {"AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 1}, "Status": "Enabled"}
    for rule in rules.values():
        del rule["Id"]
    assert rules == {
        UPLOADS: {
            **abandoned,
            "ExpirationInDays": 1,
            "NoncurrentVersionExpiration": {"NoncurrentDays": 1},
        },
        PUBLISHED: {
            **abandoned,
            "ExpiredObjectDeleteMarker": True,
            "NoncurrentVersionExpiration": {"NoncurrentDays": 90},
        },
    }


def test_the_bucket_tells_eventbridge_what_arrives(bucket: dict[str, Any]) -> None:
    told = bucket["NotificationConfiguration"]
    assert told["EventBridgeConfiguration"] == {"EventBridgeEnabled": True}
    # And what was not replicated: tests/cdk/test_buckets.py.
    assert told.keys() == {"EventBridgeConfiguration", "TopicConfigurations"}


def test_browsers_may_upload_from_the_origins_of_the_settings_only(
    bucket: dict[str, Any], local_template: dict[str, Any]
) -> None:
    assert "CorsConfiguration" not in bucket
    local = images_bucket(local_template)
    assert local["CorsConfiguration"]["CorsRules"] == [
        {
            "AllowedHeaders": ["*"],
            "AllowedMethods": ["POST"],
            "AllowedOrigins": ["http://localhost:3000"],
        }
    ]


def test_the_bucket_opens_what_is_published_to_the_distribution_and_by_tls(
    template: dict[str, Any],
) -> None:
    distribution = (
        "arn:${AWS::Partition}:cloudfront::${AWS::AccountId}:distribution/${ImagesDistribution}"
    )
    assert bucket_statements(template) == [
        {
            "Action": "s3:*",
            "Condition": {"Bool": {"aws:SecureTransport": "false"}},
            "Effect": "Deny",
            "Principal": {"AWS": "*"},
            "Resource": ["${ImagesBucket.Arn}", "${ImagesBucket.Arn}/*"],
        },
        {
            "Sid": "OnlyTheDistributionReadsAndOnlyWhatIsPublished",
            "Action": "s3:GetObject",
            "Condition": {"StringEquals": {"AWS:SourceArn": distribution}},
            "Effect": "Allow",
            "Principal": {"Service": "cloudfront.amazonaws.com"},
            "Resource": f"${{ImagesBucket.Arn}}/{PUBLISHED}*",
        },
    ]


def test_the_emulator_is_spoken_to_without_tls_and_is_as_closed_otherwise(
    template: dict[str, Any], local_template: dict[str, Any]
) -> None:
    refused, opened = bucket_statements(template)
    assert refused["Effect"] == "Deny"
    assert bucket_statements(local_template) == [opened]


def test_images_are_served_by_https_only(
    distribution: dict[str, Any], local_template: dict[str, Any]
) -> None:
    assert distribution["DefaultCacheBehavior"]["ViewerProtocolPolicy"] == "redirect-to-https"
    assert "CacheBehaviors" not in distribution
    local = only(local_template, "AWS::CloudFront::Distribution")["DistributionConfig"]
    assert local["DefaultCacheBehavior"]["ViewerProtocolPolicy"] == "allow-all"


def test_the_distribution_reads_the_bucket_in_its_own_name(
    template: dict[str, Any], distribution: dict[str, Any]
) -> None:
    (origin,) = distribution["Origins"]
    assert origin["DomainName"] == "${ImagesBucket.RegionalDomainName}"
    assert origin["OriginAccessControlId"] == "${ImagesAccess.Id}"
    assert origin["S3OriginConfig"] == {"OriginAccessIdentity": ""}  # the older way, unused
    access = only(template, "AWS::CloudFront::OriginAccessControl")["OriginAccessControlConfig"]
    assert (access["OriginAccessControlOriginType"], access["SigningProtocol"]) == ("s3", "sigv4")
    assert access["SigningBehavior"] == "always"


def test_the_distribution_only_reads(distribution: dict[str, Any]) -> None:
    behavior = distribution["DefaultCacheBehavior"]
    assert "AllowedMethods" not in behavior  # GET and HEAD
    assert "DefaultRootObject" not in distribution
    assert distribution["Enabled"] is True
    # AWS's own policies: CachingOptimized (no cookie, header or query in the key), and
    # SecurityHeadersPolicy (nosniff among others: what is uploaded is never run as a page).
    assert behavior["CachePolicyId"] == "658327ea-f89d-4fab-a63d-7e88639e58f6"
    assert behavior["ResponseHeadersPolicyId"] == "67f7725c-6f97-4210-82d7-5512b31e9d03"


def test_the_catalogue_and_the_outputs_name_the_same_address(template: dict[str, Any]) -> None:
    assert image_addresses(template) == {"https://${ImagesDistribution.DomainName}"}


def test_locally_images_come_from_the_port_of_the_emulator() -> None:
    name = "${ImagesDistribution.DomainName}.split(.)[0]"
    local = synthesize(stage="local", localPort=4999)
    assert image_addresses(local) == {f"http://{name}.cloudfront.localhost:4999"}
    assert image_addresses(synthesize(stage="local")) == {
        f"http://{name}.cloudfront.localhost:4566"
    }


def image_addresses(template: dict[str, Any]) -> set[str]:
    variables = [
        each["Properties"]["Environment"]["Variables"]
        for each in resources(template, "AWS::Lambda::Function").values()
    ]
    named = {plain(each["IMAGES_URL"]) for each in variables if "IMAGES_URL" in each}
    return named | {plain(template["Outputs"]["ImagesUrl"]["Value"])}
