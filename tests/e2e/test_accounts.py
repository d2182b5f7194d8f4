"""Accounts end to end: unique under concurrency, sessions that end, nothing left behind."""

import json
import re
import time
import unicodedata
import uuid
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from ops.local import logs
from ops.local.stack import LocalStack
from tests.e2e.accounts import ADDRESS, PASSWORD, Account, new_email, register, sign_in
from tests.e2e.conftest import Api

pytestmark = pytest.mark.e2e

TABLES = ("UsersTableName", "AddressesTableName", "ProductsTableName", "OrdersTableName")


def spellings(email: str) -> Iterator[str]:
    """The same address in different upper and lower case and Unicode forms, without end."""
    for number in range(10_000):
        mixed = "".join(
            letter.upper() if (number >> place) & 1 else letter
            for place, letter in enumerate(email)
        )
        yield unicodedata.normalize("NFD" if number % 2 else "NFC", mixed)


def test_of_fifty_registrations_of_one_address_one_wins(api: Api, stack: LocalStack) -> None:
    email = f"zo\u00e9catherine-{uuid.uuid4().hex}@example.com"
    wanted = [each for each, _ in zip(spellings(email), range(50), strict=False)]
    assert len(set(wanted)) == 50

    def attempt(spelling: str) -> int:
        body = {"email": spelling, "password": PASSWORD}
        while True:
            status = api.request("POST", "/users", json=body).status_code
            if status != 503:  # which asks to try again, and says that nothing was lost
                return status

    # Each that is under way has a process of its own in the emulator: not all at once.
    with ThreadPoolExecutor(16) as pool:
        statuses = Counter(pool.map(attempt, wanted))
    assert statuses.keys() <= {201, 409}
    assert statuses[201] <= 1, "one more can have won, whose answer was a 503"
    rows = [row for row in _rows(stack, "UsersTableName") if email.split("-")[1][:32] in str(row)]
    assert sorted(row["sk"]["S"] for row in rows) == ["EMAIL", "USER"]


def test_a_refresh_token_that_was_used_up_ends_the_session(customer: Account) -> None:
    first = customer.refresh_token
    second = _refresh(customer.api, first).json()["refreshToken"]
    again = _refresh(customer.api, first)
    assert again.json()["refreshToken"] == second, "whoever lost the answer gets it again"
    third = _refresh(customer.api, second).json()["refreshToken"]
    assert _refresh(customer.api, first).status_code == 401, "two uses old: someone has a copy"
    assert _refresh(customer.api, third).status_code == 401, "and now nobody has a session"
    assert customer.get("/users/me").status_code == 401


def test_signing_out_ends_this_session_and_no_other(customer: Account) -> None:
    other = sign_in(customer.api, customer.email)
    assert customer.request("DELETE", "/sessions/current").status_code == 204
    assert customer.get("/users/me").status_code == 401
    assert _refresh(customer.api, customer.refresh_token).status_code == 401
    assert other.get("/users/me").status_code == 200


def test_a_changed_password_ends_all_other_sessions(customer: Account) -> None:
    other = sign_in(customer.api, customer.email)
    change = {"currentPassword": PASSWORD, "newPassword": "a different kind of otter"}
    assert customer.request("PUT", "/users/me/password", change).status_code == 204
    assert _refresh(other.api, other.refresh_token).status_code == 401
    assert other.get("/users/me").status_code == 401
    assert _refresh(customer.api, customer.refresh_token).status_code == 200
    again = customer.api.request(
        "POST", "/sessions", json={"email": customer.email, "password": PASSWORD}
    )
    assert (again.status_code, again.json()["type"]) == (401, "invalid-credentials")


def test_guessing_is_slowed_down(api: Api) -> None:
    account = register(api)
    body = {"email": account.email, "password": "not this one"}
    answers = [api.request("POST", "/sessions", json=body) for _ in range(8)]
    assert [answer.status_code for answer in answers] == [401] * 6 + [429] * 2
    assert 1 <= int(answers[-1].headers["retry-after"]) <= 30
    assert answers[-1].json()["type"] == "too-many-attempts"
    unknown = {"email": new_email(), "password": "not this one"}
    statuses = [api.request("POST", "/sessions", json=unknown).status_code for _ in range(7)]
    assert statuses == [401] * 6 + [429], "an unknown address looks the same"


