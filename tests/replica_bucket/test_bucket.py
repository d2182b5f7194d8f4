"""The bucket through its life: created, updated, repaired, rolled back, left alone."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import boto3
import pytest

from replica_bucket import request
from tests.replica_bucket.cloudformation import (
    PROPERTIES,
    REPLICA_REGION,
    STACK,
    CloudFormation,
    event,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from mypy_boto3_s3 import S3Client

CLOSED = {
    "BlockPublicAcls": True,
    "IgnorePublicAcls": True,
    "BlockPublicPolicy": True,
    "RestrictPublicBuckets": True,
}


def state(s3: S3Client, bucket: str) -> dict[str, Any]:
    """All that is set on the bucket."""
    read: dict[str, Callable[..., Any]] = {
        "place": s3.get_bucket_location,
        "versions": s3.get_bucket_versioning,
        "closed": s3.get_public_access_block,
        "owner": s3.get_bucket_ownership_controls,
        "encryption": s3.get_bucket_encryption,
        "lifecycle": s3.get_bucket_lifecycle_configuration,
        "tags": s3.get_bucket_tagging,
        "policy": s3.get_bucket_policy,
    }
    found = {name: dict(ask(Bucket=bucket)) for name, ask in read.items()}
    for each in found.values():
        del each["ResponseMetadata"]
    found["policy"] = json.loads(found["policy"]["Policy"])
    return found


def content(s3: S3Client, bucket: str) -> bytes:
    """Of the one object; moto takes every call for one without TLS."""
    s3.delete_bucket_policy(Bucket=bucket)
    return s3.get_object(Bucket=bucket, Key="images/1.png")["Body"].read()


def test_a_new_bucket_is_all_that_was_asked_for(
    cloudformation: CloudFormation, s3: S3Client
) -> None:
    answer = cloudformation.ask("Create")
    bucket = answer["PhysicalResourceId"]
    arn = f"arn:aws:s3:::{bucket}"
    assert answer["Status"] == "SUCCESS", answer["Reason"]
    assert answer["Data"] == {"BucketName": bucket, "Arn": arn, "Region": REPLICA_REGION}
    found = state(s3, bucket)
    abandoned = {"AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 1}, "Status": "Enabled"}
    rules = found.pop("lifecycle")["Rules"]
    assert rules == [
        {
            "ID": "kept",
            "Filter": {"Prefix": "images/"},
            "Expiration": {"ExpiredObjectDeleteMarker": True},
            "NoncurrentVersionExpiration": {"NoncurrentDays": 90},
            **abandoned,
        },
        {
            "ID": "aged",
            "Filter": {"Prefix": ""},
            "Expiration": {"Days": 36},
            "NoncurrentVersionExpiration": {"NoncurrentDays": 35},
            **abandoned,
        },
    ]
    (encryption,) = found.pop("encryption")["ServerSideEncryptionConfiguration"]["Rules"]
    assert encryption["ApplyServerSideEncryptionByDefault"] == {"SSEAlgorithm": "AES256"}
    (policy,) = found.pop("policy")["Statement"]
    assert policy == {
        "Sid": "OnlyByTls",
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": [arn, f"{arn}/*"],
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }
    assert sorted(found.pop("tags")["TagSet"], key=lambda tag: tag["Key"]) == [
        {"Key": "of", "Value": "images"},
        {"Key": "stack", "Value": "shop-test"},
        {"Key": "stage", "Value": "test"},
    ]
    assert found == {
        "place": {"LocationConstraint": REPLICA_REGION},
        "versions": {"Status": "Enabled"},
        "closed": {"PublicAccessBlockConfiguration": CLOSED},
        "owner": {"OwnershipControls": {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]}},
    }


def test_its_name_is_the_same_each_time_and_of_this_stack_in_this_place_only(
    cloudformation: CloudFormation,
) -> None:
    def name(stack: str) -> str:
        made: str = cloudformation.ask("Create", StackId=stack)["PhysicalResourceId"]
        return made

    first = name(STACK)
    assert first.startswith(PROPERTIES["NamePrefix"])
    assert len(first) <= 63
    assert name(STACK) == name(STACK.replace("5b0f3f0c", "made-again")) == first
    names = {first, name(STACK.replace("eu-central-1", "us-west-2"))}
    with_other_account = event("Create", StackId=STACK.replace("123456789012", "210987654321"))
    names.add(request.wanted(with_other_account).name)
    assert len(names) == 3


@pytest.mark.parametrize("kind", ["Create", "Update"])
def test_a_request_that_comes_again_changes_nothing(
    cloudformation: CloudFormation, s3: S3Client, kind: str
) -> None:
    first = cloudformation.ask("Create")
    before = state(s3, first["PhysicalResourceId"])
    again = cloudformation.ask(kind, PhysicalResourceId=first["PhysicalResourceId"])
    assert again == first
    assert state(s3, first["PhysicalResourceId"]) == before


BREAK: dict[str, Callable[[S3Client, str], object]] = {
    "versions": lambda s3, bucket: s3.put_bucket_versioning(
        Bucket=bucket, VersioningConfiguration={"Status": "Suspended"}
    ),
    "closed": lambda s3, bucket: s3.delete_public_access_block(Bucket=bucket),
    "half closed": lambda s3, bucket: s3.put_public_access_block(
        Bucket=bucket, PublicAccessBlockConfiguration={"BlockPublicAcls": True}
    ),
    "owner": lambda s3, bucket: s3.put_bucket_ownership_controls(
        Bucket=bucket, OwnershipControls={"Rules": [{"ObjectOwnership": "ObjectWriter"}]}
    ),
    "encryption": lambda s3, bucket: s3.delete_bucket_encryption(Bucket=bucket),
    "lifecycle": lambda s3, bucket: s3.delete_bucket_lifecycle(Bucket=bucket),
    "tags": lambda s3, bucket: s3.put_bucket_tagging(
        Bucket=bucket, Tagging={"TagSet": [{"Key": "of", "Value": "someone"}]}
    ),
    "policy": lambda s3, bucket: s3.delete_bucket_policy(Bucket=bucket),
}


@pytest.mark.parametrize("what", BREAK)
def test_what_someone_changed_is_put_right(
    cloudformation: CloudFormation, s3: S3Client, what: str
) -> None:
    bucket = cloudformation.ask("Create")["PhysicalResourceId"]
    before = state(s3, bucket)
    BREAK[what](s3, bucket)
    answer = cloudformation.ask("Update", PhysicalResourceId=bucket)
    assert answer["Status"] == "SUCCESS"
    assert state(s3, bucket) == before


def test_an_update_brings_what_is_new(cloudformation: CloudFormation, s3: S3Client) -> None:
    bucket = cloudformation.ask("Create")["PhysicalResourceId"]
    longer = [{"Id": "kept", "Prefix": "images/", "RecoveryDays": "120"}]
    answer = cloudformation.ask("Update", {**PROPERTIES, "Kept": longer}, PhysicalResourceId=bucket)
    assert answer["PhysicalResourceId"] == bucket
    (rule,) = state(s3, bucket)["lifecycle"]["Rules"]
    assert rule["NoncurrentVersionExpiration"] == {"NoncurrentDays": 120}


def test_a_bucket_of_ours_that_is_there_is_taken_up_with_all_in_it(
    cloudformation: CloudFormation, s3: S3Client
) -> None:
    bucket = cloudformation.ask("Create")["PhysicalResourceId"]
    whole = state(s3, bucket)
    s3.delete_bucket_policy(Bucket=bucket)  # as if it had been made in part
    s3.put_object(Bucket=bucket, Key="images/1.png", Body=b"kept")
    assert cloudformation.ask("Create")["PhysicalResourceId"] == bucket
    assert state(s3, bucket) == whole
    assert content(s3, bucket) == b"kept"


def test_a_bucket_outlives_its_resource(cloudformation: CloudFormation, s3: S3Client) -> None:
    plain = {**PROPERTIES, "TlsOnly": "false"}
    bucket = cloudformation.ask("Create", plain)["PhysicalResourceId"]
    s3.put_object(Bucket=bucket, Key="images/1.png", Body=b"kept")
    cloudformation.ask("Update", PhysicalResourceId=bucket)
    before = state(s3, bucket)
    for _ in range(2):
        answer = cloudformation.ask("Delete", PhysicalResourceId=bucket)
        assert (answer["Status"], answer["PhysicalResourceId"]) == ("SUCCESS", bucket)
    assert state(s3, bucket) == before
    assert content(s3, bucket) == b"kept"


@pytest.mark.parametrize("broken", [{}, {"Region": "nowhere"}, None])
def test_deleting_needs_nothing_to_be_right(
    cloudformation: CloudFormation, broken: dict[str, Any] | None
) -> None:
    """Or a stack whose creation failed could not be rolled back."""
    answer = cloudformation.ask(
        "Delete", PhysicalResourceId="nothing-was-made", ResourceProperties=broken
    )
    assert answer["Status"] == "SUCCESS"
    assert answer["PhysicalResourceId"] == "nothing-was-made"


def test_another_region_is_another_bucket_and_the_old_one_stays(
    cloudformation: CloudFormation, s3: S3Client
) -> None:
    """CloudFormation then asks to delete the old one, by its name."""
    old = cloudformation.ask("Create")["PhysicalResourceId"]
    elsewhere = {**PROPERTIES, "Region": "us-west-2", "NamePrefix": "shop-test-images-us-west-2-"}
    new = cloudformation.ask("Update", elsewhere, PhysicalResourceId=old)["PhysicalResourceId"]
    assert new != old
    assert cloudformation.ask("Delete", PhysicalResourceId=old)["Status"] == "SUCCESS"
    other = boto3.client("s3", region_name="us-west-2")
    assert other.get_bucket_location(Bucket=new)["LocationConstraint"] == "us-west-2"
    assert state(s3, old)["versions"] == {"Status": "Enabled"}


def test_the_region_that_has_no_name_in_s3_works_too(cloudformation: CloudFormation) -> None:
    properties = {**PROPERTIES, "Region": "us-east-1", "NamePrefix": "shop-test-images-us-east-1-"}
    first, answer = (cloudformation.ask("Create", properties) for _ in range(2))
    assert first == answer
    assert answer["Status"] == "SUCCESS", answer["Reason"]
    client = boto3.client("s3", region_name="us-east-1")
    place = client.get_bucket_location(Bucket=answer["PhysicalResourceId"])
    assert place["LocationConstraint"] is None


def test_without_tls_there_is_no_policy(cloudformation: CloudFormation, s3: S3Client) -> None:
    bucket = cloudformation.ask("Create", {**PROPERTIES, "TlsOnly": "false"})["PhysicalResourceId"]
    with pytest.raises(s3.exceptions.ClientError, match="NoSuchBucketPolicy"):
        s3.get_bucket_policy(Bucket=bucket)
