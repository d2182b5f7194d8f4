from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import cache, partial
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.exceptions import ClientError

from ops.recover.buckets import command
from tests.emulated import emulated_aws

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from mypy_boto3_s3 import S3Client

BUCKET, REPLICA = "shop-images", "shop-images-replica"
START = datetime(2020, 1, 1, 12, tzinfo=UTC)
PLACES: Any = {
    BUCKET: {"LocationConstraint": "eu-central-1"},
    REPLICA: {"LocationConstraint": "eu-west-1"},
}


class Clock:
    """The time that S3 writes down; it moves on by a second with each look."""

    def __init__(self) -> None:
        self.seconds = 0

    def __call__(self) -> datetime:
        self.seconds += 1
        return (START + timedelta(seconds=self.seconds)).replace(tzinfo=None)

    def catch_up(self) -> None:
        """What comes from here on comes after the command began."""
        self.seconds = int((datetime.now(UTC) - START).total_seconds())

    @property
    def now(self) -> str:
        return (START + timedelta(seconds=self.seconds)).isoformat()


class Store:
    """The bucket and its replica, which has what was put while ``replicates``."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.s3: S3Client = boto3.client("s3", region_name="eu-central-1")
        self.replicates = True
        for bucket, place in PLACES.items():
            region = place["LocationConstraint"]
            s3 = boto3.client("s3", region_name=region)
            s3.create_bucket(Bucket=bucket, CreateBucketConfiguration=place)
            versioned: Any = {"Status": "Enabled"}
            s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration=versioned)

    @property
    def _buckets(self) -> list[str]:
        return [BUCKET, REPLICA] if self.replicates else [BUCKET]

    def put(self, key: str, body: str, **described: Any) -> None:
        seconds = self.clock.seconds
        for bucket in self._buckets:
            self.clock.seconds = seconds  # a replica keeps the time of the original
            self.s3.put_object(Bucket=bucket, Key=key, Body=body.encode(), **described)

    def delete(self, key: str) -> None:
        seconds = self.clock.seconds
        for bucket in self._buckets:
            self.clock.seconds = seconds
            self.s3.delete_object(Bucket=bucket, Key=key)

    def shown(self, bucket: str = BUCKET) -> dict[str, str]:
        """Key and content of all that a reader sees."""
        listed = self.s3.list_objects_v2(Bucket=bucket).get("Contents", [])
        return {
            each["Key"]: self.s3.get_object(Bucket=bucket, Key=each["Key"])["Body"].read().decode()
            for each in listed
        }

    def versions(self) -> set[str]:
        listed = self.s3.list_object_versions(Bucket=BUCKET)
        both = [*listed.get("Versions", []), *listed.get("DeleteMarkers", [])]
        return {each["VersionId"] for each in both}

    def act(self, acts: Iterable[tuple[str, str | None]]) -> None:
        """Put bodies at keys; None deletes."""
        for key, body in acts:
            if body is None:
                self.delete(key)
            else:
                self.put(key, body)

    def empty(self, bucket: str = BUCKET) -> None:
        """As `cdk deploy` makes it anew."""
        for page in self.s3.get_paginator("list_object_versions").paginate(Bucket=bucket):
            for each in [*page.get("Versions", []), *page.get("DeleteMarkers", [])]:
                self.s3.delete_object(Bucket=bucket, Key=each["Key"], VersionId=each["VersionId"])


class FakeTarget:
    """A stack of which S3 is all there is."""

    stack = "shop-test"

    def __init__(self, outputs: dict[str, str]) -> None:
        self._outputs = outputs
        self.broken: dict[str, Any] = {}

    def outputs(self) -> dict[str, str]:
        return self._outputs

    def output(self, name: str) -> str:
        return self._outputs[name]

    def s3(self, region: str | None = None) -> S3Client:
        """One for each region: to make one takes longer than all that a test does with it."""
        return self._client(region or "eu-central-1")

    @cache  # noqa: B019  (as short-lived as a test)
    def _client(self, region: str) -> S3Client:
        client = boto3.client("s3", region_name=region)
        for event in ("before-call.s3", "after-call.s3", "provide-client-params.s3"):
            client.meta.events.register(event, partial(self._break, event))
        return client

    def _break(self, event: str, model: Any, **parts: Any) -> None:
        for name in (event, f"{event}.{model.name}"):
            if name in self.broken:
                self.broken[name](**parts)


OUTPUTS = {
    "ImagesBucketName": BUCKET,
    "ImagesReplicaBucketName": REPLICA,
    "ReplicaRegion": "eu-west-1",
}


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setattr("moto.s3.models.utcnow", made)
    return made


@pytest.fixture
def store(clock: Clock) -> Iterator[Store]:
    with emulated_aws():
        yield Store(clock)


@pytest.fixture
def target(store: Store, monkeypatch: pytest.MonkeyPatch) -> FakeTarget:
    made = FakeTarget(dict(OUTPUTS))
    monkeypatch.setattr(command, "find_target", lambda *_: made)
    return made


def error(code: str, status: int = 400) -> ClientError:
    answer: Any = {
        "Error": {"Code": code, "Message": "as planned"},
        "ResponseMetadata": {"HTTPStatusCode": status},
    }
    return ClientError(answer, "AnOperation")
