"""What happens to an image happens in the other region, too: its bytes, and its deletion.

The emulator gives a replica's versions ids of their own; on AWS they are those of the originals.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urlsplit

import pytest

from tests.e2e.shopping import product
from tests.e2e.test_images import PNG, ticket, upload, wait_for_image

if TYPE_CHECKING:
    from collections.abc import Callable

    from mypy_boto3_s3 import S3Client

    from ops.local.stack import LocalStack
    from tests.e2e.accounts import Account
    from tests.e2e.conftest import Api

pytestmark = pytest.mark.e2e

_SECONDS = 20


class Kept(NamedTuple):
    """What a bucket has at a key: bodies and content types, the oldest first; is it shown?"""

    versions: list[tuple[bytes, str]]
    markers: int
    is_shown: bool


class Bucket(NamedTuple):
    s3: S3Client
    name: str

    def kept(self, key: str) -> Kept:
        listed = self.s3.list_object_versions(Bucket=self.name, Prefix=key)
        versions, markers = listed.get("Versions", []), listed.get("DeleteMarkers", [])
        oldest_first = sorted(versions, key=lambda each: each["LastModified"])
        return Kept(
            [self._read(key, each["VersionId"]) for each in oldest_first],
            len(markers),
            is_shown=any(each["IsLatest"] for each in versions),
        )

    def _read(self, key: str, version: str) -> tuple[bytes, str]:
        answer = self.s3.get_object(Bucket=self.name, Key=key, VersionId=version)
        return answer["Body"].read(), answer["ContentType"]

    def status(self, key: str) -> str:
        """Of the replication, as S3 tells it of the version that is shown."""
        return self.s3.head_object(Bucket=self.name, Key=key)["ReplicationStatus"]


@pytest.fixture
def images(stack: LocalStack) -> Bucket:
    return Bucket(stack.target.s3(), stack.target.output("ImagesBucketName"))


@pytest.fixture
def replica(stack: LocalStack) -> Bucket:
    region = stack.target.output("ReplicaRegion")
    assert region != stack.target.session.region_name
    return Bucket(stack.target.s3(region), stack.target.output("ImagesReplicaBucketName"))


def uploaded(api: Api, admin: Account) -> tuple[str, str]:
    """The keys of an image as it was uploaded, and as it was published."""
    product_id = product(admin, stock=1)
    made = ticket(admin, product_id)
    assert upload(made, PNG) == 204
    assert wait_for_image(api, product_id) == made["imageUrl"]
    url: str = made["imageUrl"]
    return made["fields"]["key"], urlsplit(url).path.removeprefix("/")


def soon(is_so: Callable[[], Any]) -> bool:
    deadline = time.monotonic() + _SECONDS
    while not is_so() and time.monotonic() < deadline:
        time.sleep(0.1)
    return bool(is_so())


def test_an_image_is_replicated_and_so_is_its_deletion(
    api: Api, admin: Account, images: Bucket, replica: Bucket
) -> None:
    waiting, key = uploaded(api, admin)
    there = Kept([(PNG, "image/png")], 0, is_shown=True)
    assert images.kept(key) == there
    assert soon(lambda: replica.kept(key) == there)
    assert (images.status(key), replica.status(key)) == ("COMPLETED", "REPLICA")
    assert replica.kept(waiting) == Kept([], 0, is_shown=False), "only what was published"

    images.s3.delete_object(Bucket=images.name, Key=key)
    hidden = Kept([(PNG, "image/png")], 1, is_shown=False)
    assert images.kept(key) == hidden
    assert soon(lambda: replica.kept(key) == hidden)


def test_each_version_is_replicated(
    api: Api, admin: Account, images: Bucket, replica: Bucket
) -> None:
    _, key = uploaded(api, admin)
    images.s3.put_object(Bucket=images.name, Key=key, Body=b"newer", ContentType="image/webp")
    both = Kept([(PNG, "image/png"), (b"newer", "image/webp")], 0, is_shown=True)
    assert images.kept(key) == both
    assert soon(lambda: replica.kept(key) == both)


def test_what_is_deleted_for_good_stays_in_the_replica(
    api: Api, admin: Account, images: Bucket, replica: Bucket
) -> None:
    """Nobody can erase both copies by one mistake."""
    _, key = uploaded(api, admin)
    there = Kept([(PNG, "image/png")], 0, is_shown=True)
    assert soon(lambda: replica.kept(key) == there)
    version = images.s3.head_object(Bucket=images.name, Key=key)["VersionId"]
    images.s3.delete_object(Bucket=images.name, Key=key, VersionId=version)
    assert images.kept(key) == Kept([], 0, is_shown=False)
    assert replica.kept(key) == there
