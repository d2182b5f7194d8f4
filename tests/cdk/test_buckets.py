"""Buckets whose loss would hurt: how they are kept, and how they come to a second region."""

from typing import Any

import pytest

from cdk import exports, images
from products.images import Upload
from products.models import ImageType
from shop.ids import new_id
from tests.cdk.conftest import as_list, plain, resources
from tests.cdk.test_events import queues

BUCKET = "AWS::S3::Bucket"
BUCKETS = ["ImagesBucket", "ExportsBucket"]
# What is replicated of each, by the rule's id.
REPLICATED = {"ImagesBucket": {"images": "images/"}, "ExportsBucket": {"everything": ""}}


def properties(template: dict[str, Any], bucket: str) -> dict[str, Any]:
    found: dict[str, Any] = plain(resources(template, BUCKET)[bucket]["Properties"])
    return found


def test_these_are_the_buckets_and_they_outlive_the_stack(template: dict[str, Any]) -> None:
    """Another logical id would be another, empty bucket."""
    found = resources(template, BUCKET)
    assert list(found) == BUCKETS
    for each in found.values():
        assert each["DeletionPolicy"] == each["UpdateReplacePolicy"] == "Retain"
        assert "BucketName" not in each["Properties"]


@pytest.mark.parametrize("bucket", BUCKETS)
def test_every_version_is_kept_encrypted_and_closed(template: dict[str, Any], bucket: str) -> None:
    found = properties(template, bucket)
    assert found["VersioningConfiguration"] == {"Status": "Enabled"}
    (rule,) = found["BucketEncryption"]["ServerSideEncryptionConfiguration"]
    assert rule == {"ServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}
    assert found["PublicAccessBlockConfiguration"] == {
        "BlockPublicAcls": True,
        "BlockPublicPolicy": True,
        "IgnorePublicAcls": True,
        "RestrictPublicBuckets": True,
    }
    assert found["OwnershipControls"] == {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]}
    assert "AccessControl" not in found
    assert "WebsiteConfiguration" not in found


@pytest.mark.parametrize("bucket", BUCKETS)
def test_it_is_reached_by_tls_only(template: dict[str, Any], bucket: str) -> None:
    statements = [
        each
        for policy in resources(template, "AWS::S3::BucketPolicy").values()
        if plain(policy["Properties"]["Bucket"]) == f"${{{bucket}}}"
        for each in plain(policy["Properties"]["PolicyDocument"]["Statement"])
    ]
    (denied,) = (each for each in statements if each["Effect"] == "Deny")
    assert denied == {
        "Action": "s3:*",
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
        "Effect": "Deny",
        "Principal": {"AWS": "*"},
        "Resource": [f"${{{bucket}.Arn}}", f"${{{bucket}.Arn}}/*"],
    }


def test_exports_go_after_35_days_and_can_be_brought_back_for_35_more(
    template: dict[str, Any],
) -> None:
    assert (exports.KEPT_DAYS, exports.RECOVERY_DAYS, images.RECOVERY_DAYS) == (35, 35, 90)
    (rule,) = properties(template, "ExportsBucket")["LifecycleConfiguration"]["Rules"]
    assert rule == {
        "Id": "exports",
        "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 1},
        "ExpirationInDays": 35,
        "NoncurrentVersionExpiration": {"NoncurrentDays": 35},
        "Status": "Enabled",
    }


# --- replication ------------------------------------------------------------------------------
@pytest.mark.parametrize("bucket", BUCKETS)
def test_all_that_matters_is_replicated_within_time_and_so_is_its_deletion(
    template: dict[str, Any], bucket: str
) -> None:
    in_time = {"Minutes": 15}
    assert properties(template, bucket)["ReplicationConfiguration"] == {
        "Role": f"${{{bucket}ReplicationRole.Arn}}",
        "Rules": [
            {
                "Id": name,
                "Status": "Enabled",
                "Priority": priority,
                "Filter": {"Prefix": prefix},
                "DeleteMarkerReplication": {"Status": "Enabled"},
                "Destination": {
                    # The replica's own attribute: it is there before the bucket is.
                    "Bucket": f"${{{bucket}Replica.Arn}}",
                    "Metrics": {"Status": "Enabled", "EventThreshold": in_time},
                    "ReplicationTime": {"Status": "Enabled", "Time": in_time},
                },
            }
            for priority, (name, prefix) in enumerate(REPLICATED[bucket].items(), start=1)
        ],
    }


