"""What others do to a password between an operation's read and its write."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.users.faults import meanwhile
from tests.users.turns_of_others import change, change_password, now, rehash
from tests.users.world import PASSWORD, Client
from users import composition
from users.errors import InvalidCredentials, SessionEnded

if TYPE_CHECKING:
    from tests.users.world import Store
    from users.rows import Account

pytestmark = pytest.mark.slow

NEW = "five words of my own"
NEWER = "six words of my very own"


# --- passwords --------------------------------------------------------------------------------
def test_a_password_that_changes_meanwhile_is_not_overwritten(
    reader: Client, account: Account, visitor: Client
) -> None:
    other = visitor.signed_in().caller
    assert other
    assert reader.caller

    with (
        meanwhile(
            "TransactWriteItems",
            lambda: change_password(account, other.session_id, PASSWORD, NEWER),
        ) as done,
        pytest.raises(InvalidCredentials),
    ):
        change_password(account, reader.caller.session_id, PASSWORD, NEW)
    assert done
    assert visitor.sign_in(password=NEWER).status == 201
    assert visitor.sign_in(password=NEW).status == 401


def test_a_new_hash_of_the_same_password_is_no_obstacle(
    reader: Client, account: Account, visitor: Client, store: Store
) -> None:
    assert reader.caller
    with meanwhile("TransactWriteItems", lambda: rehash(store, account)) as done:
        change_password(account, reader.caller.session_id, PASSWORD, NEW)
    assert done
    assert visitor.sign_in(password=NEW).status == 201
    assert now(account).updated_at > "2026-12-01T00:00:00.000Z"


def test_a_session_that_ends_meanwhile_changes_no_password(
    reader: Client, account: Account, visitor: Client
) -> None:
    caller = reader.caller
    assert caller
    with (
        meanwhile(
            "TransactWriteItems",
            lambda: composition.session_repository().end(caller.user_id, caller.session_id),
        ) as done,
        pytest.raises(SessionEnded),
    ):
        change_password(account, caller.session_id, PASSWORD, NEW)
    assert done
    assert now(account) == account


# --- signing in -------------------------------------------------------------------------------
@pytest.mark.parametrize("gone", ["password", "account"])
def test_nobody_gets_in_by_what_is_gone_by_now(
    reader: Client, account: Account, visitor: Client, store: Store, gone: str
) -> None:
    caller = reader.caller
    assert caller

    def meddle() -> None:
        if gone == "password":
            change_password(account, caller.session_id, PASSWORD, NEW)
        else:
            composition.repository().delete(account)

    sessions_before = len(store.sessions())
    with meanwhile("TransactWriteItems", meddle) as done:
        answer = visitor.sign_in()
    assert done
    assert answer.problem == (401, "invalid-credentials")
    assert len(store.sessions()) == sessions_before


def test_a_sign_in_and_a_new_hash_of_the_same_password_at_once(
    account: Account, visitor: Client, store: Store
) -> None:
    with meanwhile("TransactWriteItems", lambda: rehash(store, account)) as done:
        assert visitor.sign_in().status == 201
    assert done


def test_an_address_that_goes_to_someone_else_between_two_reads(
    account: Account, visitor: Client, store: Store
) -> None:
    """The marker still said so, the user row says otherwise."""
    with meanwhile("GetItem", lambda: change(account, email="new@example.com")) as done:
        answer = visitor.sign_in()
    assert done
    assert answer.problem == (401, "invalid-credentials")
