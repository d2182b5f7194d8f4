"""The shop's API as the drill's customers and its administrator use it."""

from __future__ import annotations

import random
import time
import uuid
from typing import TYPE_CHECKING, Any

import requests

from ops.errors import OperationError

if TYPE_CHECKING:
    from collections.abc import Mapping

_PATIENCE = 30  # seconds in which a busy shop must have answered
_PASSWORD = "otters hold hands asleep"  # noqa: S105  (of accounts that go with the drill)
ADDRESS = {"street": "Harbour Road 1", "city": "Lisbon", "country": "Portugal"}


class Client:
    """One connection; not for several threads."""

    def __init__(self, api_url: str) -> None:
        self.api_url = api_url
        self._session = requests.Session()
        self._chance = random.Random()  # noqa: S311  (no secret)

    def ask(
        self, method: str, path: str, body: Any = None, *, token: str = "", key: str = ""
    ) -> requests.Response:
        """The answer, once it is not that the shop is busy."""
        headers: dict[str, str | bytes] = {}
        if token:
            headers["authorization"] = f"Bearer {token}"
        if key:
            headers["idempotency-key"] = key
        began = time.monotonic()
        while True:
            answer = self._session.request(
                method, self.api_url + path, headers=headers, json=body, timeout=30
            )
            if answer.status_code != requests.codes.unavailable:
                return answer
            if time.monotonic() - began > _PATIENCE:
                raise OperationError(f"{method} {path} is answered 503 all the time.")
            longest = float(answer.headers.get("retry-after", 1))
            time.sleep(self._chance.uniform(0, longest))

    def upload(self, ticket: Mapping[str, Any], content: bytes) -> None:
        """Post an image to S3, as a browser would."""
        form = {"file": ("image.png", content)}
        answer = self._session.post(ticket["url"], data=ticket["fields"], files=form, timeout=30)
        require(answer, {requests.codes.no_content})


class Account:
    """Someone who is signed in, over a connection of their own."""

    def __init__(self, client: Client, email: str, password: str) -> None:
        self.client = client
        self.email = email
        self.password = password
        body = {"email": email, "password": password}
        answer = require(client.ask("POST", "/sessions", body), {requests.codes.created})
        self._token: str = answer.json()["accessToken"]

    @classmethod
    def register(cls, client: Client) -> Account:
        email = f"drill-{uuid.uuid4().hex}@example.com"
        body = {"email": email, "password": _PASSWORD, "firstName": "Drill"}
        require(client.ask("POST", "/users", body), {requests.codes.created})
        return cls(client, email, _PASSWORD)

    def ask(self, method: str, path: str, body: Any = None, *, key: str = "") -> requests.Response:
        return self.client.ask(method, path, body, token=self._token, key=key)


def require(answer: requests.Response, statuses: set[int]) -> requests.Response:
    """Raises OperationError for an answer that cannot be, with its words."""
    if answer.status_code not in statuses:
        raise OperationError(
            f"{answer.request.method} {answer.url} is answered {answer.status_code}: {answer.text}"
        )
    return answer
