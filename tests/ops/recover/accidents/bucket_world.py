"""A bucket after a bad day."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from ops.recover.buckets import restore as restoring
from tests.ops.recover.accidents.doubles import CloudFormation
from tests.ops.recover.accidents.worlds import World
from tests.ops.recover.buckets.conftest import BUCKET, OUTPUTS, REPLICA, Clock, Store
from tests.ops.recover.tables.support import STACK

if TYPE_CHECKING:
    import pytest


class BucketWorld(World):
    """One object is gone, one is overwritten, and one came."""

    is_replicated = False
    facts = ("restored_and_compared", "restored_sha256", "changed_by_others")
    facts_at_once = ("done", "not_restored")
    spared = ("DescribeStacks", "ListObjectVersions")  # to see what the replica has
    without = "what was deleted for good cannot be told"

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(restoring, "WORKERS", 1)
        clock = Clock()
        monkeypatch.setattr("moto.s3.models.utcnow", clock)
        super().__init__({"cloudformation": CloudFormation({"Resources": {}}, {}, OUTPUTS)}, None)
        self.store = Store(clock)
        self.store.replicates = self.is_replicated
        self.restore()

    def restore(self) -> None:
        self.store.empty()
        self.store.put("images/deleted", "deleted", ContentType="image/webp")
        self.store.put("images/overwritten", "good", ContentType="image/png")
        at = self.store.clock.now
        self.store.delete("images/deleted")
        self.store.put("images/overwritten", "evil")
        self.store.put("images/added", "junk")
        self.words = ("bucket", "restore", "images", "--at", at, "--yes", f"{STACK}/images")

    def state(self) -> Any:
        """Nothing is there twice: neither a copy nor a delete marker."""
        listed = self.store.s3.list_object_versions(Bucket=BUCKET)
        versions = Counter(each["Key"] for each in listed.get("Versions", []))
        markers = Counter(each["Key"] for each in listed.get("DeleteMarkers", []))
        return self.store.shown(), versions, markers


class ReplicaWorld(BucketWorld):
    """The bucket was made anew, empty; its replica has all of it."""

    is_replicated = True

    def restore(self) -> None:
        self.store.empty(REPLICA)
        super().restore()
        self.store.empty()
        self.words = (*self.words, "--from-replica")
