"""Dead letters are given back where they can be; what is none is kept, and told.

Records of a stream are found, all of them, or it is said that they are gone.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, cast

import boto3
import pytest

from ops import redrive
from ops.errors import OperationError
from ops.redrive import Outcome
from tests.emulated import emulated_aws

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mypy_boto3_sqs import SQSClient

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


# --- what is in the queues --------------------------------------------------------------------
EVENT = json.dumps({"detail": {"object": {"key": "\u00e9"}}})
NOT_OBJECTS = ["no JSON", "{", "null", "[1]", '"event"', "7", "[" * 100_000]


class Queues:
    """A stack with a queue of events that gives up to one, and one of letters of a stream."""

    def __init__(self) -> None:
        self._sqs = boto3.client("sqs")
        self.given_up = self._queue("given-up")
        arn = self._attributes(self.given_up)["QueueArn"]
        policy = json.dumps({"deadLetterTargetArn": arn, "maxReceiveCount": 3})
        self.events = self._queue("events", {"RedrivePolicy": policy})
        self.of_stream = self._queue("of-stream")

    def _queue(self, name: str, attributes: Any = None) -> str:
        return self._sqs.create_queue(QueueName=name, Attributes=attributes or {})["QueueUrl"]

    def _attributes(self, queue: str) -> dict[Any, str]:
        return self._sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["All"])["Attributes"]

    def sqs(self) -> SQSClient:
        return self._sqs

    def resources(self, kind: str) -> list[str]:
        assert kind == "AWS::SQS::Queue"
        return [self.given_up, self.events, self.of_stream]

    def dynamodbstreams(self) -> Streams:
        return Streams(Gone())

    def send(self, queue: str, *bodies: str) -> None:
        for body in bodies:
            self._sqs.send_message(QueueUrl=queue, MessageBody=body)

    def bodies(self, queue: str) -> list[str]:
        """Of all messages in the queue; none was left hidden."""
        answer = self._sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10)
        return [each["Body"] for each in answer.get("Messages", [])]


@pytest.fixture
def queues(monkeypatch: pytest.MonkeyPatch) -> Iterator[Queues]:
    monkeypatch.setattr(redrive, "_POLL_SECONDS", 0)
    monkeypatch.setattr(redrive, "_HIDDEN_SECONDS", 0)
    with emulated_aws():
        yield Queues()


def redriven(queues: Queues, *, drop_expired: bool = False) -> list[Outcome]:
    return list(redrive.redriven(cast("Target", queues), drop_expired=drop_expired))


@pytest.mark.parametrize("body", NOT_OBJECTS, ids=lambda body: ascii(body)[:12])
def test_what_is_no_event_is_kept_and_the_rest_goes_on(queues: Queues, body: str) -> None:
    queues.send(queues.given_up, body, EVENT)
    queues.send(queues.of_stream, body)
    assert redriven(queues) == [Outcome.UNKNOWN, Outcome.RETURNED, Outcome.UNKNOWN]
    assert queues.bodies(queues.events) == [EVENT]
    assert queues.bodies(queues.given_up) == queues.bodies(queues.of_stream) == [body]


LETTER: dict[str, Any] = {"requestContext": {"functionArn": "arn:f"}, "DDBStreamBatchInfo": BATCH}


@pytest.mark.parametrize(
    "wrong",
    [
        {"requestContext": None},
        {"requestContext": {}},
        {"requestContext": {"functionArn": 7}},
        {"DDBStreamBatchInfo": []},
        *({"DDBStreamBatchInfo": BATCH | {name: None}} for name in BATCH if name != "batchSize"),
        {"DDBStreamBatchInfo": BATCH | {"endSequenceNumber": "soon"}},
    ],
    ids=lambda wrong: ascii(wrong)[:60],
)
def test_a_letter_of_a_stream_tells_where_its_records_are(
    queues: Queues, wrong: dict[str, Any]
) -> None:
    body = json.dumps(LETTER | wrong)
    queues.send(queues.of_stream, body)
    assert redriven(queues, drop_expired=True) == [Outcome.UNKNOWN]
    assert queues.bodies(queues.of_stream) == [body]


@pytest.mark.parametrize("drop_expired", [True, False])
def test_what_has_expired_is_dropped_only_when_asked(queues: Queues, *, drop_expired: bool) -> None:
    queues.send(queues.of_stream, json.dumps(LETTER))
    assert redriven(queues, drop_expired=drop_expired) == [Outcome.EXPIRED]
    assert (queues.bodies(queues.of_stream) == []) is drop_expired


def test_the_command_tells_and_fails(
    queues: Queues, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(redrive, "find_target", lambda *_: queues)
    queues.send(queues.given_up, "no JSON", EVENT)
    with pytest.raises(OperationError, match="look at it in its queue"):
        redrive.redrive()
    assert capsys.readouterr().out.splitlines() == [
        "1 not known as an event, kept",
        "1 given back to the queue that had given up",
    ]
