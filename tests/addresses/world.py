"""Users with their address books, as clients see them and as the tables have them."""

from __future__ import annotations

import itertools
import json
from itertools import batched
from typing import TYPE_CHECKING, Any

from addresses import handler
from addresses.repository import BOOK, book_key
from shop.contracts.addresses import address_key, partition
from shop.dynamo import from_wire, to_wire
from shop.identity import Caller, Role
from shop.ids import new_id
from tests.addresses import tables
from tests.events import http_event

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from aws_lambda_powertools.utilities.typing import LambdaContext
    from mypy_boto3_dynamodb import DynamoDBClient

    from shop.dynamo import Item

TABLE_NAME = "addresses"
USERS_TABLE_NAME = "users"
ADDRESS: dict[str, Any] = {"street": "12 Harbour Lane", "city": "Galway", "country": "Ireland"}

NOW = "2026-11-22T12:00:00.000Z"

type Fields = Mapping[str, Any]


class Store:
    """The tables, seen and touched behind the function's back."""

    def __init__(self, client: DynamoDBClient) -> None:
        self.client = client

    def add_user(self, user_id: str | None = None) -> str:
        user_id = user_id or new_id()
        tables.add_user(self.client, USERS_TABLE_NAME, user_id)
        return user_id

    def delete_user(self, user_id: str) -> None:
        tables.delete_user(self.client, USERS_TABLE_NAME, user_id)

    def put(self, row: Item) -> None:
        self.client.put_item(TableName=TABLE_NAME, Item=to_wire(row))

    def fill(self, user_id: str, address_ids: Sequence[str], default_id: str | None) -> None:
        """Make these all the rows of a user; without going through our code."""
        fields = {**ADDRESS, "createdAt": NOW, "updatedAt": NOW}
        rows: list[Item] = [{**address_key(user_id, each), **fields} for each in address_ids]
        rows.append({**book_key(user_id), "count": len(address_ids), "defaultId": default_id})
        kept = {row["sk"] for row in rows}
        old = [row for sk, row in self.rows(user_id).items() if sk not in kept]
        writes: list[Any] = [{"PutRequest": {"Item": to_wire(row)}} for row in rows]
        writes += [{"DeleteRequest": {"Key": to_wire(key_of(row))}} for row in old]
        for batch in batched(writes, 25, strict=False):
            self.client.batch_write_item(RequestItems={TABLE_NAME: batch})

    def delete(self, key: Item) -> None:
        self.client.delete_item(TableName=TABLE_NAME, Key=to_wire(key))

    def wipe(self, user_id: str) -> None:
        """Leave no row of a user: moto copies whole tables in every transaction."""
        for row in self.rows(user_id).values():
            self.delete(key_of(row))

    def rows(self, user_id: str) -> dict[str, dict[str, Any]]:
        """All rows of a user, by sort key."""
        pages = self.client.get_paginator("query").paginate(
            TableName=TABLE_NAME,
            KeyConditionExpression="pk = :pk",
            ExpressionAttributeValues=to_wire({":pk": partition(user_id)}),
            ConsistentRead=True,
        )
        rows = [from_wire(row) for page in pages for row in page["Items"]]
        return {row["sk"]: row for row in rows}

    def count(self) -> int:
        """How many rows there are of anyone."""
        return int(self.client.scan(TableName=TABLE_NAME)["Count"])

    def assert_sound(self, user_id: str) -> None:
        """The book knows how many addresses there are, and names one of them or none."""
        rows = self.rows(user_id)
        if not rows:
            return
        book = rows.pop(BOOK)
        assert book["count"] == len(rows)
        assert "defaultId" not in book or f"ADDRESS#{book['defaultId']}" in rows


