"""An export is worth what can be read of it, in the region that is not lost."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import boto3
import pytest

from ops.recover.buckets.objects import Place
from ops.recover.region.double import write_export
from ops.recover.verify.newest_exports import newest_export
from tests.emulated import emulated_aws
from tests.tables import create_table

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

TABLE = "ThingsTable"
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


def hours_ago(hours: float) -> datetime:
    return NOW - timedelta(hours=hours)


class Exports:
    def __init__(self) -> None:
        self.client = boto3.client("dynamodb")
        create_table(self.client, "things")
        self.client.put_item(TableName="things", Item={"pk": {"S": "a"}, "sk": {"S": "b"}})
        self.live, self.replica = (self._place(name) for name in ("live", "replica"))

    @staticmethod
    def _place(name: str) -> Place:
        s3 = boto3.client("s3")
        where: Any = {"LocationConstraint": "eu-central-1"}
        s3.create_bucket(Bucket=name, CreateBucketConfiguration=where)
        return Place(s3, name)

    def write(self, hours: float, *, replicated: bool = True) -> str:
        moment = hours_ago(hours)
        folder = write_export(self.client, "things", TABLE, self.live, moment)
        if replicated:
            for key in self.listed(folder):
                source: Any = {"Bucket": "live", "Key": key}
                self.replica.s3.copy_object(Bucket="replica", Key=key, CopySource=source)
        return folder

    def listed(self, folder: str = "") -> list[str]:
        listed = self.live.s3.list_objects_v2(Bucket="live", Prefix=folder)
        return [each["Key"] for each in listed.get("Contents", [])]

    def problems(self) -> list[str]:
        return newest_export(self.live, self.replica, TABLE, NOW).problems


@pytest.fixture
def exports() -> Iterator[Exports]:
    with emulated_aws():
        yield Exports()


def a_file(exports: Exports, ending: str) -> dict[str, str]:
    (key,) = (each for each in exports.listed() if each.endswith(ending))
    return {"Bucket": "live", "Key": key}


def test_the_newest_one_is_told(exports: Exports) -> None:
    exports.write(25)
    exports.write(1)
    assert newest_export(exports.live, exports.replica, TABLE, NOW) == (hours_ago(1), [])


def test_none_at_all_is_told(exports: Exports) -> None:
    assert exports.problems() == ["there is none"]


@pytest.mark.parametrize(("hours", "problems"), [(25, 0), (27, 1)])
def test_it_is_a_day_old_at_most(exports: Exports, hours: int, problems: int) -> None:
    exports.write(hours)
    assert len(exports.problems()) == problems


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (
            lambda s3, at: s3.delete_object(**at(".json.gz")),
            "1 of its 1 files are gone or empty",
        ),
        (
            lambda s3, at: s3.put_object(**at(".json.gz"), Body=b""),
            "1 of its 1 files are gone or empty",
        ),
        (
            lambda s3, at: s3.delete_object(**at("manifest-files.json")),
            "a file that belongs to it is gone",
        ),
        (
            lambda s3, at: s3.put_object(**at("manifest-files.json"), Body=b""),
            "does not add up",
        ),
        (
            lambda s3, at: s3.put_object(**at("manifest-summary.json"), Body=b""),
            "the summary of one cannot be read: JSONDecodeError",
        ),
        (
            lambda s3, at: s3.put_object(**at("manifest-summary.json"), Body=b"{}"),
            "the summary of one cannot be read: KeyError",
        ),
    ],
)
def test_what_is_not_whole_is_told(
    exports: Exports, spoil: Callable[..., object], words: str
) -> None:
    exports.write(1)
    spoil(exports.live.s3, lambda ending: a_file(exports, ending))
    assert words in exports.problems()[0]


def test_what_is_on_its_way_to_the_replica_is_waited_for(exports: Exports) -> None:
    exports.write(25)
    exports.write(0.1, replicated=False)
    assert exports.problems() == []


def test_what_never_came_to_the_replica_is_told(exports: Exports) -> None:
    exports.write(27)
    exports.write(3, replicated=False)
    assert exports.problems() == ["none of the last 26 hours is whole in the replica replica"]


def test_what_came_to_the_replica_in_part_is_told(exports: Exports) -> None:
    exports.write(3)
    key = a_file(exports, ".json.gz")["Key"]
    exports.replica.s3.delete_object(Bucket="replica", Key=key)
    assert exports.problems() == ["none of the last 26 hours is whole in the replica replica"]


def test_buckets_that_are_gone_are_told(exports: Exports) -> None:
    exports.write(1)
    gone = exports.replica._replace(bucket="gone")
    assert newest_export(exports.live, gone, TABLE, NOW).problems == ["the replica gone is gone"]
    assert newest_export(gone, None, TABLE, NOW).problems == ["the bucket is gone"]
