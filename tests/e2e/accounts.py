"""Accounts on the running stack, made through the API as their owners would."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import requests

    from tests.e2e.conftest import Api

PASSWORD = "otters hold hands asleep"


@dataclass
class Account:
    """Someone who is signed in."""

    api: Api
    id: str
    email: str
    password: str
    token: str
    refresh_token: str

    def request(
        self, method: str, path: str, json: Any = None, headers: dict[str, str] | None = None
    ) -> requests.Response:
        bearer = {"authorization": f"Bearer {self.token}", **(headers or {})}
        return self.api.request(method, path, bearer, json=json)

    def get(self, path: str) -> requests.Response:
        return self.request("GET", path)


def new_email() -> str:
    return f"customer-{uuid.uuid4().hex}@example.com"


def register(api: Api, email: str | None = None, password: str = PASSWORD) -> Account:
    """A new customer, signed in."""
    email = email or new_email()
    made = api.request("POST", "/users", json={"email": email, "password": password})
    assert made.status_code == 201, made.text
    return sign_in(api, email, password)


def sign_in(api: Api, email: str, password: str = PASSWORD) -> Account:
    answer = api.request("POST", "/sessions", json={"email": email, "password": password})
    assert answer.status_code == 201, answer.text
    tokens = answer.json()
    account = Account(api, "", email, password, tokens["accessToken"], tokens["refreshToken"])
    account.id = account.get("/users/me").json()["id"]
    return account


def appoint(admin: Account) -> Account:
    """A new administrator, whom a test may get into trouble."""
    account = register(admin.api)
    made = admin.request("PATCH", f"/users/{account.id}", {"role": "admin"})
    assert made.status_code == 200, made.text
    return sign_in(admin.api, account.email)


ADDRESS = {"street": "Harbour Road 1", "city": "Lisbon", "country": "Portugal"}
