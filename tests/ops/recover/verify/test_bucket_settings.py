"""A bucket that is not as the template says is told, setting by setting."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.exceptions import ClientError

from ops.recover.verify.bucket_settings import bucket_differences
from tests.emulated import emulated_aws
from tests.ops.recover.buckets.conftest import error

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from mypy_boto3_s3 import S3Client

BUCKET, REPLICA = "shop-images", "shop-images-replica"
CLOSED: Any = dict.fromkeys(
    ("BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets"), True
)
WANTED: dict[str, Any] = {
    "VersioningConfiguration": {"Status": "Enabled"},
    "BucketEncryption": {
        "ServerSideEncryptionConfiguration": [
            {"ServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}
        ]
    },
    "PublicAccessBlockConfiguration": CLOSED,
    "OwnershipControls": {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]},
    "LifecycleConfiguration": {
        "Rules": [
            {
                "Id": "kept",
                "Status": "Enabled",
                "Prefix": "images/",
                "NoncurrentVersionExpiration": {"NoncurrentDays": 90},
                "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 1},
            }
        ]
    },
    "ReplicationConfiguration": {
        "Role": {"Fn::GetAtt": ["Role", "Arn"]},
        "Rules": [
            {
                "Id": "images",
                "Priority": 1,
                "Status": "Enabled",
                "Filter": {"Prefix": "images/"},
                "DeleteMarkerReplication": {"Status": "Enabled"},
                "Destination": {"Bucket": {"Fn::GetAtt": ["Replica", "Arn"]}},
            }
        ],
    },
}
RULES: Any = {
    "Rules": [
        {
            "ID": "kept",
            "Status": "Enabled",
            "Filter": {"Prefix": "images/"},
            "NoncurrentVersionExpiration": {"NoncurrentDays": 90},
            "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 1},
        }
    ]
}
REPLICATION: Any = {
    "Role": "arn:aws:iam::123456789012:role/x",
    "Rules": [
        {
            "ID": "images",
            "Priority": 1,
            "Status": "Enabled",
            "Filter": {"Prefix": "images/"},
            "DeleteMarkerReplication": {"Status": "Enabled"},
            "Destination": {"Bucket": f"arn:aws:s3:::{REPLICA}"},
        }
    ],
}


@pytest.fixture
def s3() -> Iterator[S3Client]:
    with emulated_aws():
        client = boto3.client("s3")
        place: Any = {"LocationConstraint": "eu-central-1"}
        for bucket in (BUCKET, REPLICA):
            client.create_bucket(Bucket=bucket, CreateBucketConfiguration=place)
            client.put_bucket_versioning(
                Bucket=bucket, VersioningConfiguration={"Status": "Enabled"}
            )
        client.put_public_access_block(Bucket=BUCKET, PublicAccessBlockConfiguration=CLOSED)
        client.put_bucket_encryption(
            Bucket=BUCKET,
            ServerSideEncryptionConfiguration={
                "Rules": [{"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}]
            },
        )
        client.put_bucket_ownership_controls(
            Bucket=BUCKET,
            OwnershipControls={"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]},
        )
        client.put_bucket_lifecycle_configuration(Bucket=BUCKET, LifecycleConfiguration=RULES)
        replicate(client, REPLICATION)
        yield client


def replicate(s3: S3Client, configuration: Any) -> None:
    """Have S3 tell this: moto forgets of a rule its prefix and its deletions."""

    def answer(**_: Any) -> Any:
        if configuration is None:
            raise error("ReplicationConfigurationNotFoundError", 404)
        return {"ReplicationConfiguration": configuration}

    s3.get_bucket_replication = answer  # type: ignore[method-assign]  # says what moto forgets


def wrong(s3: S3Client, replica: str = REPLICA) -> list[str]:
    found = bucket_differences(s3, BUCKET, WANTED, replica)
    return [name for name, problems in found.items() if problems]


def test_what_is_as_wanted_is_not_told(s3: S3Client) -> None:
    assert wrong(s3) == []


def changed(original: Any, change: Callable[[Any], object]) -> Any:
    copied = copy.deepcopy(original)
    change(copied["Rules"][0])
    return copied


SUSPENDED: Any = {"Status": "Suspended"}


@pytest.mark.parametrize(
    ("setting", "spoil"),
    [
        (
            "versions",
            lambda s3: s3.put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration=SUSPENDED),
        ),
        ("public access", lambda s3: s3.delete_public_access_block(Bucket=BUCKET)),
        ("ownership", lambda s3: s3.delete_bucket_ownership_controls(Bucket=BUCKET)),
        ("encryption", lambda s3: s3.delete_bucket_encryption(Bucket=BUCKET)),
        ("lifecycle", lambda s3: s3.delete_bucket_lifecycle(Bucket=BUCKET)),
        (
            "lifecycle",
            lambda s3: s3.put_bucket_lifecycle_configuration(
                Bucket=BUCKET,
                LifecycleConfiguration=changed(
                    RULES, lambda rule: rule["NoncurrentVersionExpiration"].update(NoncurrentDays=9)
                ),
            ),
        ),
        ("replication", lambda s3: replicate(s3, None)),
        *(
            (
                "replication",
                lambda s3, news=news: replicate(
                    s3, changed(REPLICATION, lambda rule: rule.update(news))
                ),
            )
            for news in (
                {"Status": "Disabled"},
                {"DeleteMarkerReplication": {"Status": "Disabled"}},
                {"Filter": {"Prefix": "other/"}},
            )
        ),
    ],
)
def test_each_setting_that_was_changed_is_told(
    s3: S3Client, setting: str, spoil: Callable[[S3Client], object]
) -> None:
    spoil(s3)
    assert wrong(s3) == [setting]


def test_another_replica_is_told(s3: S3Client) -> None:
    assert wrong(s3, replica="elsewhere") == ["replication"]


def test_a_bucket_that_is_gone_is_not_hidden(s3: S3Client) -> None:
    with pytest.raises(ClientError):
        bucket_differences(s3, "gone", WANTED, REPLICA)
