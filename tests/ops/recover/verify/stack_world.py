"""A stack that could be brought back: on moto, but for what moto has nothing of use for."""

from __future__ import annotations

import copy
import json
from contextlib import suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, cast

from botocore.exceptions import ClientError

from ops.recover.buckets.objects import Place
from ops.recover.region.double import write_export
from ops.recover.tables.settings import apply, wanted_settings
from ops.recover.verify.settings import State, check_settings
from ops.target import Target
from replica_bucket import bucket as replica_maker
from replica_bucket import request
from tests.ops.recover.accidents import doubles
from tests.ops.recover.accidents.wire import Accidents, Session
from tests.ops.recover.buckets.conftest import error
from tests.ops.recover.tables.support import INDEXES, STACK
from tests.ops.recover.verify.stack_template import (
    CLOSED,
    EXPORTS,
    FUNCTION,
    IMAGES,
    KEY,
    QUEUE,
    QUEUE_URL,
    SERVED,
    STACK_ID,
    TABLE,
    TABLE_NAME,
)
from tests.tables import create_table

if TYPE_CHECKING:
    from collections.abc import Mapping

    import boto3
    from mypy_boto3_s3 import S3Client


class CloudFormation(doubles.CloudFormation):
    def describe_stacks(self, **asked: str) -> dict[str, Any]:
        (stack,) = super().describe_stacks(**asked)["Stacks"]
        return {"Stacks": [{**stack, "StackId": STACK_ID}]}


class Lambda:
    """Its event source mappings."""

    def __init__(self) -> None:
        self.mappings: list[dict[str, Any]] = []

    def list_event_source_mappings(self) -> dict[str, Any]:
        return {"EventSourceMappings": self.mappings}

    def add(self, source: str, function: str = FUNCTION, state: str = "Enabled") -> None:
        arn = f"arn:aws:lambda:eu-central-1:123456789012:function:{function}"
        self.mappings.append({"EventSourceArn": source, "FunctionArn": arn, "State": state})


