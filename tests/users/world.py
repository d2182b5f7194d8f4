"""What the users function lives in (its table, the clock), and those who call it."""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from shop import clock, tokens
from shop.contracts.users import user_key
from shop.dynamo import from_wire, to_wire
from shop.identity import Role
from tests.events import http_event
from users import composition, handler

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aws_lambda_powertools.utilities.typing import LambdaContext
    from mypy_boto3_dynamodb import DynamoDBClient

    from shop.dynamo import Item
    from shop.identity import Caller

TABLE_NAME = "users"
ISSUER = "shop-test"
AUDIENCE = "shop-test-api"
EMAIL = "reader@example.com"
PASSWORD = "four words of mine"
WRONG = "other words of mine"


class Clock:
    """Stands still; goes on when told."""

    def __init__(self) -> None:
        self.moment = datetime(2026, 11, 22, 12, tzinfo=UTC)

    def now(self) -> str:
        return clock.timestamp(self.moment)

    def advance(self, **by: float) -> None:
        self.moment += timedelta(**by)

    @property
    def seconds(self) -> int:
        return int(self.moment.timestamp())


class Store:
    """Looks straight into the table."""

    def __init__(self, client: DynamoDBClient) -> None:
        self.client = client

    def rows(self, prefix: str = "", sort_prefix: str = "") -> list[dict[str, Any]]:
        """All rows whose keys start so."""
        found = [from_wire(row) for row in self.client.scan(TableName=TABLE_NAME)["Items"]]
        return [
            row
            for row in found
            if row["pk"].startswith(prefix) and row["sk"].startswith(sort_prefix)
        ]

    def user(self, user_id: str) -> dict[str, Any]:
        (row,) = self.rows(f"USER#{user_id}", "USER")
        return row

    def sessions(self, user_id: str = "") -> list[dict[str, Any]]:
        return self.rows(f"USER#{user_id}", "SESSION#")

    def attempts(self) -> list[dict[str, Any]]:
        return self.rows("ATTEMPTS#")

    def set(self, row: Item, **attributes: Any) -> None:
        """Write attributes of a row behind everyone's back."""
        self.client.put_item(TableName=TABLE_NAME, Item=to_wire({**row, **attributes}))

    def remove(self, row: Item) -> None:
        key = to_wire({"pk": row["pk"], "sk": row["sk"]})
        self.client.delete_item(TableName=TABLE_NAME, Key=key)

    def set_role(self, user_id: str, role: Role) -> None:
        self.set(self.user(user_id), role=role.value)

    def check(self) -> list[dict[str, Any]]:
        """The rows of all users.

        Each user has exactly the marker of the address, and each marker its user.
        """
        rows = self.rows()
        users = [row for row in rows if row["sk"] == "USER"]
        markers = [row for row in rows if row["sk"] == "EMAIL"]
        owners = sorted((f"EMAIL#{row['emailKey']}", row["pk"]) for row in users)
        assert owners == sorted((row["pk"], f"USER#{row['userId']}") for row in markers)
        return users

    def mentions(self, text: str) -> list[str]:
        """Keys of the rows with ``text`` anywhere in them, whatever its case."""
        return [row["pk"] for row in self.rows() if text.casefold() in str(row).casefold()]


class Answer:
    """What the function answered: the status, the headers, the body as JSON."""

    def __init__(self, raw: Mapping[str, Any]) -> None:
        self.status: int = raw["statusCode"]
        self.headers: dict[str, str] = raw["headers"]
        self.body: dict[str, Any] = json.loads(raw["body"]) if raw.get("body") else {}

    @property
    def problem(self) -> tuple[int, str]:
        """The status and the type of a problem document."""
        assert self.headers["Content-Type"] == "application/problem+json"
        assert self.body["status"] == self.status
        return self.status, self.body["type"]

    @property
    def bad_fields(self) -> list[str]:
        """Where validation failed: ``body.email``."""
        assert self.problem == (422, "validation-failed")
        return [".".join(map(str, error["loc"])) for error in self.body["errors"]]

    @property
    def caller(self) -> Caller:
        """Whom the access token is for."""
        return tokens.caller(claims(self.body["accessToken"]))


def claims(access_token: str) -> dict[str, Any]:
    payload = access_token.split(".")[1]
    decoded: dict[str, Any] = json.loads(urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    return decoded


class Client:
    """Asks the users function as the gateway does; without a ``caller``, without a token."""

    def __init__(self, context: LambdaContext, caller: Caller | None = None) -> None:
        self.context = context
        self.caller = caller

    def ask(self, method: str, path: str, body: Any = None, **parts: Any) -> Answer:
        text = None if body is None else json.dumps(body)
        event = http_event(method, path, body=text, caller=self.caller, **parts)
        return Answer(handler.handler(event, self.context))

    def register(self, email: str = EMAIL, password: str = PASSWORD, **more: Any) -> Answer:
        return self.ask("POST", "/users", {"email": email, "password": password, **more})

    def sign_in(self, email: str = EMAIL, password: str = PASSWORD) -> Answer:
        return self.ask("POST", "/sessions", {"email": email, "password": password})

    def refresh(self, token: str) -> Answer:
        return self.ask("POST", "/sessions/refresh", {"refreshToken": token})

    def sign_out(self) -> Answer:
        return self.ask("DELETE", "/sessions/current")

    def me(self) -> Answer:
        return self.ask("GET", "/users/me")

    def change(self, **changes: Any) -> Answer:
        return self.ask("PATCH", "/users/me", changes)

    def change_password(self, current: str, new: str) -> Answer:
        body = {"currentPassword": current, "newPassword": new}
        return self.ask("PUT", "/users/me/password", body)

    def delete(self, password: str = PASSWORD) -> Answer:
        return self.ask("DELETE", "/users/me", {"password": password})

    def users(self, **query: Any) -> Answer:
        return self.ask("GET", "/users", query={k: str(v) for k, v in query.items()})

    def user(self, user_id: str) -> Answer:
        return self._one("GET", user_id)

    def set_role(self, user_id: str, **body: Any) -> Answer:
        return self._one("PATCH", user_id, body)

    def signed_in(self, email: str = EMAIL, password: str = PASSWORD) -> Client:
        """The same client with a session of its own."""
        answer = self.sign_in(email, password)
        assert answer.status == 201, answer.body
        return Client(self.context, answer.caller)

    def as_admin(self, store: Store) -> Client:
        """This signed-in client, once made an administrator."""
        assert self.caller
        store.set_role(self.caller.user_id, Role.ADMIN)
        return Client(self.context, self.caller._replace(role=Role.ADMIN))

    def _one(self, method: str, user_id: str, body: Any = None) -> Answer:
        return self.ask(
            method,
            f"/users/{user_id}",
            body,
            route="/users/{user_id}",
            path_parameters={"user_id": user_id},
        )


def removal(user_id: str, sort_key: str = user_key("")["sk"]) -> dict[str, Any]:
    """What the table's stream tells of a row that is gone."""
    return {
        "eventSource": "aws:dynamodb",
        "eventName": "REMOVE",
        "dynamodb": {
            "Keys": to_wire({"pk": user_key(user_id)["pk"], "sk": sort_key}),
            "SequenceNumber": f"seq-{user_id}",
            "StreamViewType": "KEYS_ONLY",
        },
    }


def deliver(context: LambdaContext, *records: dict[str, Any]) -> None:
    """Hand ``records`` of the stream to the function."""
    handler.handler({"Records": list(records)}, context)


def forget() -> None:
    """As a new process."""
    for cached in (composition.repository, composition.session_repository, composition.signer):
        cached.cache_clear()
