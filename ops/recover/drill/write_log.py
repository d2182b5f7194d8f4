"""Every write to tables of the emulator, with its time: what a point-in-time recovery is made of.

The emulator sends each write to a Kinesis stream when told to, as AWS does
(EnableKinesisStreamingDestination). That stands beside a table's own stream: whoever reads the one
notices nothing of the other. Rows that time to live takes away are not told, on no stream of it.
"""

from __future__ import annotations

import base64
import json
import threading
import time
import uuid
from contextlib import suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from ops.recover.drill.history import Life, Write, key_text, written

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ops.target import Target

_ACTIVE_SECONDS = 10


class WriteLog:
    """The lives of tables, one after the other where a name was used again."""

    def __init__(self, target: Target) -> None:
        self._dynamodb = target.dynamodb()
        self._kinesis: Any = target.session.client("kinesis", endpoint_url=target.endpoint_url)
        self._stream = f"writes-{uuid.uuid4().hex}"
        self._lives: list[Life] = []
        self._last: str | None = None  # sequence number that was read
        self._lock = threading.RLock()
        self._kinesis.create_stream(StreamName=self._stream, ShardCount=1)
        described = self._described()
        self._arn, self._shard = described["StreamARN"], described["Shards"][0]["ShardId"]

    def begin(self, name: str) -> None:
        """Log the table ``name`` from now on, unless it is logged already."""
        with self._lock:
            if self._living(name):
                return
            self.read()
            self._dynamodb.enable_kinesis_streaming_destination(TableName=name, StreamArn=self._arn)
            shape: Any = self._dynamodb.describe_table(TableName=name)["Table"]
            rows = self._rows(name, shape)
            self._lives.append(Life(name, shape, datetime.now(UTC), rows))

    def end(self, name: str) -> None:
        """The table ``name`` was deleted just now."""
        with self._lock:
            self.read()
            life = self._living(name)
            if life:
                life.ended = datetime.now(UTC)

    def life(self, name: str, moment: datetime | None = None) -> Life | None:
        """Of the table ``name`` at ``moment``; else its latest one."""
        with self._lock:
            self.read()
            lives = [each for each in reversed(self._lives) if each.name == name]
            if moment is None:
                return next(iter(lives), None)
            return next((each for each in lives if each.has(moment)), None)

    def close(self) -> None:
        """Log nothing any more. The emulator forgets the log; tables that are there stay as is."""
        with self._lock:
            for life in self._lives:
                with suppress(self._dynamodb.exceptions.ResourceNotFoundException):
                    if not life.ended:
                        self._dynamodb.disable_kinesis_streaming_destination(
                            TableName=life.name, StreamArn=self._arn
                        )
            self._kinesis.delete_stream(StreamName=self._stream)

    def writes(self) -> list[Write]:
        """All of them, in their order."""
        with self._lock:
            self.read()
            return sorted((each for life in self._lives for each in life.writes), key=_moment)

    def read(self) -> None:
        """Take in what was written since it was read last."""
        with self._lock:
            iterator = self._iterator()
            while True:
                answer = self._kinesis.get_records(ShardIterator=iterator)
                for record in answer["Records"]:
                    self._take(record)
                if not answer["Records"]:
                    return
                iterator = answer["NextShardIterator"]

    def _iterator(self) -> str:
        place: Mapping[str, str] = {"ShardIteratorType": "TRIM_HORIZON"}
        if self._last:
            place = {
                "ShardIteratorType": "AFTER_SEQUENCE_NUMBER",
                "StartingSequenceNumber": self._last,
            }
        answer = self._kinesis.get_shard_iterator(
            StreamName=self._stream, ShardId=self._shard, **place
        )
        return str(answer["ShardIterator"])

    def _take(self, record: Mapping[str, Any]) -> None:
        write = written(json.loads(record["Data"]), record["ApproximateArrivalTimestamp"])
        life = self._living(write.table)
        if life:
            life.writes.append(write)
        self._last = record["SequenceNumber"]

    def _living(self, name: str) -> Life | None:
        return next((each for each in self._lives if each.name == name and not each.ended), None)

    def _rows(self, name: str, shape: Mapping[str, Any]) -> dict[str, Any]:
        names = [each["AttributeName"] for each in shape["KeySchema"]]
        pages = self._dynamodb.get_paginator("scan").paginate(TableName=name, ConsistentRead=True)
        rows = [in_json(item) for page in pages for item in page["Items"]]
        return {key_text({each: row[each] for each in names}): row for row in rows}

    def _described(self) -> Any:
        deadline = time.monotonic() + _ACTIVE_SECONDS
        while True:
            found = self._kinesis.describe_stream(StreamName=self._stream)["StreamDescription"]
            if found["StreamStatus"] == "ACTIVE" or time.monotonic() > deadline:
                return found
            time.sleep(0.05)


def _moment(write: Write) -> datetime:
    return write.at


def in_json(value: Any) -> Any:
    """What the low-level client has, as DynamoDB's API writes it in JSON."""
    match value:
        case datetime():
            return value.timestamp()
        case bytes():
            return base64.b64encode(value).decode()
        case dict():
            return {name: in_json(each) for name, each in value.items()}
        case list():
            return [in_json(each) for each in value]
        case _:
            return value
