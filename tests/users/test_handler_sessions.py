"""Signing in, refreshing, signing out, from the gateway's event to the answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from shop.identity import Role
from shop.ids import new_id
from tests.users.world import EMAIL, PASSWORD, WRONG, Client, claims
from users import passwords, refresh_tokens

if TYPE_CHECKING:
    from tests.users.world import Clock, Store


# --- POST /sessions ---------------------------------------------------------------------------
def test_signing_in_brings_a_pair_of_tokens(visitor: Client, clock: Clock) -> None:
    user_id = visitor.register().body["id"]
    answer = visitor.sign_in()
    assert answer.status == 201
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.body.keys() == {"accessToken", "tokenType", "expiresIn", "refreshToken"}
    assert (answer.body["tokenType"], answer.body["expiresIn"]) == ("Bearer", 900)
    said = claims(answer.body["accessToken"])
    assert (said["sub"], said["role"]) == (user_id, "customer")
    assert (said["iat"], said["exp"]) == (clock.seconds, clock.seconds + 900)
    assert len(answer.body["refreshToken"]) == 107


def test_what_is_stored_of_a_session_opens_nothing(
    visitor: Client, store: Store, clock: Clock
) -> None:
    visitor.register()
    answer = visitor.sign_in()
    (row,) = store.sessions()
    assert answer.body["refreshToken"] not in str(row)
    assert row.pop("familyHash") != row.pop("currentHash")
    assert row == {
        "pk": f"USER#{answer.caller.user_id}",
        "sk": f"SESSION#{answer.caller.session_id}",
        "sessionEpoch": 0,
        "rotatedAt": clock.seconds * 1000,
        "expiresAt": clock.seconds + 30 * 86400,
        "endsAt": clock.seconds + 90 * 86400,
        "createdAt": clock.now(),
    }


def test_every_sign_in_is_a_session_of_its_own(visitor: Client, store: Store) -> None:
    visitor.register()
    first, second = visitor.sign_in(), visitor.sign_in()
    assert first.caller.session_id != second.caller.session_id
    assert len(store.sessions(first.caller.user_id)) == 2


@pytest.mark.parametrize(
    "email", ["READER@EXAMPLE.COM", "\uff52eader@example.com", "Reader@Example.com"]
)
def test_the_spelling_of_the_email_does_not_matter(visitor: Client, email: str) -> None:
    visitor.register()
    assert visitor.sign_in(email).status == 201


def test_the_unicode_form_of_the_password_does_not_matter(visitor: Client) -> None:
    visitor.register(password="caf\u00e9 au lait noir")
    assert visitor.sign_in(password="cafe\u0301 au lait noir").status == 201
    assert visitor.sign_in(password="Caf\u00e9 au lait noir").status == 401


@pytest.mark.parametrize(
    ("email", "password"),
    [
        (EMAIL, WRONG),
        (EMAIL, PASSWORD.upper()),
        (EMAIL, "x"),
        (EMAIL, PASSWORD + " "),
        (EMAIL, "x" * 1024),
        (EMAIL, "\x00"),
        ("unknown@example.com", PASSWORD),
        ("unknown@example.com", "nobody's"),
        ("no address", PASSWORD),
        ("\x00", PASSWORD),
        ("@", PASSWORD),
        ("\ufdfa" * 255, PASSWORD),
        ("x" * 255, PASSWORD),
        ("EMAIL#reader@example.com", PASSWORD),
    ],
    ids=lambda value: ascii(value)[:20],
)
def test_wrong_and_unknown_are_told_alike(visitor: Client, email: str, password: str) -> None:
    visitor.register()
    answer = visitor.sign_in(email, password)
    assert answer.problem == (401, "invalid-credentials")
    assert answer.body["detail"] == "Check both and try again."
    assert answer.headers["WWW-Authenticate"] == "Bearer"


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        ({}, ["body.email", "body.password"]),
        ({"email": "", "password": ""}, ["body.email", "body.password"]),
        ({"email": "x" * 256, "password": "x" * 1025}, ["body.email", "body.password"]),
        ({"email": None, "password": None}, ["body.email", "body.password"]),
        ({"email": 7, "password": ["x"]}, ["body.email", "body.password"]),
        ({"email": "\ud800", "password": "\udfff"}, ["body.email", "body.password"]),
        ({"email": EMAIL, "password": PASSWORD, "remember": True}, ["body.remember"]),
    ],
    ids=lambda value: ascii(value)[:30],
)
def test_what_cannot_be_credentials_is_named(
    visitor: Client, body: object, fields: list[str]
) -> None:
    assert visitor.ask("POST", "/sessions", body).bad_fields == fields


def test_an_old_hash_is_made_anew_at_sign_in(
    visitor: Client, store: Store, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    user = visitor.register().body
    old = store.user(user["id"])["passwordHash"]
    stronger = type(passwords._hasher())(memory_cost=16, time_cost=1, parallelism=1)
    monkeypatch.setattr(passwords, "_hasher", lambda: stronger)
    clock.advance(seconds=1)
    session = visitor.sign_in()
    row = store.user(user["id"])
    assert row["passwordHash"] != old
    assert "m=16," in row["passwordHash"]
    assert (row["createdAt"], row["updatedAt"]) == (user["createdAt"], clock.now())
    assert row["sessionEpoch"] == 0
    assert Client(visitor.context, session.caller).me().status == 200
    kept = row["passwordHash"]
    assert visitor.sign_in().status == 201
    assert store.user(user["id"])["passwordHash"] == kept


def test_a_wrong_password_rehashes_nothing(
    visitor: Client, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    user = visitor.register().body
    stronger = type(passwords._hasher())(memory_cost=16, time_cost=1, parallelism=1)
    monkeypatch.setattr(passwords, "_hasher", lambda: stronger)
    assert visitor.sign_in(password=WRONG).status == 401
    assert "m=8," in store.user(user["id"])["passwordHash"]


# --- POST /sessions/refresh -------------------------------------------------------------------
def test_a_refresh_token_brings_the_next_pair(visitor: Client, clock: Clock) -> None:
    visitor.register()
    first = visitor.sign_in()
    clock.advance(minutes=10)
    second = visitor.refresh(first.body["refreshToken"])
    assert second.status == 200
    assert second.headers["Cache-Control"] == "no-store"
    assert second.body.keys() == first.body.keys()
    assert second.body["refreshToken"] != first.body["refreshToken"]
    assert second.caller == first.caller
    assert claims(second.body["accessToken"])["iat"] == clock.seconds
    assert visitor.refresh(second.body["refreshToken"]).status == 200


def test_a_new_role_comes_with_the_next_refresh(visitor: Client, store: Store) -> None:
    visitor.register()
    session = visitor.sign_in()
    store.set_role(session.caller.user_id, Role.ADMIN)
    assert visitor.refresh(session.body["refreshToken"]).caller.role == Role.ADMIN


@pytest.mark.parametrize(
    "token",
    ["x", "x" * 107, "\u00e9" * 107, "=" * 107, " ", "\x00", "x" * 1024],
    ids=lambda token: ascii(token)[:10],
)
def test_what_cannot_be_a_refresh_token_asks_no_store(
    visitor: Client, calls: list[str], token: str
) -> None:
    answer = visitor.refresh(token)
    assert answer.problem == (401, "invalid-refresh-token")
    assert answer.headers["WWW-Authenticate"] == "Bearer"
    assert calls == []


def test_a_refresh_token_of_no_session_is_refused_alike(visitor: Client, calls: list[str]) -> None:
    nobody = refresh_tokens.new_token(new_id(), new_id()).to_text()
    assert visitor.refresh(nobody).problem == (401, "invalid-refresh-token")
    assert calls == ["BatchGetItem"]


# --- DELETE /sessions/current -----------------------------------------------------------------
def test_signing_out_takes_effect_at_once_and_here_only(visitor: Client, store: Store) -> None:
    visitor.register()
    here, there = visitor.sign_in(), visitor.sign_in()
    client = Client(visitor.context, here.caller)
    answer = client.sign_out()
    assert (answer.status, answer.body) == (204, {})
    assert client.me().problem == (401, "unauthenticated")
    assert client.sign_out().problem == (401, "unauthenticated")
    assert visitor.refresh(here.body["refreshToken"]).problem == (401, "invalid-refresh-token")
    assert Client(visitor.context, there.caller).me().status == 200
    assert len(store.sessions()) == 1