class StackWorld:
    """All is well with it when it is made; its template may be changed until then."""

    def __init__(self, template: Mapping[str, Any]) -> None:
        resources = template["Resources"]
        ids = {TABLE: TABLE_NAME, QUEUE: QUEUE_URL}
        ids |= {name: f"shop-test-{name.lower()}" for name in (IMAGES, EXPORTS)}
        ids |= {f"{name}Replica": _made(resources[f"{name}Replica"]) for name in (IMAGES, EXPORTS)}
        self.functions = Lambda()
        self.ids, self.outputs = ids, {"ExportsBucketName": ids[EXPORTS]}
        double = CloudFormation(template, ids, self.outputs)
        accidents = Accidents({"cloudformation": double, "lambda": self.functions})
        self.target = Target(STACK, cast("boto3.Session", Session(accidents)))
        self.calls = accidents.calls
        self.s3, self.there = self.target.s3(), self.target.s3("eu-west-1")
        self.client = self.target.dynamodb()
        ids[KEY] = self.target.kms().create_key()["KeyMetadata"]["KeyId"]
        create_table(self.client, TABLE_NAME, INDEXES)
        apply(self.client, TABLE_NAME, wanted_settings(resources[TABLE]))
        for name in (IMAGES, EXPORTS):
            self._make(name, resources[name]["Properties"])
        self._told_replication = {name: self._replication(name, resources) for name in ids}
        self._keep_policies()
        cast("Any", self.s3).get_bucket_replication = self._replication_of
        self.functions.add(self.stream())
        self.functions.add("arn:aws:sqs:eu-central-1:123456789012:ticks")
        self.export()

    def stream(self) -> str:
        return self.client.describe_table(TableName=TABLE_NAME)["Table"]["LatestStreamArn"]

    def _make(self, name: str, properties: Mapping[str, Any]) -> None:
        """As CloudFormation would; the policy is spelled as S3 might tell it."""
        s3, bucket = self.s3, self.ids[name]
        place: Any = {"LocationConstraint": "eu-central-1"}
        s3.create_bucket(Bucket=bucket, CreateBucketConfiguration=place)
        told: Any = {"Status": "Enabled"}
        s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration=told)
        closed: Any = CLOSED
        s3.put_public_access_block(Bucket=bucket, PublicAccessBlockConfiguration=closed)
        by_default: Any = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}
        s3.put_bucket_encryption(
            Bucket=bucket, ServerSideEncryptionConfiguration={"Rules": [by_default]}
        )
        ownership: Any = properties["OwnershipControls"]
        s3.put_bucket_ownership_controls(Bucket=bucket, OwnershipControls=ownership)
        rules: Any = copy.deepcopy(properties["LifecycleConfiguration"]["Rules"])
        for rule in rules:
            rule["ID"], rule["Filter"] = rule.pop("Id"), {"Prefix": rule.pop("Prefix")}
            rule["Expiration"] = {"Days": rule.pop("ExpirationInDays")}
        s3.put_bucket_lifecycle_configuration(
            Bucket=bucket, LifecycleConfiguration={"Rules": rules}
        )
        self.allow(name, *([served(bucket)] if name == IMAGES else []))

    def allow(self, name: str, *more: dict[str, Any]) -> None:
        policy = {"Version": "2012-10-17", "Statement": [tls_only(self.ids[name]), *more]}
        self.s3.put_bucket_policy(Bucket=self.ids[name], Policy=json.dumps(policy))

    def _keep_policies(self) -> None:
        """Tell them, and do not go by them: moto looks at no condition of theirs."""
        kept: dict[str, str] = {}
        for client in (self.s3, self.there):
            for bucket in (
                self.ids[name] for name in self.ids if EXPORTS in name or IMAGES in name
            ):
                with suppress(ClientError):
                    kept[bucket] = client.get_bucket_policy(Bucket=bucket)["Policy"]
                    client.delete_bucket_policy(Bucket=bucket)

            self._tell(client, kept)

    @staticmethod
    def _tell(client: S3Client, kept: dict[str, str]) -> None:
        def get(**asked: str) -> dict[str, str]:
            client.head_bucket(**cast("Any", asked))
            if asked["Bucket"] not in kept:
                raise error("NoSuchBucketPolicy", 404)
            return {"Policy": kept[asked["Bucket"]]}

        def put(**asked: str) -> None:
            kept[asked["Bucket"]] = asked["Policy"]

        def delete(**asked: str) -> None:
            del kept[asked["Bucket"]]

        changed = cast("Any", client)
        changed.get_bucket_policy, changed.put_bucket_policy = get, put
        changed.delete_bucket_policy = delete

    def _replication(self, name: str, resources: Mapping[str, Any]) -> Any:
        wanted = resources[name].get("Properties", {}).get("ReplicationConfiguration", {})
        told = copy.deepcopy(wanted.get("Rules", []))
        for rule in told:
            rule["ID"] = rule.pop("Id")
            rule["Destination"] = {"Bucket": f"arn:aws:s3:::{self.ids[f'{name}Replica']}"}
        return told

    def _replication_of(self, **asked: str) -> Any:
        """moto forgets of a rule its prefix and its deletions."""
        self.s3.head_bucket(**cast("Any", asked))
        names = {bucket: name for name, bucket in self.ids.items()}
        rules = self._told_replication[names[asked["Bucket"]]]
        return {"ReplicationConfiguration": {"Role": "r", "Rules": rules}}

    def export(self, moment: datetime | None = None) -> str:
        """Write one and replicate it; the folder that it is in."""
        moment = moment or datetime.now(UTC)
        place = Place(self.s3, self.ids[EXPORTS])
        folder = write_export(self.client, TABLE_NAME, TABLE, place, moment)
        listed = self.s3.list_objects_v2(Bucket=place.bucket, Prefix=folder)
        for each in listed["Contents"]:
            body = self.s3.get_object(Bucket=place.bucket, Key=each["Key"])["Body"].read()
            self.there.put_object(Bucket=self.ids[f"{EXPORTS}Replica"], Key=each["Key"], Body=body)
        return folder

    def delete(self, name: str) -> None:
        """A bucket with all that is in it."""
        bucket = self.ids[name]
        listed = self.s3.list_object_versions(Bucket=bucket)
        for each in listed.get("Versions", []):
            self.s3.delete_object(Bucket=bucket, Key=each["Key"], VersionId=each["VersionId"])
        self.s3.delete_bucket(Bucket=bucket)

    def bad(self) -> dict[str, str]:
        """Texts of the checks that are bad, by subject and what was checked."""
        return {
            f"{each.subject} {each.what}": each.text
            for each in check_settings(self.target)
            if each.state is State.BAD
        }

    def good(self) -> dict[str, str]:
        return {
            f"{each.subject} {each.what}": each.text
            for each in check_settings(self.target)
            if each.state is State.GOOD
        }


def _made(resource: Mapping[str, Any]) -> str:
    """Have the replica made by the function that makes it; its name."""
    event = {"StackId": STACK_ID, "ResourceProperties": resource["Properties"]}
    wanted = request.wanted(event)
    client = replica_maker.client(wanted.region)
    replica_maker.bring_about(wanted, client, lambda: None)
    return wanted.name


def tls_only(bucket: str) -> dict[str, Any]:
    return {
        "Effect": "Deny",
        "Principal": "*",
        "Action": ["s3:*"],
        "Resource": [f"arn:aws:s3:::{bucket}/*", f"arn:aws:s3:::{bucket}"],
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }


def served(bucket: str) -> dict[str, Any]:
    return {
        **SERVED,
        "Resource": f"arn:aws:s3:::{bucket}/images/*",
        "Condition": {"StringEquals": {"AWS:SourceAccount": "123456789012"}},
    }
