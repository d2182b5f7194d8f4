"""The template of a stack that could be brought back, in small."""

from __future__ import annotations

from typing import Any

from tests.ops.recover.tables.support import STACK, table_resource

TABLE, TABLE_NAME = "OrdersTable", "shop-test-orders"
QUEUE, QUEUE_URL = "OrdersUnpaidTicks3E579BAE", "https://sqs.test/123456789012/ticks"
FUNCTION, KEY = "OrdersServiceFunction4FC77362", "TokensKey1A1D3B00E"
IMAGES, EXPORTS = "ImagesBucket", "ExportsBucket"
STACK_ID = f"arn:aws:cloudformation:eu-central-1:123456789012:stack/{STACK}/0"
CLOSED = dict.fromkeys(
    ("BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets"), True
)


def _arn(logical_id: str) -> dict[str, Any]:
    return {"Fn::GetAtt": [logical_id, "Arn"]}


def _bucket(name: str) -> dict[str, Any]:
    rule = {
        "Id": "kept",
        "Status": "Enabled",
        "Prefix": "",
        "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 1},
        "NoncurrentVersionExpiration": {"NoncurrentDays": 90},
        "ExpirationInDays": 35,
    }
    to = {
        "Id": "all",
        "Status": "Enabled",
        "Priority": 1,
        "Filter": {"Prefix": ""},
        "DeleteMarkerReplication": {"Status": "Enabled"},
        "Destination": {"Bucket": _arn(f"{name}Replica")},
    }
    encryption = {"ServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}
    return {
        "VersioningConfiguration": {"Status": "Enabled"},
        "BucketEncryption": {"ServerSideEncryptionConfiguration": [encryption]},
        "PublicAccessBlockConfiguration": CLOSED,
        "OwnershipControls": {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]},
        "LifecycleConfiguration": {"Rules": [rule, {**rule, "Id": "here alone"}]},
        "ReplicationConfiguration": {"Role": "arn:aws:iam::123456789012:role/r", "Rules": [to]},
    }


def _replica(name: str) -> dict[str, Any]:
    return {
        "NamePrefix": f"shop-test-{name.lower()}-eu-west-1-",
        "Region": "eu-west-1",
        "TlsOnly": "true",
        "Kept": [{"Id": "kept", "Prefix": "", "RecoveryDays": "90", "Days": "35"}],
        "Tags": {"stage": "test"},
    }


def _policy(name: str, *more: dict[str, Any]) -> dict[str, Any]:
    whole = {"Fn::Join": ["", [_arn(name), "/*"]]}
    tls_only = {
        "Action": "s3:*",
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
        "Effect": "Deny",
        "Principal": {"AWS": "*"},
        "Resource": [_arn(name), whole],
    }
    return {"Bucket": {"Ref": name}, "PolicyDocument": {"Statement": [tls_only, *more]}}


SERVED: dict[str, Any] = {
    "Sid": "Served",
    "Action": "s3:GetObject",
    "Effect": "Allow",
    "Principal": {"Service": "cloudfront.amazonaws.com"},
    "Resource": {"Fn::Join": ["", [_arn(IMAGES), "/images/*"]]},
    "Condition": {"StringEquals": {"AWS:SourceAccount": {"Ref": "AWS::AccountId"}}},
}


def _mapping(source: str, attribute: str) -> dict[str, Any]:
    read = {"Fn::GetAtt": [source, attribute]}
    return {"EventSourceArn": read, "FunctionName": {"Ref": FUNCTION}}


def _resource(kind: str, properties: dict[str, Any]) -> dict[str, Any]:
    return {"Type": kind, "Properties": properties}


def template() -> dict[str, Any]:
    return {
        "Resources": {
            TABLE: table_resource(),
            FUNCTION: _resource("AWS::Lambda::Function", {}),
            QUEUE: _resource("AWS::SQS::Queue", {}),
            "Stream": _resource("AWS::Lambda::EventSourceMapping", _mapping(TABLE, "StreamArn")),
            "Ticks": _resource("AWS::Lambda::EventSourceMapping", _mapping(QUEUE, "Arn")),
            KEY: _resource("AWS::KMS::Key", {}),
            **{name: _resource("AWS::S3::Bucket", _bucket(name)) for name in (IMAGES, EXPORTS)},
            **{
                f"{name}Replica": _resource("Custom::ReplicaBucket", _replica(name))
                for name in (IMAGES, EXPORTS)
            },
            "ImagesPolicy": _resource("AWS::S3::BucketPolicy", _policy(IMAGES, SERVED)),
            "ExportsPolicy": _resource("AWS::S3::BucketPolicy", _policy(EXPORTS)),
        }
    }
