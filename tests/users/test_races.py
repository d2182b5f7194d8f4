"""What others do to accounts between an operation's read and its write."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from shop.errors import Unavailable
from shop.identity import Role
from tests.users.faults import meanwhile
from tests.users.turns_of_others import change, change_password, now
from tests.users.world import EMAIL, PASSWORD, Client
from users import composition, service, sessions
from users.errors import EmailTaken, InvalidCredentials, RoleTakenAway, SessionEnded, UserNotFound
from users.models import NewUser, RoleChange

if TYPE_CHECKING:
    from tests.users.world import Store
    from users.rows import Account

pytestmark = pytest.mark.slow

NEW = "five words of my own"


# --- accounts ---------------------------------------------------------------------------------
def test_of_50_registrations_side_by_side_one_wins(visitor: Client, store: Store) -> None:
    spellings = [EMAIL, EMAIL.upper(), "Reader@Example.com", "\uff52eader@example.com"]
    outcomes: list[bool] = []

    def register() -> None:
        email = spellings[len(outcomes) % len(spellings)]
        new = NewUser.model_validate({"email": email, "password": PASSWORD})
        try:
            service.register(composition.repository(), new)
        except EmailTaken:
            outcomes.append(False)
        else:
            outcomes.append(True)

    with meanwhile("TransactWriteItems", register, times=49):
        register()
    assert (len(outcomes), outcomes.count(True)) == (50, 1)
    assert len(store.rows()) == 2
    store.check()


def test_two_changes_at_once_both_happen(account: Account) -> None:
    with meanwhile("UpdateItem", lambda: change(account, firstName="A")) as done:
        change(account, lastName="B")
    assert done
    assert (now(account).first_name, now(account).last_name) == ("A", "B")


def test_a_change_leaves_alone_what_a_migration_made_of_the_rest(
    account: Account, store: Store
) -> None:
    """Migrations move no ``updatedAt``, so what was read may be what was before."""

    def migrate() -> None:
        store.set(store.user(account.id), firstName="Migrated")

    with meanwhile("UpdateItem", migrate) as done:
        change(account, lastName="B")
    assert done
    assert (now(account).first_name, now(account).last_name) == ("Migrated", "B")


def test_two_moves_to_different_addresses_leave_one(account: Account, store: Store) -> None:
    def move() -> None:
        change(account, email="first@example.com")

    with meanwhile("TransactWriteItems", move) as done:
        change(account, email="second@example.com")
    assert done
    assert now(account).email == "second@example.com"
    store.check()


def test_an_address_that_is_taken_meanwhile_is_refused(
    account: Account, visitor: Client, store: Store
) -> None:
    new = NewUser.model_validate({"email": "New@example.com", "password": PASSWORD})
    with (
        meanwhile(
            "TransactWriteItems", lambda: service.register(composition.repository(), new)
        ) as done,
        pytest.raises(EmailTaken),
    ):
        change(account, email="new@example.com")
    assert done
    assert now(account) == account
    store.check()


def test_a_change_of_an_account_that_goes_meanwhile(account: Account, store: Store) -> None:
    for fields, call in (
        ({"firstName": "A"}, "UpdateItem"),
        ({"email": "new@example.com"}, "TransactWriteItems"),
    ):
        with (
            meanwhile(call, lambda: composition.repository().delete(account)) as done,
            pytest.raises(SessionEnded),
        ):
            change(account, **fields)
        assert done
        assert store.rows("USER#", "USER") == store.rows("EMAIL#") == []
        composition.repository().add(account)


def test_a_row_that_never_stands_still_is_given_up(account: Account, store: Store) -> None:
    def move_on() -> None:
        row = store.user(account.id)
        store.set(row, updatedAt=f"2026-12-{len(moved):02}T00:00:00.000Z")

    with meanwhile("UpdateItem", move_on, times=99) as moved, pytest.raises(Unavailable):
        change(account, firstName="A")
    assert len(moved) == 5


def test_a_user_row_without_its_marker_is_an_error_and_not_repaired_in_silence(
    reader: Client, store: Store
) -> None:
    (marker,) = store.rows("EMAIL#")
    store.remove(marker)
    assert reader.change(email="new@example.com").problem == (500, "internal-error")
    assert reader.delete().problem == (500, "internal-error")


# --- deletion ---------------------------------------------------------------------------------
def test_an_account_whose_password_changes_meanwhile_is_not_deleted(
    reader: Client, account: Account, store: Store
) -> None:
    caller = reader.caller
    assert caller
    with (
        meanwhile(
            "TransactWriteItems",
            lambda: change_password(account, caller.session_id, PASSWORD, NEW),
        ) as done,
        pytest.raises(InvalidCredentials),
    ):
        service.delete(composition.repository(), account, PASSWORD)
    assert done
    store.check()
    assert now(account).session_epoch == 1


@pytest.mark.parametrize("fields", [{"email": "new@example.com"}, {"firstName": "A"}])
def test_an_account_that_changes_meanwhile_is_deleted_with_all_of_it(
    account: Account, store: Store, fields: dict[str, str]
) -> None:
    with meanwhile("TransactWriteItems", lambda: change(account, **fields)) as done:
        service.delete(composition.repository(), account, PASSWORD)
    assert done
    assert store.rows("USER#", "USER") == store.rows("EMAIL#") == []


def test_two_deletions_at_once_are_one(account: Account, store: Store) -> None:
    with meanwhile("TransactWriteItems", lambda: composition.repository().delete(account)) as done:
        service.delete(composition.repository(), account, PASSWORD)
    assert done
    assert store.rows("USER#", "USER") == store.rows("EMAIL#") == []


# --- roles ------------------------------------------------------------------------------------
def set_role(admin: Client, user_id: str, role: Role) -> None:
    assert admin.caller
    service.change_role(
        composition.repository(),
        sessions.administrator(composition.session_repository(), admin.caller),
        user_id,
        RoleChange.model_validate({"role": role}),
    )


def test_an_administrator_who_is_demoted_meanwhile_changes_nothing(
    admin: Client, account: Account, store: Store
) -> None:
    caller = admin.caller
    assert caller
    for target in (account.id, caller.user_id):
        store.set_role(caller.user_id, Role.ADMIN)

        def demote() -> None:
            service.set_role(composition.repository(), "admin@example.com", Role.CUSTOMER)

        call = "UpdateItem" if target == caller.user_id else "TransactWriteItems"
        with meanwhile(call, demote) as done, pytest.raises(RoleTakenAway):
            set_role(admin, target, Role.ADMIN)
        assert done
        assert store.user(target)["role"] == "customer"


@pytest.mark.parametrize("ended", ["sessions ended", "account gone"])
@pytest.mark.parametrize("whose", ["of someone else", "the own"])
def test_an_administrator_whose_sessions_end_meanwhile_changes_nothing(
    admin: Client, account: Account, store: Store, ended: str, whose: str
) -> None:
    assert admin.caller
    row = store.user(admin.caller.user_id)

    def end() -> None:
        if ended == "account gone":
            store.remove(row)
        else:  # as a change of the password does it
            store.set(row, sessionEpoch=1, updatedAt="2026-12-01T00:00:00.000Z")

    own = whose == "the own"
    target = admin.caller.user_id if own else account.id
    error = UserNotFound if own and ended == "account gone" else SessionEnded
    call = "UpdateItem" if own else "TransactWriteItems"
    with meanwhile(call, end) as done, pytest.raises(error):
        set_role(admin, target, Role.CUSTOMER if own else Role.ADMIN)
    assert done
    roles = {row["pk"]: row["role"] for row in store.rows("USER#", "USER")}
    assert roles[f"USER#{account.id}"] == "customer"
    assert roles.get(row["pk"], "admin") == "admin"


def test_an_administrator_who_changes_a_name_meanwhile_may_go_on(
    admin: Client, account: Account, store: Store
) -> None:
    assert admin.caller
    row = store.user(admin.caller.user_id)

    def rename() -> None:
        store.set(row, firstName="A", updatedAt="2026-12-01T00:00:00.000Z")

    with meanwhile("TransactWriteItems", rename) as done:
        set_role(admin, account.id, Role.ADMIN)
    assert done
    assert now(account).role == Role.ADMIN


def test_a_role_and_a_name_at_once_both_happen(admin: Client, account: Account) -> None:
    with meanwhile("TransactWriteItems", lambda: change(account, firstName="A")) as done:
        set_role(admin, account.id, Role.ADMIN)
    assert done
    assert (now(account).first_name, now(account).role) == ("A", Role.ADMIN)


def test_a_role_of_someone_who_goes_meanwhile(admin: Client, account: Account) -> None:
    def delete() -> None:
        composition.repository().delete(account)

    with meanwhile("TransactWriteItems", delete) as done, pytest.raises(UserNotFound):
        set_role(admin, account.id, Role.ADMIN)
    assert done
    composition.repository().add(account)
    with meanwhile("UpdateItem", delete) as done, pytest.raises(UserNotFound):
        service.set_role(composition.repository(), account.email, Role.ADMIN)
    assert done
