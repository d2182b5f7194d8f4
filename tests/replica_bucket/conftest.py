from __future__ import annotations

import time
from typing import TYPE_CHECKING

import boto3
import pytest

from replica_bucket import answer, bucket
from tests.emulated import emulated_aws
from tests.replica_bucket.cloudformation import REPLICA_REGION, CloudFormation
from tests.replica_bucket.faults import Faults

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mypy_boto3_s3 import S3Client


@pytest.fixture
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Seconds of each pause that was made, and not waited for."""
    made: list[float] = []
    monkeypatch.setattr(time, "sleep", made.append)
    return made


@pytest.fixture
def cloudformation(
    monkeypatch: pytest.MonkeyPatch, pauses: list[float]
) -> Iterator[CloudFormation]:
    with emulated_aws():
        fake = CloudFormation()
        monkeypatch.setattr(answer, "urlopen", fake.urlopen)
        yield fake


@pytest.fixture
def s3(cloudformation: CloudFormation) -> S3Client:
    return boto3.client("s3", region_name=REPLICA_REGION)


@pytest.fixture
def faults(monkeypatch: pytest.MonkeyPatch, cloudformation: CloudFormation) -> Faults:
    made = Faults()
    monkeypatch.setattr(bucket, "client", made.client)
    return made
