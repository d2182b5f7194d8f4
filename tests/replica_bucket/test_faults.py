"""S3 that refuses, hangs, or has the bucket elsewhere."""

from __future__ import annotations

import threading
from queue import Empty, Queue
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.exceptions import EndpointConnectionError

from replica_bucket import bucket, request
from replica_bucket import handler as maker
from replica_bucket.answer import LONGEST_SECONDS
from tests.replica_bucket.cloudformation import PROPERTIES, REPLICA_REGION, CloudFormation, event
from tests.replica_bucket.faults import OPERATIONS, Faults, refusal

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client


def test_the_calls_are_these(cloudformation: CloudFormation, faults: Faults) -> None:
    """Nothing reads or removes an object, and nothing removes a bucket."""
    cloudformation.ask("Create")
    assert faults.calls == OPERATIONS
    cloudformation.ask("Delete", PhysicalResourceId="some-bucket")
    assert faults.calls == OPERATIONS


@pytest.mark.parametrize("operation", OPERATIONS)
def test_a_refusal_is_told_and_rolled_back_and_the_next_attempt_works(
    cloudformation: CloudFormation, faults: Faults, operation: str
) -> None:
    faults.plan(operation, refusal("InvalidRequest"))
    answer = cloudformation.ask("Create")
    assert answer["Status"] == "FAILED"
    assert answer["Reason"].startswith(f"S3 refused {operation} of shop-test-images-eu-west-1-")
    assert answer["Reason"].endswith("in eu-west-1: InvalidRequest Not today")
    assert faults.calls == OPERATIONS[: OPERATIONS.index(operation) + 1]
    rolled_back = cloudformation.ask("Delete", PhysicalResourceId=answer["PhysicalResourceId"])
    assert rolled_back["Status"] == "SUCCESS"
    assert cloudformation.ask("Create")["Status"] == "SUCCESS"


@pytest.mark.parametrize("operation", OPERATIONS)
def test_a_failed_update_leaves_the_resource_what_it_was(
    cloudformation: CloudFormation, faults: Faults, operation: str
) -> None:
    """Another id would have CloudFormation take it for another bucket."""
    name = cloudformation.ask("Create")["PhysicalResourceId"]
    elsewhere = {**PROPERTIES, "Region": "us-west-2", "NamePrefix": "shop-test-images-us-west-2-"}
    faults.plan(operation, refusal("InvalidRequest"))
    answer = cloudformation.ask("Update", elsewhere, PhysicalResourceId=name)
    assert (answer["Status"], answer["PhysicalResourceId"]) == ("FAILED", name)


@pytest.mark.parametrize("operation", OPERATIONS)
@pytest.mark.parametrize("code", ["AccessDenied", "OperationAborted"])
def test_what_s3_will_know_soon_is_waited_for(
    cloudformation: CloudFormation, faults: Faults, pauses: list[float], operation: str, code: str
) -> None:
    """A new bucket, a new role: neither is known everywhere at once."""
    faults.plan(operation, refusal(code), times=3)
    assert cloudformation.ask("Create")["Status"] == "SUCCESS"
    assert faults.calls.count(operation) == 4
    assert pauses == [3.0] * 3


def test_what_stays_refused_is_told_after_a_while(
    cloudformation: CloudFormation, faults: Faults, pauses: list[float]
) -> None:
    faults.plan("PutBucketPolicy", refusal("AccessDenied"), times=99)
    answer = cloudformation.ask("Create")
    assert answer["Status"] == "FAILED"
    assert "PutBucketPolicy" in answer["Reason"]
    assert faults.calls.count("PutBucketPolicy") == 6
    assert sum(pauses) == 15


@pytest.mark.parametrize("operation", OPERATIONS)
def test_a_network_that_fails_is_told(
    cloudformation: CloudFormation, faults: Faults, operation: str
) -> None:
    def fail() -> None:
        raise EndpointConnectionError(endpoint_url="https://s3.eu-west-1.example")

    faults.plan(operation, fail)
    answer = cloudformation.ask("Create")
    assert answer["Status"] == "FAILED"
    assert f"{operation} of shop-test" in answer["Reason"]
    assert "Could not connect" in answer["Reason"]


def test_a_mistake_of_ours_is_answered_too(cloudformation: CloudFormation, faults: Faults) -> None:
    def fail() -> None:
        raise ZeroDivisionError("oh")

    faults.plan("PutBucketTagging", fail)
    answer = cloudformation.ask("Create")
    assert answer["Status"] == "FAILED"
    assert "ZeroDivisionError('oh')" in answer["Reason"]


def test_a_bucket_of_someone_else_is_left_alone_and_named(
    cloudformation: CloudFormation, faults: Faults
) -> None:
    faults.plan("CreateBucket", refusal("BucketAlreadyExists", 409))
    answer = cloudformation.ask("Create")
    assert answer["Status"] == "FAILED"
    assert "exists already, in another account" in answer["Reason"]
    assert faults.calls == ["CreateBucket"]


def test_every_call_but_the_first_insists_on_the_owner(
    cloudformation: CloudFormation, s3: S3Client
) -> None:
    """So a bucket that changes hands between two calls is not touched either."""
    asked: dict[str, Any] = {}
    made = bucket.client(REPLICA_REGION)
    made.meta.events.register(
        "provide-client-params.s3", lambda params, model, **_: asked.update({model.name: params})
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bucket, "client", lambda _: made)
        cloudformation.ask("Create")
    assert list(asked) == OPERATIONS
    del asked["CreateBucket"]
    assert {each["ExpectedBucketOwner"] for each in asked.values()} == {"123456789012"}


def test_a_bucket_that_is_elsewhere_is_told(cloudformation: CloudFormation) -> None:
    boto3.client("s3", region_name="us-west-2").create_bucket(
        Bucket=request.wanted(event("Create")).name,
        CreateBucketConfiguration={"LocationConstraint": "us-west-2"},
    )
    answer = cloudformation.ask("Create")
    assert answer["Status"] == "FAILED"
    assert "is in us-west-2 already, and cannot be in eu-west-1" in answer["Reason"]


# --- time -------------------------------------------------------------------------------------
@pytest.mark.parametrize("operation", OPERATIONS)
def test_a_call_that_hangs_does_not_keep_the_answer_back(
    monkeypatch: pytest.MonkeyPatch, cloudformation: CloudFormation, faults: Faults, operation: str
) -> None:
    hangs, release = threading.Event(), threading.Event()
    waited: list[float] = []

    class OutOfTime(Queue[Any]):
        """The time is up when the call hangs, and not sooner or later."""

        def get(self, *_: object, timeout: float | None = None) -> Any:
            waited.append(timeout or 0)
            assert hangs.wait(30)
            raise Empty

    def hang() -> None:
        hangs.set()
        release.wait(30)

    monkeypatch.setattr(maker, "Queue", OutOfTime)
    faults.plan(operation, hang)
    before = set(threading.enumerate())
    answer = cloudformation.ask("Create", seconds=120)
    assert answer["Status"] == "FAILED"
    assert "S3 did not answer in the 97 s" in answer["Reason"]
    assert waited == [120 - LONGEST_SECONDS]
    release.set()
    for thread in set(threading.enumerate()) - before:
        thread.join(timeout=30)
    assert faults.calls == OPERATIONS[: OPERATIONS.index(operation) + 1]


def test_with_no_time_left_it_is_told_at_once(cloudformation: CloudFormation) -> None:
    answer = cloudformation.ask("Create", seconds=1)
    assert answer["Status"] == "FAILED"
    assert len(cloudformation.requests) == 1
