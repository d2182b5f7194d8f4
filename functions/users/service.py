"""The rules of accounts, as plain functions over a repository."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from shop import clock
from shop import cursor as cursors
from shop.errors import Unavailable
from shop.identity import Role
from shop.ids import is_id, new_id
from users import emails, guard, passwords, roles, rows
from users.errors import InvalidCredentials, InvalidField, SessionEnded, UserNotFound
from users.models import SAME_AS_EMAIL, User, UserPage
from users.repository import AccountChanged
from users.rows import Account

if TYPE_CHECKING:
    from collections.abc import Callable

    from users.models import NewUser, PasswordChange, RoleChange, UserChanges
    from users.repository import UserRepository

_TRIES = 5


def register(repository: UserRepository, new: NewUser) -> User:
    """Raises EmailTaken."""
    now = clock.now()
    account = Account(
        id=new_id(),
        email=new.email,
        email_key=emails.key(new.email),
        password_hash=passwords.hashed(new.password),
        first_name=new.first_name,
        last_name=new.last_name,
        role=Role.CUSTOMER,
        session_epoch=0,
        created_at=now,
        updated_at=now,
    )
    repository.add(account)
    return account.to_user()


def change(repository: UserRepository, account: Account, changes: UserChanges) -> User:
    """Change what was sent. Raises EmailTaken, and SessionEnded when the account is gone by now."""
    if not changes.model_fields_set:
        return account.to_user()
    sent = changes.model_dump(include=changes.model_fields_set)
    if "email" in sent:
        sent["email_key"] = emails.key(changes.email)
    changed = _persistently(account, lambda seen: seen._replace(**sent), repository.change)
    if changed is None:
        raise SessionEnded
    return changed.to_user()


def change_password(
    repository: UserRepository, account: Account, session_id: str, wanted: PasswordChange
) -> None:
    """Also ends all sessions but this one. Raises InvalidCredentials, TooManyAttempts."""
    if passwords.is_address(wanted.new_password, account.email):
        raise InvalidField("newPassword", SAME_AS_EMAIL)
    _confirm(repository, account, wanted.current_password)
    new_hash = passwords.hashed(wanted.new_password)

    def changed(seen: Account) -> Account:
        _require_same_password(account, seen)
        return seen._replace(password_hash=new_hash, session_epoch=seen.session_epoch + 1)

    store = partial(repository.change_password, session_id=session_id)
    if _persistently(account, changed, store) is None:
        raise SessionEnded


def delete(repository: UserRepository, account: Account, password: str) -> None:
    """Delete the account; its sessions follow, by the table's stream.

    Raises InvalidCredentials, TooManyAttempts.
    """
    _confirm(repository, account, password)

    def unchanged(seen: Account) -> Account:
        _require_same_password(account, seen)
        return seen

    # Whoever deleted it first did what is wanted here.
    _persistently(account, unchanged, lambda seen, _: repository.delete(seen))


def list_users(
    repository: UserRepository, *, limit: int = 20, cursor: str | None = None
) -> UserPage:
    """One page, newest first. Raises InvalidCursor for a cursor of another list."""
    scope = ("users",)
    after = cursors.decode(cursor, scope) if cursor is not None else None
    keys = repository.page_keys(after, limit)
    return UserPage(
        items=[account.to_user() for account in repository.accounts(keys.ids)],
        next_cursor=cursors.encode(keys.next_position, scope) if keys.next_position else None,
    )


def users_with_email(
    repository: UserRepository, email: str, *, cursor: str | None = None
) -> UserPage:
    """The user whose address it is, if there is one: a list without cursors, so any is refused."""
    email_key = emails.key(email)
    if cursor is not None:
        cursors.decode(cursor, ("users", email_key))
    account = _owner(repository, email_key)
    return UserPage(items=[account.to_user()] if account else [], next_cursor=None)


def get_user(repository: UserRepository, user_id: str) -> User:
    """Raises UserNotFound."""
    return _existing(repository, user_id).to_user()


def change_role(
    repository: UserRepository, admin: Account, user_id: str, changes: RoleChange
) -> User:
    """As ``admin`` wants it. Tokens have the new role from their next refresh on.

    Raises UserNotFound; RoleTakenAway and SessionEnded when ``admin`` may no longer by now.
    """
    is_own = admin.id == user_id
    account = admin if is_own else _existing(repository, user_id)
    if not changes.model_fields_set:
        return account.to_user()

    def changed(seen: Account) -> Account:
        if is_own:
            roles.require_admin(seen, admin.session_epoch)
        return seen._replace(role=changes.role)

    by_someone_else = partial(repository.change_by_admin, admin=admin)
    store = repository.change if is_own else by_someone_else
    stored = _persistently(account, changed, store)
    if stored is None:
        raise UserNotFound(user_id)
    return stored.to_user()


def set_role(repository: UserRepository, email: str, role: Role) -> User:
    """For those who operate the shop, and so need no account. Raises UserNotFound."""
    account = _owner(repository, emails.lookup_key(email))
    stored = account and _persistently(
        account, lambda seen: seen._replace(role=role), repository.change
    )
    if not stored:
        raise UserNotFound(email)
    return stored.to_user()


def _persistently(
    account: Account,
    change: Callable[[Account], Account],
    store: Callable[[Account, Account], None],
) -> Account | None:
    """``store`` what ``change`` makes of the account, anew when someone else was faster.

    What comes back is the account as stored; None when it is gone.
    """
    for _ in range(_TRIES):
        changed = change(account)._replace(updated_at=clock.after(account.updated_at))
        try:
            store(account, changed)
        except AccountChanged as error:
            if error.account is None:
                return None
            account = error.account
        else:
            return changed
    raise Unavailable


def _confirm(repository: UserRepository, account: Account, password: str) -> None:
    """Raises InvalidCredentials, TooManyAttempts."""
    # Most often nothing is known of failures, and if it is, the write tells: no read is needed.
    guard.count_attempt(repository, rows.of_user(account.id), None)
    guard.require(account, password)


def _require_same_password(confirmed: Account, seen: Account) -> None:
    """Within one epoch the password is the same, if perhaps with another hash of it."""
    if seen.session_epoch != confirmed.session_epoch:
        raise InvalidCredentials


def _existing(repository: UserRepository, user_id: str) -> Account:
    account = repository.find(user_id) if is_id(user_id) else None
    if account is None:
        raise UserNotFound(user_id)
    return account


def _owner(repository: UserRepository, email_key: str) -> Account | None:
    user_id = repository.owner_of(email_key)
    account = repository.find(user_id) if user_id else None
    # In between it may have gone to someone else.
    return account if account and account.email_key == email_key else None
