"""Accounts, from the gateway's event to the answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from shop.identity import Caller, Role
from shop.ids import new_id
from tests.users.world import EMAIL, PASSWORD, Client

if TYPE_CHECKING:
    from tests.users.world import Clock, Store

NEW = "five words of my own"


# --- POST /users ------------------------------------------------------------------------------
def test_a_new_account_is_shown_and_can_sign_in(visitor: Client, clock: Clock) -> None:
    answer = visitor.register("Reader@Example.COM", firstName="A", lastName="B C")
    assert answer.status == 201
    user_id = answer.body.pop("id")
    assert answer.headers["Location"] == f"/users/{user_id}"
    assert answer.body == {
        "email": "Reader@Example.COM",
        "firstName": "A",
        "lastName": "B C",
        "role": "customer",
        "createdAt": clock.now(),
        "updatedAt": clock.now(),
    }
    assert visitor.sign_in("reader@example.com").caller.user_id == user_id


def test_names_may_be_missing(visitor: Client) -> None:
    body = visitor.register().body
    assert (body["firstName"], body["lastName"]) == (None, None)


def test_the_rows_of_an_account(visitor: Client, store: Store) -> None:
    user = visitor.register("Reader@Example.com", firstName="A").body
    row = store.user(user["id"])
    assert row.pop("passwordHash").startswith("$argon2id$v=19$")
    assert row == {
        "pk": f"USER#{user['id']}",
        "sk": "USER",
        "email": "Reader@Example.com",
        "emailKey": EMAIL,
        "firstName": "A",
        "role": "customer",
        "sessionEpoch": 0,
        "createdAt": user["createdAt"],
        "updatedAt": user["createdAt"],
        "listing": "USERS",
        "newestKey": f"{user['createdAt']}#{user['id']}",
    }
    assert store.rows("EMAIL#") == [{"pk": f"EMAIL#{EMAIL}", "sk": "EMAIL", "userId": user["id"]}]


def test_an_address_has_one_account_in_whatever_spelling(visitor: Client, store: Store) -> None:
    local = "stra\u00dfe\u00e9"
    forms = [local, local.upper(), "STRASSE\u00c9", "strassee\u0301", "\uff53TRasse\u00e9"]
    spellings = [f"{form}@{domain}" for form in forms for domain in ("example.com", "EXAMPLE.Com")]
    answers = [visitor.register(spellings[number % len(spellings)]) for number in range(50)]
    assert sorted(answer.status for answer in answers) == [201] + [409] * 49
    assert answers[-1].problem == (409, "email-taken")
    assert len(store.rows()) == 2
    store.check()


def test_nobody_is_made_an_administrator_by_asking(visitor: Client) -> None:
    assert visitor.register(role="admin").bad_fields == ["body.role"]


# --- GET /users/me ----------------------------------------------------------------------------
def test_everyone_sees_the_own_account_without_its_secrets(reader: Client, visitor: Client) -> None:
    assert reader.caller
    visitor.register("other@example.com")
    body = reader.me().body
    assert body["id"] == reader.caller.user_id
    assert body.keys() == {
        "id", "email", "firstName", "lastName", "role", "createdAt", "updatedAt",
    }  # fmt: skip


@pytest.mark.parametrize("lost", ["session", "user", "both"])
def test_without_session_or_account_a_token_is_worth_nothing(
    reader: Client, store: Store, lost: str
) -> None:
    assert reader.caller
    for row in [store.user(reader.caller.user_id), *store.sessions()]:
        if lost == "both" or row["sk"].startswith(lost.upper()):
            store.remove(row)
    everything = [
        reader.me(),
        reader.change(firstName="A"),
        reader.change(),
        reader.change_password(PASSWORD, NEW),
        reader.delete(),
        reader.sign_out(),
    ]
    for answer in everything:
        assert answer.problem == (401, "unauthenticated")
        assert answer.headers["WWW-Authenticate"] == "Bearer"
    assert store.attempts() == []


def test_a_session_is_only_good_for_its_own_account(reader: Client, visitor: Client) -> None:
    assert reader.caller
    visitor.register("other@example.com")
    other = visitor.signed_in("other@example.com").caller
    assert other
    mixed = Caller(reader.caller.user_id, other.session_id, Role.CUSTOMER)
    assert Client(reader.context, mixed).me().problem == (401, "unauthenticated")


# --- PATCH /users/me --------------------------------------------------------------------------
def test_only_what_is_sent_is_changed(reader: Client, clock: Clock) -> None:
    reader.change(firstName="A", lastName="B")
    before = reader.me().body
    clock.advance(seconds=5)
    answer = reader.change(lastName="C")
    assert answer.status == 200
    assert answer.body == before | {"lastName": "C", "updatedAt": clock.now()}
    assert reader.me().body == answer.body


def test_null_takes_a_name_away(reader: Client, store: Store) -> None:
    reader.change(firstName="A", lastName="B")
    assert reader.change(firstName=None).body["firstName"] is None
    assert reader.caller
    assert "firstName" not in store.user(reader.caller.user_id)
    assert reader.me().body["lastName"] == "B"


def test_nothing_sent_is_nothing_changed(reader: Client, clock: Clock, calls: list[str]) -> None:
    before = reader.me().body
    clock.advance(seconds=5)
    calls.clear()
    answer = reader.change()
    assert (answer.status, answer.body) == (200, before)
    assert calls == ["BatchGetItem"]


def test_the_email_moves_and_frees_the_old_one(
    reader: Client, visitor: Client, store: Store
) -> None:
    answer = reader.change(email="New@Example.com", lastName="B")
    assert (answer.status, answer.body["email"]) == (200, "New@Example.com")
    store.check()
    assert visitor.sign_in(EMAIL).problem == (401, "invalid-credentials")
    assert visitor.sign_in("new@example.com").status == 201
    assert visitor.register(EMAIL).status == 201
    store.check()


def test_another_spelling_of_the_own_email_is_no_conflict(
    reader: Client, store: Store, calls: list[str]
) -> None:
    answer = reader.change(email="READER@example.com")
    assert (answer.status, answer.body["email"]) == (200, "READER@example.com")
    assert calls == ["BatchGetItem", "UpdateItem"]
    store.check()


def test_an_email_of_someone_else_is_refused_and_nothing_changes(
    reader: Client, visitor: Client, store: Store
) -> None:
    visitor.register("taken@example.com")
    before = reader.me().body
    answer = reader.change(email="Taken@example.com", firstName="A")
    assert answer.problem == (409, "email-taken")
    assert reader.me().body == before
    store.check()


def test_updated_at_moves_on_though_the_clock_stands_still(reader: Client, clock: Clock) -> None:
    seen = [reader.me().body["updatedAt"]]
    seen += [reader.change(firstName=name).body["updatedAt"] for name in ("A", "B", "B")]
    assert seen == sorted(set(seen))


# --- who may ----------------------------------------------------------------------------------
def test_without_a_token_there_is_no_account(visitor: Client) -> None:
    for answer in (
        visitor.me(),
        visitor.change(firstName=7),
        visitor.change_password("", ""),
        visitor.delete(""),
        visitor.sign_out(),
        visitor.users(),
        visitor.user(new_id()),
        visitor.set_role(new_id(), role="king"),
    ):
        assert answer.problem == (401, "unauthenticated")


def test_what_is_for_administrators_is_for_no_one_else(reader: Client) -> None:
    for answer in (reader.users(), reader.user(new_id()), reader.set_role(new_id(), role="admin")):
        assert answer.problem == (403, "forbidden")
