"""DynamoDB in the middle of a transaction: it is decided, and done row by row.

moto does a transaction in one go. AWS says what others see meanwhile: a transaction that meets one
of its rows is cancelled (TransactionConflict), while its other rows are judged as they are; plain
reads find each row as it was before, or as it is after, one independently of the other.
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis.html
"""

from __future__ import annotations

import json
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from moto.core.models import botocore_stubber

from tests.orders.faults import CONFLICT, FAILED, cancelled, reasons, sent

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from botocore.awsrequest import AWSPreparedRequest, AWSResponse
    from mypy_boto3_dynamodb import DynamoDBClient

type Row = tuple[str, str]
"""A table and a primary key, in JSON."""
type Image = dict[str, Any] | None


class Commit:
    """A transaction that takes its time; all others on the same client run into it."""

    def __init__(self, client: DynamoDBClient) -> None:
        self.held: list[Row] = []
        self.told: dict[str, str] = {}
        """By table, the reason that others are told instead of the conflict with a row."""
        self.before: Callable[[int], object] = lambda _: None
        """What happens before a call of others, given its number."""
        self.calls = 0
        self._client = client
        self._images: dict[Row, tuple[Image, Image]] = {}
        self._own = False
        events: Any = client.meta.events  # the stubs know of no handler that answers
        events.unregister("before-send", botocore_stubber)
        events.register("before-call", self._before_call)
        events.register("before-send", self._before_send)

    def begin(self, write: Callable[[], object]) -> None:
        """Have ``write`` make one transaction, and hold all its rows as they were before."""
        with self._aside():
            self._images = {}
            write()
            for row, (before, _) in self._images.items():
                self._images[row] = (before, self._read(row))
                self._write(row, before)
        self.held = list(self._images)

    def finish(self, *tables: str) -> None:
        """Do it in these tables."""
        with self._aside():
            for row in [each for each in self.held if each[0] in tables]:
                self.held.remove(row)
                self._write(row, self._images[row][1])

    @contextmanager
    def _aside(self) -> Iterator[None]:
        """What is called here is no call of others."""
        was, self._own = self._own, True
        try:
            yield
        finally:
            self._own = was

    def _before_call(self, **_: Any) -> None:
        if not self._own:
            with self._aside():
                self.before(self.calls)
            self.calls += 1

    def _before_send(
        self, request: AWSPreparedRequest, event_name: str, **_: Any
    ) -> AWSResponse | None:
        actions = sent(request).get("TransactItems", [])
        rows = [_row(action) for action in actions]
        if self._own:
            with self._aside():
                for row in rows:
                    self._images.setdefault(row, (self._read(row), None))
        elif not set(rows).isdisjoint(self.held):
            told = {place: self._reason(action) for place, action in enumerate(actions)}
            return cancelled(reasons(len(actions), told))
        return botocore_stubber(event_name=event_name, request=request)

    def _reason(self, action: dict[str, Any]) -> str | dict[str, Any]:
        row = _row(action)
        if row in self.held:
            return self.told.get(row[0], CONFLICT)
        ((kind, request),) = action.items()
        if kind == "Get":
            return "None"
        check: Any = [{"ConditionCheck": _only_checked(kind, request)}]
        images = self._images.copy()
        try:
            with self._aside():
                self._client.transact_write_items(TransactItems=check)
        except self._client.exceptions.TransactionCanceledException as error:
            (reason,) = error.response["CancellationReasons"]
            assert reason["Code"] == FAILED
            return dict(reason)
        finally:
            self._images = images
        return "None"

    def _read(self, row: Row) -> Image:
        key = json.loads(row[1])
        return self._client.get_item(TableName=row[0], Key=key, ConsistentRead=True).get("Item")

    def _write(self, row: Row, image: Image) -> None:
        if image is None:
            self._client.delete_item(TableName=row[0], Key=json.loads(row[1]))
        else:
            self._client.put_item(TableName=row[0], Item=image)


def _only_checked(kind: str, request: dict[str, Any]) -> dict[str, Any]:
    """The condition of a write without the write; what only the write names is not allowed."""
    words = request["ConditionExpression"].replace("(", " ").replace(")", " ").split()
    checked: dict[str, Any] = {
        name: request[name]
        for name in ("TableName", "ConditionExpression", "ReturnValuesOnConditionCheckFailure")
        if name in request
    }
    for name in ("ExpressionAttributeNames", "ExpressionAttributeValues"):
        if used := {word: to for word, to in request.get(name, {}).items() if word in words}:
            checked[name] = used
    return checked | {"Key": _key(kind, request)}


def _row(action: dict[str, Any]) -> Row:
    ((kind, request),) = action.items()
    return request["TableName"], json.dumps(_key(kind, request), sort_keys=True)


def _key(kind: str, request: dict[str, Any]) -> dict[str, Any]:
    if kind != "Put":
        return dict(request["Key"])
    return {name: request["Item"][name] for name in ("pk", "sk")}
