"""What administrators do with accounts, from the gateway's event to the answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from shop.identity import Role
from shop.ids import new_id
from tests.users.world import EMAIL, Client
from users import composition, service
from users.errors import UserNotFound

if TYPE_CHECKING:
    from tests.users.world import Answer, Clock, Store


# --- GET /users -------------------------------------------------------------------------------
def test_all_users_come_newest_first_page_by_page(
    admin: Client, visitor: Client, clock: Clock
) -> None:
    registered = []
    for number in range(7):
        clock.advance(seconds=number % 2)  # some at the same moment
        registered.append(visitor.register(f"{number}@example.com").body)
    listed, cursor = [], None
    for _ in range(5):
        page = admin.users(limit=2, **({"cursor": cursor} if cursor else {})).body
        assert len(page["items"]) <= 2
        listed += page["items"]
        cursor = page["nextCursor"]
        if cursor is None:
            break
    assert cursor is None
    assert admin.caller
    expected = [*registered, admin.user(admin.caller.user_id).body]
    by_age = sorted(expected, key=lambda user: (user["createdAt"], user["id"]), reverse=True)
    assert listed == by_age


def test_a_user_who_is_gone_is_not_listed_though_the_index_is_late(
    admin: Client, visitor: Client, store: Store
) -> None:
    user = visitor.register().body
    keys = composition.repository().page_keys(None, 10)
    store.remove(store.user(user["id"]))
    assert [each.id for each in composition.repository().accounts(keys.ids)] == [
        each for each in keys.ids if each != user["id"]
    ]


@pytest.mark.parametrize("cursor", ["", "x", "AAAA", "\u00e9"])
def test_a_cursor_of_no_list_is_refused(admin: Client, cursor: str) -> None:
    assert admin.users(cursor=cursor).problem == (400, "invalid-cursor")


@pytest.mark.parametrize("limit", ["0", "101", "x", "1.0", " 1", ""])
def test_a_limit_is_1_to_100(admin: Client, limit: str) -> None:
    assert admin.users(limit=limit).bad_fields == ["query.limit"]


@pytest.mark.parametrize("spelling", [EMAIL, "READER@Example.com", "\uff52eader@example.com"])
def test_an_email_finds_its_user(admin: Client, visitor: Client, spelling: str) -> None:
    user = visitor.register().body
    assert admin.users(email=spelling).body == {"items": [user], "nextCursor": None}


def test_an_unknown_email_finds_no_one(admin: Client) -> None:
    assert admin.users(email="unknown@example.com").body == {"items": [], "nextCursor": None}


def test_an_email_that_moved_on_finds_no_one(admin: Client, visitor: Client, store: Store) -> None:
    """As between the two reads."""
    user = visitor.register().body
    store.set(store.user(user["id"]), emailKey="other@example.com")
    assert admin.users(email=EMAIL).body["items"] == []


def test_what_is_no_email_is_said_to_be_none(admin: Client) -> None:
    assert admin.users(email="reader").bad_fields == ["query.email"]


def test_the_list_of_one_has_no_cursor_to_take(admin: Client, visitor: Client) -> None:
    visitor.register()
    cursor = admin.users(limit=1).body["nextCursor"]
    assert cursor
    assert admin.users(email=EMAIL, cursor=cursor).problem == (400, "invalid-cursor")


# --- GET /users/{user_id} ---------------------------------------------------------------------
def test_one_user(admin: Client, visitor: Client) -> None:
    user = visitor.register().body
    answer = admin.user(user["id"])
    assert (answer.status, answer.body) == (200, user)


@pytest.mark.parametrize("user_id", ["1", "0" * 33, "A" * 32, "#", "\u00e9", "0" * 5000])
def test_what_cannot_be_an_id_is_404_and_not_looked_for(
    admin: Client, calls: list[str], user_id: str
) -> None:
    for answer in (admin.user(user_id), admin.set_role(user_id, role="admin")):
        assert answer.problem == (404, "not-found")
        assert len(answer.body["detail"]) < 200
    assert "GetItem" not in calls


def test_an_unknown_user_is_404(admin: Client) -> None:
    for answer in (admin.user(new_id()), admin.set_role(new_id(), role="admin")):
        assert answer.problem == (404, "not-found")


# --- PATCH /users/{user_id} -------------------------------------------------------------------
def test_a_role_is_given_and_taken(admin: Client, visitor: Client, clock: Clock) -> None:
    user = visitor.register().body
    for role in ("admin", "customer"):
        clock.advance(seconds=1)
        answer = admin.set_role(user["id"], role=role)
        assert answer.status == 200
        assert answer.body == user | {"role": role, "updatedAt": clock.now()}
        assert admin.user(user["id"]).body == answer.body


def test_no_role_sent_is_nothing_changed(admin: Client, visitor: Client) -> None:
    user = visitor.register().body
    answer = admin.set_role(user["id"])
    assert (answer.status, answer.body) == (200, user)


@pytest.mark.parametrize("role", ["king", "", None, 7, "ADMIN", ["admin"]])
def test_a_role_is_one_of_two(admin: Client, visitor: Client, role: object) -> None:
    assert admin.set_role(visitor.register().body["id"], role=role).bad_fields == ["body.role"]


def everything_of_an_administrator(admin: Client, user_id: str) -> list[Answer]:
    assert admin.caller
    return [
        admin.users(),
        admin.users(email=EMAIL),
        admin.user(user_id),
        admin.user("x"),
        admin.set_role(user_id, role="admin"),
        admin.set_role(user_id),
        admin.set_role(admin.caller.user_id, role="admin"),
    ]


def test_who_is_no_administrator_any_more_sees_and_changes_nothing(
    admin: Client, visitor: Client, store: Store
) -> None:
    assert admin.caller
    user = visitor.register().body
    store.set_role(admin.caller.user_id, Role.CUSTOMER)
    rows = store.rows()
    for answer in everything_of_an_administrator(admin, user["id"]):
        assert answer.problem == (403, "forbidden")
    assert store.rows() == rows


@pytest.mark.parametrize("ended", ["signed out", "account gone", "password changed elsewhere"])
def test_an_administrator_whose_session_has_ended_sees_and_changes_nothing(
    admin: Client, visitor: Client, store: Store, ended: str
) -> None:
    assert admin.caller
    user = visitor.register().body
    own = store.user(admin.caller.user_id)
    if ended == "signed out":
        admin.sign_out()
    elif ended == "account gone":
        store.remove(own)
    else:
        store.set(own, sessionEpoch=1)
    rows = store.rows()
    for answer in everything_of_an_administrator(admin, user["id"]):
        assert answer.problem == (401, "unauthenticated")
        assert answer.body["detail"] == "The session has ended. Sign in again."
    assert store.rows() == rows


def test_administrators_may_step_down(admin: Client) -> None:
    assert admin.caller
    assert admin.set_role(admin.caller.user_id, role="customer").body["role"] == "customer"
    assert admin.set_role(admin.caller.user_id, role="admin").problem == (403, "forbidden")


# --- the operator's way -----------------------------------------------------------------------
def test_an_operator_gives_a_role_by_email(visitor: Client, store: Store) -> None:
    user = visitor.register().body
    before = user["updatedAt"]
    for role in (Role.ADMIN, Role.CUSTOMER):
        changed = service.set_role(composition.repository(), "Reader@EXAMPLE.com", role)
        assert (changed.id, changed.role) == (user["id"], role)
        assert changed.updated_at > before
        before = changed.updated_at
        assert store.user(user["id"])["role"] == role


@pytest.mark.parametrize("email", ["unknown@example.com", "no address", ""])
def test_an_operator_hears_of_an_unknown_email(visitor: Client, email: str) -> None:
    with pytest.raises(UserNotFound):
        service.set_role(composition.repository(), email, Role.ADMIN)
