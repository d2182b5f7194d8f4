"""Changing the password and deleting the account, from the gateway's event to the answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.users.world import EMAIL, PASSWORD, WRONG, Client

if TYPE_CHECKING:
    from tests.users.world import Clock, Store

NEW = "five words of my own"


# --- PUT /users/me/password -------------------------------------------------------------------
def test_a_new_password_ends_all_sessions_but_this(
    reader: Client, visitor: Client, clock: Clock
) -> None:
    other = visitor.sign_in()
    before = reader.me().body
    clock.advance(seconds=1)
    answer = reader.change_password(PASSWORD, NEW)
    assert (answer.status, answer.body) == (204, {})
    assert reader.me().body == before | {"updatedAt": clock.now()}
    assert Client(reader.context, other.caller).me().problem == (401, "unauthenticated")
    assert visitor.refresh(other.body["refreshToken"]).problem == (401, "invalid-refresh-token")
    assert visitor.sign_in(password=PASSWORD).problem == (401, "invalid-credentials")
    assert visitor.sign_in(password=NEW).status == 201


def test_the_session_that_changed_the_password_goes_on(visitor: Client) -> None:
    visitor.register()
    session = visitor.sign_in()
    Client(visitor.context, session.caller).change_password(PASSWORD, NEW)
    assert visitor.refresh(session.body["refreshToken"]).status == 200


def test_the_present_password_is_asked_for(reader: Client, visitor: Client) -> None:
    answer = reader.change_password(WRONG, NEW)
    assert answer.problem == (401, "invalid-credentials")
    assert visitor.sign_in(password=PASSWORD).status == 201


def test_the_new_password_may_not_be_the_email(reader: Client, store: Store) -> None:
    for spelling in (EMAIL, EMAIL.upper(), "\uff52eader@example.com"):
        answer = reader.change_password(PASSWORD, spelling)
        assert answer.bad_fields == ["body.newPassword"]
        assert spelling not in str(answer.body)
    assert store.attempts() == []


def test_changes_of_the_password_do_not_add_up_to_a_block(reader: Client, store: Store) -> None:
    for _ in range(10):
        assert reader.change_password(PASSWORD, PASSWORD).status == 204
    assert store.attempts() == []


# --- DELETE /users/me -------------------------------------------------------------------------
def test_a_deleted_account_leaves_no_trace_of_its_email(
    reader: Client, visitor: Client, store: Store
) -> None:
    visitor.sign_in(password=WRONG)
    reader.delete(WRONG)
    assert len(store.attempts()) == 2  # at the address, and the user's own
    answer = reader.delete()
    assert (answer.status, answer.body) == (204, {})
    assert store.mentions("reader") == []
    assert store.attempts() == []
    assert reader.me().problem == (401, "unauthenticated")
    assert visitor.sign_in().problem == (401, "invalid-credentials")


def test_the_email_of_a_deleted_account_is_free(reader: Client, visitor: Client) -> None:
    assert reader.caller
    reader.delete()
    again = visitor.register()
    assert again.status == 201
    assert again.body["id"] != reader.caller.user_id
    assert visitor.sign_in().caller.user_id == again.body["id"]


def test_deleting_takes_the_password(reader: Client, store: Store) -> None:
    rows = len(store.rows())
    assert reader.delete(WRONG).problem == (401, "invalid-credentials")
    assert reader.me().status == 200
    assert len(store.rows()) == rows + 1  # the attempt was counted
