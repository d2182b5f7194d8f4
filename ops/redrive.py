"""``shop redrive``: give events that ended as dead letters to their functions again."""

from __future__ import annotations

import json
from collections import Counter
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console

from ops.errors import OperationError
from ops.target import find_target

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from mypy_boto3_dynamodbstreams import DynamoDBStreamsClient
    from mypy_boto3_sqs.type_defs import MessageTypeDef

    from ops.target import Target

console = Console(highlight=False)

# Longer than a function may take, so that nobody else is given what is being handled.
_HIDDEN_SECONDS = 120
_POLL_SECONDS = 1  # a poll that waits at all asks all of the queue's servers
_MOST_PAGES = 1000


class Outcome(StrEnum):
    """What became of a dead letter."""

    HANDLED = "handled"
    RETURNED = "given back to the queue that had given up"
    FAILED = "failed again, kept"
    UNKNOWN = "not known as an event, kept"
    EXPIRED = "no longer in their stream"


def redrive(
    *,
    stack: Annotated[str | None, typer.Option(help="In AWS; without it the local one")] = None,
    region: Annotated[str | None, typer.Option(help="Where that stack is")] = None,
    drop_expired: Annotated[
        bool, typer.Option(help="Delete letters whose records are in no stream any more")
    ] = False,
) -> None:
    """Give events that a function could not handle to it again, once its fault is mended."""
    outcomes = Counter(redriven(find_target(stack, region), drop_expired=drop_expired))
    if not outcomes:
        console.print("There are no dead letters.")
    for outcome, number in outcomes.items():
        console.print(f"{number} {outcome}")
    if outcomes[Outcome.FAILED]:
        raise OperationError("Not all could be handled; the functions' logs say why.")
    if outcomes[Outcome.UNKNOWN]:
        raise OperationError("What is no event is kept; look at it in its queue.")
    if outcomes[Outcome.EXPIRED] and not drop_expired:
        raise OperationError("What has expired is kept, unless you say --drop-expired.")


def redriven(target: Target, *, drop_expired: bool = False) -> Iterator[Outcome]:
    """Take every dead letter of the stack in turn, each once."""
    done = {Outcome.HANDLED, Outcome.RETURNED} | ({Outcome.EXPIRED} if drop_expired else set())
    for queue, source in _sources(target).items():
        for message in _messages(target, queue):
            outcome = _redrive(target, message["Body"], source)
            if outcome in done:
                receipt = message["ReceiptHandle"]
                target.sqs().delete_message(QueueUrl=queue, ReceiptHandle=receipt)
            yield outcome


def _sources(target: Target) -> dict[str, str | None]:
    """The stack's queues of dead letters, each with the queue that gives up to it, if one does."""
    sqs = target.sqs()
    given_up_to: dict[str, str] = {}
    by_arn: dict[str, str] = {}
    for queue in target.resources("AWS::SQS::Queue"):
        found = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["All"])["Attributes"]
        if "RedrivePolicy" in found:
            given_up_to[json.loads(found["RedrivePolicy"])["deadLetterTargetArn"]] = queue
        else:
            by_arn[found["QueueArn"]] = queue
    return {queue: given_up_to.get(arn) for arn, queue in by_arn.items()}


def _messages(target: Target, queue: str) -> Iterator[MessageTypeDef]:
    """The messages of a queue, until there are none or one comes that came before."""
    seen: set[str] = set()
    while True:
        received = target.sqs().receive_message(
            QueueUrl=queue,
            MaxNumberOfMessages=10,
            VisibilityTimeout=_HIDDEN_SECONDS,
            WaitTimeSeconds=_POLL_SECONDS,
        )
        messages = received.get("Messages", [])
        if not messages or not seen.isdisjoint(each["MessageId"] for each in messages):
            return
        seen |= {each["MessageId"] for each in messages}
        yield from messages


def _redrive(target: Target, body: str, source: str | None) -> Outcome:
    match _parsed(body), source:
        case dict(), str(queue):
            target.sqs().send_message(QueueUrl=queue, MessageBody=body)
            return Outcome.RETURNED
        case {
            "requestContext": {"functionArn": str(function)},
            "DDBStreamBatchInfo": {
                "streamArn": str(),
                "shardId": str(),
                "startSequenceNumber": str(),
                "endSequenceNumber": str(last),
            } as batch,
        }, None if last.isdecimal():
            return _invoke(target, function, _records(target, batch))
        case _:
            return Outcome.UNKNOWN


def _parsed(body: str) -> object:
    """The JSON value in ``body``; None when there is none."""
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None


def _invoke(target: Target, function: str, records: list[dict[str, Any]]) -> Outcome:
    if not records:
        return Outcome.EXPIRED
    answer = target.lambda_client().invoke(
        FunctionName=function, Payload=json.dumps({"Records": records}, default=_seconds)
    )
    return Outcome.FAILED if answer.get("FunctionError") else Outcome.HANDLED


def _records(target: Target, batch: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The records of a batch that failed, all of them, or none when they are gone.

    A dead letter only tells where they are; consumers ignore what lies between them.
    https://docs.aws.amazon.com/lambda/latest/dg/services-dynamodb-errors.html
    """
    streams = target.dynamodbstreams()
    gone = (
        streams.exceptions.TrimmedDataAccessException,
        streams.exceptions.ResourceNotFoundException,
    )
    last = int(batch["endSequenceNumber"])
    records: list[dict[str, Any]] = []
    try:
        for record in _from_its_start(streams, batch):
            number = int(record["dynamodb"]["SequenceNumber"])
            if number <= last:
                arn = batch["streamArn"]
                records.append({**record, "eventSource": "aws:dynamodb", "eventSourceARN": arn})
            if number >= last:
                return records
    except gone:
        pass
    return []


def _from_its_start(
    streams: DynamoDBStreamsClient, batch: Mapping[str, Any]
) -> Iterator[Mapping[str, Any]]:
    """The shard from the first record of the batch on; a page of it may be empty."""
    iterator: str | None = streams.get_shard_iterator(
        StreamArn=batch["streamArn"],
        ShardId=batch["shardId"],
        ShardIteratorType="AT_SEQUENCE_NUMBER",
        SequenceNumber=batch["startSequenceNumber"],
    )["ShardIterator"]
    for _ in range(_MOST_PAGES):
        if iterator is None:
            return
        page = streams.get_records(ShardIterator=iterator)
        yield from page["Records"]
        iterator = page.get("NextShardIterator")
    raise OperationError(f"The stream {batch['streamArn']} does not come to the batch's end.")


def _seconds(value: object) -> float:
    if isinstance(value, datetime):
        return value.timestamp()
    raise TypeError(type(value).__name__)
