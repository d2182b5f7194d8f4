"""Objects of the images bucket are brought back by the command, from versions and the replica."""

import json
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from ops.local.folder import LocalFolder
from ops.local.stack import LocalStack
from shop.ids import new_id
from tests.e2e.conftest import shop

pytestmark = pytest.mark.e2e

WEBP = {"ContentType": "image/webp", "CacheControl": "public, max-age=31536000, immutable"}


class Images:
    """What lies under a prefix of the images bucket that no other test has."""

    def __init__(self, stack: LocalStack, folder: LocalFolder, reports: Path) -> None:
        self.s3 = stack.target.s3()
        self.bucket = stack.target.output("ImagesBucketName")
        self.replica = stack.target.output("ImagesReplicaBucketName")
        self.there = stack.target.s3(stack.target.output("ReplicaRegion"))
        self.prefix = f"images/{new_id()}/"
        self.reports = reports
        self._folder = folder

    def put(self, name: str, body: bytes, **described: Any) -> None:
        key = self.prefix + name
        self.s3.put_object(Bucket=self.bucket, Key=key, Body=body, **described)

    def delete(self, name: str) -> None:
        self.s3.delete_object(Bucket=self.bucket, Key=self.prefix + name)

    def shown(self) -> dict[str, bytes]:
        listed = self.s3.list_objects_v2(Bucket=self.bucket, Prefix=self.prefix)
        return {
            each["Key"].removeprefix(self.prefix): self.s3.get_object(
                Bucket=self.bucket, Key=each["Key"]
            )["Body"].read()
            for each in listed.get("Contents", [])
        }

    def erase(self) -> None:
        """All versions, for good: as if the bucket had been made anew."""
        listed = self.s3.list_object_versions(Bucket=self.bucket, Prefix=self.prefix)
        for each in [*listed.get("Versions", []), *listed.get("DeleteMarkers", [])]:
            key, version = each["Key"], each["VersionId"]
            self.s3.delete_object(Bucket=self.bucket, Key=key, VersionId=version)

    def restore(self, at: datetime, *more: str) -> tuple[int, str]:
        process = shop(
            self._folder.root,
            *("recover", "bucket", "restore", "images", "--at", at.isoformat()),
            *("--prefix", self.prefix, "--folder", str(self.reports), *more),
        )
        output, _ = process.communicate(timeout=60)
        return process.returncode, output

    def report(self) -> dict[str, Any]:
        newest = max(self.reports.glob("report-*.json"))
        found: dict[str, Any] = json.loads(newest.read_text())
        return found


@pytest.fixture
def images(stack: LocalStack, folder: LocalFolder, tmp_path: Path) -> Images:
    return Images(stack, folder, tmp_path)


def later() -> datetime:
    """A moment between what was before and what comes now."""
    time.sleep(0.02)
    moment = datetime.now(UTC)
    time.sleep(0.02)
    return moment


def test_a_bad_day_is_taken_back(images: Images) -> None:
    for name in ("kept", "deleted", "overwritten"):
        images.put(name, f"good {name}".encode(), **WEBP)
    then, at = images.shown(), later()
    images.delete("deleted")
    images.put("overwritten", b"evil")
    images.put("added", b"junk")
    code, output = images.restore(at, "--dry-run")
    assert (code, "dry run" in output) == (0, True), output
    assert images.shown() != then
    code, output = images.restore(at, "--yes", "shop-local/images")
    assert code == 0, output
    assert images.shown() == then
    head = images.s3.head_object(Bucket=images.bucket, Key=f"{images.prefix}overwritten")
    assert {"ContentType": head["ContentType"], "CacheControl": head["CacheControl"]} == WEBP
    assert images.report()["steps"]["check"]["facts"]["restored_and_compared"] == 2
    code, output = images.restore(at, "--yes", "shop-local/images")
    assert code == 0, output
    assert images.report()["steps"]["restore"]["facts"]["done"] == {"as it was": 4}


def test_what_is_gone_for_good_comes_from_the_replica(images: Images) -> None:
    for name in ("one", "two"):
        images.put(name, name.encode(), **WEBP)
    then = images.shown()
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        listed = images.there.list_objects_v2(Bucket=images.replica, Prefix=images.prefix)
        if listed["KeyCount"] == 2:
            break
        time.sleep(0.1)
    at = later()
    images.erase()
    assert images.shown() == {}
    code, output = images.restore(at, "--from-replica", "--yes", "shop-local/images")
    assert code == 0, output
    assert images.shown() == then


@pytest.mark.parametrize(
    ("at", "sentence"),
    [
        ("2026-11-22T12:00:00", "has no time zone"),
        ("2999-01-01T00:00:00Z", "in the future"),
        ("yesterday", "is not a time"),
    ],
)
def test_a_moment_that_is_none_is_told(folder: LocalFolder, at: str, sentence: str) -> None:
    process = shop(folder.root, "recover", "bucket", "restore", "images", "--at", at)
    output, _ = process.communicate(timeout=60)
    assert (process.returncode, sentence in output) == (2, True), output
    assert "Traceback" not in output
