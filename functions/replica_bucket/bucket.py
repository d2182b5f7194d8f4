"""The bucket itself: the only place that talks to S3.

Each step sets one thing, whatever was there before. So making a bucket, taking up one that was
half made, and putting right what someone changed are the same thing.
"""

from __future__ import annotations

import json
import time
from functools import partial
from typing import TYPE_CHECKING, Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from replica_bucket.errors import NotPossible

if TYPE_CHECKING:
    from collections.abc import Callable

    from mypy_boto3_s3 import S3Client
    from mypy_boto3_s3.type_defs import (
        BucketLifecycleConfigurationTypeDef,
        LifecycleRuleTypeDef,
        OwnershipControlsUnionTypeDef,
        PublicAccessBlockConfigurationTypeDef,
        ServerSideEncryptionConfigurationUnionTypeDef,
        TaggingTypeDef,
        VersioningConfigurationTypeDef,
    )

    from replica_bucket.request import Kept, Wanted

_CONFIG = Config(
    connect_timeout=3,
    read_timeout=10,  # making a bucket takes longer than using one
    retries={"mode": "standard", "total_max_attempts": 3},
)
_OWNED = "BucketAlreadyOwnedByYou"
_TAKEN = "BucketAlreadyExists"
# S3 learns of a new bucket, and of a new role's permissions, little by little. HEAD has no body to
# name its error in.
_NOT_YET = {"AccessDenied", "NoSuchBucket", "OperationAborted", "403", "404"}
_PATIENCE = 6
_PAUSE_SECONDS = 3.0
_CLOSED: PublicAccessBlockConfigurationTypeDef = {
    "BlockPublicAcls": True,
    "IgnorePublicAcls": True,
    "BlockPublicPolicy": True,
    "RestrictPublicBuckets": True,
}
_KEPT: VersioningConfigurationTypeDef = {"Status": "Enabled"}
_OWNED_BY_US: OwnershipControlsUnionTypeDef = {
    "Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]
}
_ENCRYPTED: ServerSideEncryptionConfigurationUnionTypeDef = {
    "Rules": [{"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}]
}


def client(region: str) -> S3Client:
    return boto3.client("s3", region_name=region, config=_CONFIG)


def bring_about(wanted: Wanted, s3: S3Client, proceed: Callable[[], None]) -> None:
    """Make the bucket what is ``wanted``, or leave it so; ``proceed`` may raise before each call.

    Raises NotPossible with what S3 said, when it is someone else's or S3 refuses.
    """
    _ask("CreateBucket", wanted, partial(_create, s3, wanted), proceed)
    answer = _ask("HeadBucket", wanted, partial(s3.head_bucket, **_which(wanted)), proceed)
    if answer["BucketRegion"] != wanted.region:
        raise NotPossible(
            f"The bucket {wanted.name} is in {answer['BucketRegion']} already, "
            f"and cannot be in {wanted.region}, too."
        )
    for operation, set_it in _settings(wanted, s3):
        _ask(operation, wanted, partial(set_it, **_which(wanted)), proceed)


def _which(wanted: Wanted) -> dict[str, Any]:
    """Every call names the owner: S3 refuses it on a bucket of anyone else."""
    return {"Bucket": wanted.name, "ExpectedBucketOwner": wanted.account}


def _create(s3: S3Client, wanted: Wanted) -> None:
    place: dict[str, Any] = {
        "CreateBucketConfiguration": {"LocationConstraint": wanted.region},
    }
    if wanted.region == "us-east-1":  # where buckets are made that name no place
        place = {}
    try:
        s3.create_bucket(Bucket=wanted.name, ObjectOwnership="BucketOwnerEnforced", **place)
    except ClientError as error:
        if _code(error) == _TAKEN:
            raise NotPossible(
                f"A bucket {wanted.name} exists already, in another account. Names of buckets are "
                "given once in the world: deploy under another shop:stage."
            ) from error
        if _code(error) != _OWNED:
            raise


def _settings(wanted: Wanted, s3: S3Client) -> list[tuple[str, Callable[..., object]]]:
    """Versions first: without them nothing can be replicated to it."""
    lifecycle: BucketLifecycleConfigurationTypeDef = {
        "Rules": [_rule(each) for each in wanted.kept]
    }
    tags: TaggingTypeDef = {"TagSet": [{"Key": k, "Value": v} for k, v in wanted.tags.items()]}
    settings: list[tuple[str, Callable[..., object]]] = [
        ("PutBucketVersioning", partial(s3.put_bucket_versioning, VersioningConfiguration=_KEPT)),
        (
            "PutPublicAccessBlock",
            partial(s3.put_public_access_block, PublicAccessBlockConfiguration=_CLOSED),
        ),
        (
            "PutBucketOwnershipControls",
            partial(s3.put_bucket_ownership_controls, OwnershipControls=_OWNED_BY_US),
        ),
        (
            "PutBucketEncryption",
            partial(s3.put_bucket_encryption, ServerSideEncryptionConfiguration=_ENCRYPTED),
        ),
        (
            "PutBucketLifecycleConfiguration",
            partial(s3.put_bucket_lifecycle_configuration, LifecycleConfiguration=lifecycle),
        ),
        ("PutBucketTagging", partial(s3.put_bucket_tagging, Tagging=tags)),
    ]
    if wanted.tls_only:
        policy = json.dumps(_tls_only(wanted))
        settings.append(("PutBucketPolicy", partial(s3.put_bucket_policy, Policy=policy)))
    return settings


def _rule(kept: Kept) -> LifecycleRuleTypeDef:
    """Replication brings no lifecycle, and not what a lifecycle did: the replica has its own.

    Marks of deletion that hide nothing any more go with an age, too, when there is one.
    """
    return {
        "ID": kept.id,
        "Filter": {"Prefix": kept.prefix},
        "Status": "Enabled",
        "Expiration": {"Days": kept.days} if kept.days else {"ExpiredObjectDeleteMarker": True},
        "NoncurrentVersionExpiration": {"NoncurrentDays": kept.recovery_days},
        "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 1},
    }


def _tls_only(wanted: Wanted) -> dict[str, Any]:
    return {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": "OnlyByTls",
                "Effect": "Deny",
                "Principal": "*",
                "Action": "s3:*",
                "Resource": [wanted.arn, f"{wanted.arn}/*"],
                "Condition": {"Bool": {"aws:SecureTransport": "false"}},
            }
        ],
    }


def _ask(
    operation: str, wanted: Wanted, call: Callable[[], Any], proceed: Callable[[], None]
) -> Any:
    """What ``call`` returns, tried again while S3 may not know yet what it will know soon."""
    for attempt in range(1, _PATIENCE + 1):
        proceed()
        try:
            return call()
        except ClientError as error:
            if _code(error) in _NOT_YET and attempt < _PATIENCE:
                time.sleep(_PAUSE_SECONDS)
                continue
            what = error.response["Error"]
            said = f"{what['Code']} {what.get('Message', '')}".strip()
        except BotoCoreError as error:
            said = str(error)
        raise NotPossible(f"S3 refused {operation} of {wanted.name} in {wanted.region}: {said}")
    raise AssertionError("the last attempt returns or raises")


def _code(error: ClientError) -> str:
    return error.response["Error"]["Code"]
