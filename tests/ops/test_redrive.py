"""Records of a dead letter are found, all of them, or it is said that they are gone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import pytest

from ops import redrive
from ops.errors import OperationError

if TYPE_CHECKING:
    from ops.target import Target

BATCH = {
    "streamArn": "arn:stream",
    "shardId": "shard-1",
    "startSequenceNumber": "10",
    "endSequenceNumber": "13",
    "batchSize": 2,
}


class Gone(Exception):
    pass


class Streams:
    """A stream whose pages end where a test wants them to, as the service's may."""

    class exceptions:  # noqa: N801  (as the client calls it)
        TrimmedDataAccessException = Gone
        ResourceNotFoundException = Gone

    def __init__(self, *pages: list[int] | Exception | None) -> None:
        self._pages = pages

    def get_shard_iterator(self, **request: str) -> dict[str, str]:
        assert (request["ShardIteratorType"], request["SequenceNumber"]) == (
            "AT_SEQUENCE_NUMBER",
            "10",
        )
        return {"ShardIterator": "0"}

    def get_records(self, ShardIterator: str) -> dict[str, Any]:  # noqa: N803  (as the client)
        number = int(ShardIterator)
        page = self._pages[min(number, len(self._pages) - 1)]
        if isinstance(page, Exception):
            raise page
        if page is None:
            return {"Records": []}
        records = [{"dynamodb": {"SequenceNumber": str(each)}} for each in page]
        return {"Records": records, "NextShardIterator": str(number + 1)}


def found(*pages: list[int] | Exception | None) -> list[str]:
    class FakeTarget:
        def dynamodbstreams(self) -> Streams:
            return Streams(*pages)

    records = redrive._records(cast("Target", FakeTarget()), BATCH)
    for record in records:
        assert (record["eventSource"], record["eventSourceARN"]) == ("aws:dynamodb", "arn:stream")
    return [record["dynamodb"]["SequenceNumber"] for record in records]


def test_a_batch_is_read_to_its_end_over_short_and_empty_pages() -> None:
    assert found([10], [], [], [11, 12], [13, 14], [15]) == ["10", "11", "12", "13"]
    assert found([10, 11, 13]) == ["10", "11", "13"]


def test_what_lies_behind_the_end_is_not_part_of_it() -> None:
    assert found([10], [14, 15]) == ["10"]


@pytest.mark.parametrize("pages", [[Gone()], [[10], Gone()], [[10, 11], None]])
def test_what_is_gone_in_part_is_gone(pages: list[Any]) -> None:
    assert found(*pages) == []


def test_a_stream_that_does_not_get_there_ends_it() -> None:
    with pytest.raises(OperationError, match="does not come to the batch's end"):
        found([])
