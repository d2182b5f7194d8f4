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

    from mypy_boto3_sqs.type_defs import MessageTypeDef

    from ops.target import Target

console = Console(highlight=False)

# Longer than a function may take, so that nobody else is given what is being handled.
_HIDDEN_SECONDS = 120


class Outcome(StrEnum):
    """What became of a dead letter; all but the first stay in their queue."""

    HANDLED = "handled"
    FAILED = "failed again"
    EXPIRED = "no longer in their stream"


def redrive(
    *,
    stack: Annotated[str | None, typer.Option(help="In AWS; without it the local one")] = None,
    region: Annotated[str | None, typer.Option(help="Where that stack is")] = None,
) -> None:
    """Give events that a function could not handle to it again, once its fault is mended."""
    outcomes = Counter(redriven(find_target(stack, region)))
    if not outcomes:
        console.print("There are no dead letters.")
    for outcome, number in outcomes.items():
        console.print(f"{number} {outcome}")
    if outcomes.keys() - {Outcome.HANDLED}:
        raise OperationError("Not all could be handled; the functions' logs say why.")


def redriven(target: Target) -> Iterator[Outcome]:
    """Take every dead letter of the stack in turn."""
    sources = _sources(target)
    for queue, source in sources.items():
        for message in _messages(target, queue):
            outcome = _redrive(target, json.loads(message["Body"]), source)
            if outcome is Outcome.HANDLED:
                target.sqs().delete_message(QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"])
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
    """Each message once: what fails again stays hidden for longer than this takes."""
    while True:
        received = target.sqs().receive_message(
            QueueUrl=queue, MaxNumberOfMessages=10, VisibilityTimeout=_HIDDEN_SECONDS
        )
        messages = received.get("Messages", [])
        if not messages:
            return
        yield from messages


def _redrive(target: Target, letter: Mapping[str, Any], source: str | None) -> Outcome:
    if source:
        target.sqs().send_message(QueueUrl=source, MessageBody=json.dumps(letter))
        return Outcome.HANDLED
    try:
        records = _records(target, letter["DDBStreamBatchInfo"])
    except target.dynamodbstreams().exceptions.TrimmedDataAccessException:
        return Outcome.EXPIRED
    answer = target.lambda_client().invoke(
        FunctionName=letter["requestContext"]["functionArn"],
        Payload=json.dumps({"Records": records}, default=_seconds),
    )
    return Outcome.FAILED if answer.get("FunctionError") else Outcome.HANDLED


def _records(target: Target, batch: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The records of a batch that failed; a dead letter only tells where they are.

    https://docs.aws.amazon.com/lambda/latest/dg/services-dynamodb-errors.html
    """
    streams = target.dynamodbstreams()
    iterator = streams.get_shard_iterator(
        StreamArn=batch["streamArn"],
        ShardId=batch["shardId"],
        ShardIteratorType="AT_SEQUENCE_NUMBER",
        SequenceNumber=batch["startSequenceNumber"],
    )["ShardIterator"]
    page = streams.get_records(ShardIterator=iterator, Limit=batch["batchSize"])
    return [
        {**record, "eventSource": "aws:dynamodb", "eventSourceARN": batch["streamArn"]}
        for record in page["Records"]
        if int(record["dynamodb"]["SequenceNumber"]) <= int(batch["endSequenceNumber"])
    ]


def _seconds(value: object) -> float:
    if isinstance(value, datetime):
        return value.timestamp()
    raise TypeError(type(value).__name__)