class Answer:
    """What the function answered: the status, the headers, the body as JSON."""

    def __init__(self, raw: Mapping[str, Any]) -> None:
        self.status: int = raw["statusCode"]
        self.headers: dict[str, str] = raw["headers"]
        self.raw: str | None = raw["body"]
        self.body: dict[str, Any] = json.loads(self.raw) if self.raw else {}

    @property
    def problem(self) -> tuple[int, str]:
        """The status and the type of a problem document."""
        assert self.headers["Content-Type"] == "application/problem+json"
        assert self.body["status"] == self.status
        return self.status, self.body["type"]

    @property
    def problem_fields(self) -> list[list[str]]:
        """Where validation found something wrong."""
        assert self.problem == (422, "validation-failed")
        return [each["loc"] for each in self.body["errors"]]


class Customer:
    """Sends requests to the addresses function as a signed-in user, or as no one."""

    def __init__(self, context: LambdaContext, user_id: str | None) -> None:
        self.user_id = user_id or ""
        self._context = context
        self._caller = Caller(user_id, new_id(), Role.CUSTOMER) if user_id else None

    def create(self, **fields: Any) -> Answer:
        return self.send("POST", "/addresses", body=json.dumps({**ADDRESS, **fields}))

    def created(self, **fields: Any) -> dict[str, Any]:
        answer = self.create(**fields)
        assert answer.status == 201, answer.body
        return answer.body

    def page(self, *repeated: tuple[str, str], **query: Any) -> Answer:
        pairs = [(name, str(value)) for name, value in query.items() if value is not None]
        return self.send("GET", "/addresses", query=[*pairs, *repeated])

    def get(self, address_id: str) -> Answer:
        return self.one("GET", address_id)

    def change(self, address_id: str, fields: Fields) -> Answer:
        return self.one("PATCH", address_id, body=json.dumps(fields))

    def delete(self, address_id: str) -> Answer:
        return self.one("DELETE", address_id)

    def pages(self, **query: Any) -> Iterator[list[dict[str, Any]]]:
        """The list page by page, each asked for when it is wanted."""
        cursor = query.pop("cursor", None)
        for _ in range(100):  # so that a cursor that leads nowhere fails
            answer = self.page(cursor=cursor, **query)
            assert answer.status == 200, answer.body
            yield answer.body["items"]
            cursor = answer.body["nextCursor"]
            if cursor is None:
                return
        raise AssertionError("the list does not end")

    def everything(self, **query: Any) -> list[dict[str, Any]]:
        return list(itertools.chain.from_iterable(self.pages(**query)))

    def defaults(self) -> list[str]:
        """The ids of all addresses that are the default."""
        return [each["id"] for each in self.everything() if each["isDefault"]]

    def one(self, method: str, address_id: str, **parts: Any) -> Answer:
        return self.send(
            method,
            f"/addresses/{address_id}",
            route="/addresses/{address_id}",
            path_parameters={"address_id": address_id},
            **parts,
        )

    def send(self, method: str, path: str, **parts: Any) -> Answer:
        event = http_event(method, path, caller=self._caller, **parts)
        return Answer(handler.handler(event, self._context))


def key_of(row: Item) -> Item:
    return {"pk": row["pk"], "sk": row["sk"]}


def numbered(count: int) -> list[str]:
    """Ids."""
    return [f"{number:032x}" for number in range(count)]


def removal(user_id: str, number: int = 1, **changes: Any) -> dict[str, Any]:
    """The record by which the users table's stream tells that an account is gone."""
    return {
        "eventID": f"{number:032x}",
        "eventName": "REMOVE",
        "eventVersion": "1.1",
        "eventSource": "aws:dynamodb",
        "awsRegion": "eu-central-1",
        "dynamodb": {
            "ApproximateCreationDateTime": 1795359845,
            "Keys": {"pk": {"S": f"USER#{user_id}"}, "sk": {"S": changes.pop("sk", "USER")}},
            "SequenceNumber": f"{number:021}",
            "SizeBytes": 72,
            "StreamViewType": "KEYS_ONLY",
        },
        "eventSourceARN": "arn:aws:dynamodb:eu-central-1:123456789012:table/users/stream/2026",
    } | changes


def deliver(context: LambdaContext, *records: Mapping[str, Any]) -> None:
    """Give records of the stream to the function, which says nothing when all is well."""
    assert handler.handler({"Records": list(records)}, context) == {}