def test_nothing_is_left_of_a_deleted_account(api: Api, stack: LocalStack) -> None:
    account = register(api)
    sign_in(api, account.email)
    for _ in range(3):
        assert account.request("POST", "/addresses", ADDRESS).status_code == 201
    api.request("POST", "/sessions", json={"email": account.email, "password": "wrong one"})
    assert _traces(stack, account) != []
    gone = account.request("DELETE", "/users/me", {"password": PASSWORD})
    assert gone.status_code == 204, gone.text
    assert account.get("/users/me").status_code == 401
    assert _refresh(api, account.refresh_token).status_code == 401
    assert account.request("POST", "/addresses", ADDRESS).status_code == 401
    deadline = time.monotonic() + 30
    while _traces(stack, account) and time.monotonic() < deadline:
        time.sleep(0.2)
    assert _traces(stack, account) == []
    assert register(api, account.email).id != account.id, "the address is free again"


def test_an_administrator_finds_accounts_and_changes_roles(api: Api, admin: Account) -> None:
    account = register(api)
    found = admin.get(f"/users?email={account.email.upper()}").json()["items"]
    assert [each["id"] for each in found] == [account.id]
    assert admin.get(f"/users?email={new_email()}").json()["items"] == []
    newest = admin.get("/users?limit=1").json()
    assert newest["items"][0]["id"] == account.id
    assert newest["nextCursor"]
    path = f"/users/{account.id}"
    assert admin.request("PATCH", path, {"role": "admin"}).json()["role"] == "admin"
    token = _refresh(api, account.refresh_token).json()["accessToken"]
    account.token = token
    assert account.get("/users").status_code == 200
    assert admin.request("PATCH", path, {"role": "customer"}).json()["role"] == "customer"
    refused = account.request("PATCH", path, {"role": "admin"})
    assert refused.status_code == 403, "the token still says admin, the table does not"


def test_no_log_tells_a_secret(api: Api, stack: LocalStack) -> None:
    canary = uuid.uuid4().hex
    email, password = f"{canary}@example.com", f"pass {canary}"
    account = register(api, email, password)
    tokens = _refresh(api, account.refresh_token).json()
    account.request("PATCH", "/users/me", {"email": f"x{email}", "firstName": canary})
    account.request("POST", "/addresses", {**ADDRESS, "street": canary})
    wrong = {"currentPassword": f"no {canary}", "newPassword": canary[:4]}
    for method, path, body in (
        ("PUT", "/users/me/password", wrong),
        ("POST", "/users", {"email": f"{canary} no address", "password": canary}),
        ("POST", "/sessions", {"email": f"x{email}", "password": canary}),
        ("GET", f"/users?email={email}", None),
        ("DELETE", "/users/me", {"password": password}),
    ):
        account.request(method, path, body)
    written = "".join(logs.lines(stack.target, follow=False))
    assert "POST /users" in written
    for secret in (
        canary,
        *account.token.split("."),
        account.refresh_token,
        tokens["refreshToken"],
        tokens["accessToken"],
    ):
        assert secret not in written


def _refresh(api: Api, token: str) -> Any:
    return api.request("POST", "/sessions/refresh", json={"refreshToken": token})


def _rows(stack: LocalStack, table: str) -> list[dict[str, Any]]:
    pages = stack.target.dynamodb().get_paginator("scan")
    name = stack.target.output(table)
    return [row for page in pages.paginate(TableName=name) for row in page["Items"]]


def _traces(stack: LocalStack, account: Account) -> list[str]:
    """Rows of any table that tell of the account, by id or e-mail."""
    pattern = re.compile(f"{account.id}|{re.escape(account.email)}", re.IGNORECASE)
    return [
        text
        for table in TABLES
        for row in _rows(stack, table)
        if pattern.search(text := json.dumps(row))
    ]
