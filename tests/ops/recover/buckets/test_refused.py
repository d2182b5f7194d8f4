"""What is not done, and the sentence that says why."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from ops.errors import OperationError
from ops.recover.buckets.command import restore
from tests.ops.recover.buckets.conftest import BUCKET, REPLICA
from tests.ops.recover.buckets.test_restore import broken_shop

if TYPE_CHECKING:
    from pathlib import Path

    from tests.ops.recover.buckets.conftest import FakeTarget, Store

pytestmark = pytest.mark.slow


def test_where_the_replica_is_must_be_known(store: Store, target: FakeTarget) -> None:
    with pytest.raises(OperationError, match="together"):
        restore("images", at=store.clock.now, from_replica=True, replica_bucket=REPLICA)
    target._outputs.clear()
    with pytest.raises(OperationError, match="does not tell the replica"):
        restore(BUCKET, at=store.clock.now, from_replica=True)


def test_a_bucket_of_the_stack_that_is_gone_is_to_be_made_anew(
    store: Store, target: FakeTarget
) -> None:
    target._outputs["ImagesBucketName"] = "gone"
    with pytest.raises(OperationError, match=r"bucket gone, .* create-bucket.* --revert-drift"):
        restore("images", at=store.clock.now)


def test_a_name_that_no_bucket_has_is_told_as_that(store: Store, target: FakeTarget) -> None:
    with pytest.raises(OperationError, match=r"no bucket nowhere\. Name images, exports"):
        restore("nowhere", at=store.clock.now)


def test_a_replica_that_is_not_there_is_told_as_that(store: Store, target: FakeTarget) -> None:
    with pytest.raises(OperationError, match="no bucket typo for --replica-bucket in eu-west-1"):
        restore(
            "images",
            at=store.clock.now,
            from_replica=True,
            replica_bucket="typo",
            replica_region="eu-west-1",
        )
    target._outputs["ImagesReplicaBucketName"] = "gone"
    with pytest.raises(
        OperationError, match=r"replica gone, which the stack names, is gone.*repair"
    ):
        restore("images", at=store.clock.now, from_replica=True)


@pytest.mark.parametrize("option", ["replica_bucket", "replica_region"])
def test_a_replica_that_would_not_be_read_is_refused(
    store: Store, target: FakeTarget, option: str
) -> None:
    named: Any = {option: "eu-west-1"}
    with pytest.raises(OperationError, match="go with --from-replica"):
        restore("images", at=store.clock.now, **named)


def test_a_bucket_without_versions_cannot_be_taken_back(store: Store, target: FakeTarget) -> None:
    store.s3.create_bucket(
        Bucket="plain", CreateBucketConfiguration={"LocationConstraint": "eu-central-1"}
    )
    with pytest.raises(OperationError, match="not versioned"):
        restore("plain", at=store.clock.now)


def test_another_name_confirms_nothing(store: Store, target: FakeTarget, tmp_path: Path) -> None:
    at, _ = broken_shop(store)
    shown = store.shown()
    with pytest.raises(OperationError, match="Nothing was changed"):
        restore("images", at=at, yes="images", folder=tmp_path)
    assert store.shown() == shown