def test_only_what_waits_to_be_looked_at_is_not_replicated() -> None:
    """A third folder of images would have to be thought of here, and in cdk/images.py."""
    upload = Upload(new_id(), "0" * 28, ImageType.PNG)
    (replicated,) = REPLICATED["ImagesBucket"].values()
    assert upload.published_key.startswith(replicated)
    assert not upload.key.startswith(replicated)


@pytest.mark.parametrize("bucket", BUCKETS)
def test_the_role_may_replicate_from_this_bucket_to_that_and_do_nothing_else(
    template: dict[str, Any], bucket: str
) -> None:
    """Actions: "Setting up permissions for live replication", user guide of S3."""
    (policy,) = (
        plain(each["Properties"])
        for each in resources(template, "AWS::IAM::Policy").values()
        if plain(each["Properties"]["Roles"]) == [f"${{{bucket}ReplicationRole}}"]
    )
    objects = [f"{prefix}*" for prefix in REPLICATED[bucket].values()]
    statements = policy["PolicyDocument"]["Statement"]
    assert [{**each, "Resource": as_list(each["Resource"])} for each in statements] == [
        {
            "Action": ["s3:GetReplicationConfiguration", "s3:ListBucket"],
            "Effect": "Allow",
            "Resource": [f"${{{bucket}.Arn}}"],
        },
        {
            "Action": [
                "s3:GetObjectVersionAcl",
                "s3:GetObjectVersionForReplication",
                "s3:GetObjectVersionTagging",
            ],
            "Effect": "Allow",
            "Resource": [f"${{{bucket}.Arn}}/{each}" for each in objects],
        },
        {
            "Action": ["s3:ReplicateDelete", "s3:ReplicateObject", "s3:ReplicateTags"],
            "Effect": "Allow",
            "Resource": [f"${{{bucket}Replica.Arn}}/{each}" for each in objects],
        },
    ]


@pytest.mark.parametrize("bucket", BUCKETS)
def test_only_s3_may_take_that_role(template: dict[str, Any], bucket: str) -> None:
    (role,) = (
        each["Properties"]
        for name, each in resources(template, "AWS::IAM::Role").items()
        if plain({"Ref": name}) == f"${{{bucket}ReplicationRole}}"
    )
    assert role["AssumeRolePolicyDocument"]["Statement"] == [
        {
            "Action": "sts:AssumeRole",
            "Effect": "Allow",
            "Principal": {"Service": "s3.amazonaws.com"},
        }
    ]


def test_what_is_not_replicated_waits_in_a_queue_with_the_keys_of_its_objects(
    template: dict[str, Any],
) -> None:
    for bucket in BUCKETS:
        told = properties(template, bucket)["NotificationConfiguration"]["TopicConfigurations"]
        assert told == [
            {"Event": f"s3:Replication:{event}", "Topic": "${ReplicationFailures}"}
            for event in ("OperationFailedReplication", "OperationMissedThreshold")
        ]
        # S3 tries the topic when it is told of it.
        (before,) = resources(template, BUCKET)[bucket]["DependsOn"]
        assert plain({"Ref": before}) == "${ReplicationFailuresPolicy}"
    (subscription,) = resources(template, "AWS::SNS::Subscription").values()
    assert plain(subscription["Properties"]) == {
        "TopicArn": "${ReplicationFailures}",
        "Protocol": "sqs",
        "Endpoint": "${ReplicationUnreplicatedQueue.Arn}",
        "RawMessageDelivery": True,
        # Not what S3 sends to try the topic, which has no records.
        "FilterPolicyScope": "MessageBody",
        "FilterPolicy": {"Records": {"eventSource": ["aws:s3"]}},
    }
    assert "ReplicationUnreplicatedQueue" in queues(template)


def test_only_buckets_of_the_account_tell_of_failures(template: dict[str, Any]) -> None:
    (policy,) = (
        plain(each["Properties"]["PolicyDocument"]["Statement"])
        for each in resources(template, "AWS::SNS::TopicPolicy").values()
        if plain(each["Properties"]["Topics"]) == ["${ReplicationFailures}"]
    )
    (allowed,) = (each for each in policy if each["Effect"] == "Allow")
    assert allowed == {
        "Sid": "BucketsOfThisAccount",
        "Action": "sns:Publish",
        "Effect": "Allow",
        "Principal": {"Service": "s3.amazonaws.com"},
        "Resource": "${ReplicationFailures}",
        "Condition": {
            "ArnLike": {"aws:SourceArn": "arn:${AWS::Partition}:s3:::*"},
            "StringEquals": {"aws:SourceAccount": "${AWS::AccountId}"},
        },
    }
