"""Dead letters are given to their functions again, by the command."""

import json
import time
from collections.abc import Iterator
from typing import Any

import pytest

from ops.local.folder import LocalFolder
from ops.local.stack import LocalStack
from shop.dynamo import to_wire
from tests.e2e.accounts import PASSWORD, Account, register
from tests.e2e.conftest import Api, shop

pytestmark = pytest.mark.e2e


def run(folder: LocalFolder) -> tuple[int, str]:
    process = shop(folder.root, "redrive")
    output, _ = process.communicate(timeout=60)
    return process.returncode, output


def resource(stack: LocalStack, kind: str, name: str) -> str:
    """The physical id of the one resource of a type whose logical id starts with ``name``."""
    found = stack.target.cloudformation().describe_stack_resources(StackName=stack.target.stack)
    (physical,) = (
        each["PhysicalResourceId"]
        for each in found["StackResources"]
        if each["ResourceType"] == kind and each["LogicalResourceId"].startswith(name)
    )
    return physical


def records(streams: Any, arn: str, shard: str) -> Iterator[dict[str, Any]]:
    """All that a shard of a stream holds."""
    iterator = streams.get_shard_iterator(
        StreamArn=arn, ShardId=shard, ShardIteratorType="TRIM_HORIZON"
    )["ShardIterator"]
    while page := streams.get_records(ShardIterator=iterator):
        yield from page["Records"]
        if not page["Records"]:
            return
        iterator = page["NextShardIterator"]


def removal_of(stack: LocalStack, account: Account) -> dict[str, Any]:
    """Where the stream of the users table tells that the account is gone, as Lambda words it."""
    table = stack.target.output("UsersTableName")
    arn = stack.target.dynamodb().describe_table(TableName=table)["Table"]["LatestStreamArn"]
    streams = stack.target.dynamodbstreams()
    (shard,) = streams.describe_stream(StreamArn=arn)["StreamDescription"]["Shards"]
    keys = to_wire({"pk": f"USER#{account.id}", "sk": "USER"})
    (number,) = (
        record["dynamodb"]["SequenceNumber"]
        for record in records(streams, arn, shard["ShardId"])
        if record["eventName"] == "REMOVE" and record["dynamodb"]["Keys"] == keys
    )
    position = {"startSequenceNumber": number, "endSequenceNumber": number, "batchSize": 1}
    return {"streamArn": arn, "shardId": shard["ShardId"], **position}


def test_a_removal_that_failed_is_made_up_for(
    api: Api, stack: LocalStack, folder: LocalFolder
) -> None:
    account = register(api)
    assert account.request("DELETE", "/users/me", {"password": PASSWORD}).status_code == 204
    time.sleep(1)  # the event itself finds nothing to remove
    left = to_wire({"pk": f"USER#{account.id}", "sk": "ADDRESS#left-behind"})
    table = stack.target.output("AddressesTableName")
    stack.target.dynamodb().put_item(TableName=table, Item=left)
    function = resource(stack, "AWS::Lambda::Function", "AddressesService")
    letter = {
        "requestContext": {
            "functionArn": stack.target.lambda_function(function)["FunctionArn"],
            "condition": "MaxRecordAgeExceeded",
        },
        "DDBStreamBatchInfo": removal_of(stack, account),
    }
    queue = resource(stack, "AWS::SQS::Queue", "AddressesDeadLetters")
    stack.target.sqs().send_message(QueueUrl=queue, MessageBody=json.dumps(letter))
    assert run(folder) == (0, "1 handled\n")
    assert "Item" not in stack.target.dynamodb().get_item(TableName=table, Key=left)
    assert run(folder) == (0, "There are no dead letters.\n")


def test_an_event_goes_back_to_the_queue_that_gave_it_up(
    stack: LocalStack, folder: LocalFolder
) -> None:
    queue = resource(stack, "AWS::SQS::Queue", "ProductsDeadLetters")
    waiting = resource(stack, "AWS::SQS::Queue", "ProductsArrivals")
    odd = {"source": "aws.s3", "detail": {"bucket": {"name": "x"}, "object": {"key": "odd"}}}
    stack.target.sqs().send_message(QueueUrl=queue, MessageBody=json.dumps(odd))
    assert run(folder) == (0, "1 given back to the queue that had given up\n")
    deadline = time.monotonic() + 20
    while _number(stack, waiting) and time.monotonic() < deadline:
        time.sleep(0.2)
    assert _number(stack, waiting) == 0, "and the function took it from there"


def test_what_is_no_event_is_kept_and_told(stack: LocalStack, folder: LocalFolder) -> None:
    queue = resource(stack, "AWS::SQS::Queue", "UsersDeadLetters")
    try:
        for body in ("no JSON", "[]", "{}"):
            stack.target.sqs().send_message(QueueUrl=queue, MessageBody=body)
        code, output = run(folder)
        assert (code, output.splitlines()[0]) == (1, "3 not known as an event, kept")
        assert "Traceback" not in output
        assert _number(stack, queue) == 3
    finally:
        stack.target.sqs().purge_queue(QueueUrl=queue)


def _number(stack: LocalStack, queue: str) -> int:
    names: Any = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
    attributes = stack.target.sqs().get_queue_attributes(QueueUrl=queue, AttributeNames=names)
    return sum(map(int, attributes["Attributes"].values()))
