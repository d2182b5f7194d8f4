"""Accounts in the users table: the user rows, the markers of their addresses, counted attempts.

A change of a user row is conditional on the ``updatedAt`` that was seen, which every change moves:
so nobody's change is lost. Where a write was done but its answer lost on the way, the SDK sends it
again, and its own condition then fails; what it finds tells that it was its own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from shop import writes
from shop.contracts.users import PREFIX, user_key
from shop.identity import Role
from shop.writes import ConditionFailed
from users import roles, rows
from users.errors import EmailTaken, SessionEnded

if TYPE_CHECKING:
    from shop.dynamo import Item, Table
    from shop.writes import Action
    from users.attempts import Attempts
    from users.rows import Account

BY_AGE = "listing-newest"

WHATEVER = f"{writes.THERE} OR {writes.NOT_THERE}"
"""The condition of a delete that does not mind when there is nothing to delete."""


class AccountChanged(Exception):
    """Nothing was written, as the user row is not as it was seen; ``account`` is what it is now."""

    def __init__(self, account: Account | None) -> None:
        super().__init__("the account was changed" if account else "the account is gone")
        self.account = account


class AttemptsChanged(Exception):
    """Someone else counted first; ``attempts`` is what they left."""

    def __init__(self, attempts: Attempts | None) -> None:
        super().__init__("the attempts were changed")
        self.attempts = attempts


class AccountKeys(NamedTuple):
    """One page of the list: ids in order, and the sort key to read on from, if there is more."""

    ids: list[str]
    next_position: str | None


def update_account(table: Table, seen: Account, changed: Account) -> Action:
    """Write what differs, unless someone else wrote meanwhile."""
    expression, values = writes.changing(rows.from_account(seen), rows.from_account(changed))
    values = {**values, ":seen": seen.updated_at}
    return writes.update(table, user_key(seen.id), expression, "#updatedAt = :seen", values)


def forget_attempts(table: Table, whose: str) -> Action:
    return writes.delete(table, rows.attempts_key(whose), WHATEVER)


class UserRepository:
    """Every method is one round trip."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def find(self, user_id: str) -> Account | None:
        return rows.to_account(self._table.get(user_key(user_id)))

    def owner_of(self, email_key: str) -> str | None:
        """The id of the user whose address this is."""
        marker = self._table.get(rows.marker_key(email_key))
        return marker["userId"] if marker else None

    def account_and_attempts(
        self, user_id: str, whose: str
    ) -> tuple[Account | None, Attempts | None]:
        """The account, and the attempts that counted (``whose`` as rows.attempts_key has it)."""
        keys = [user_key(user_id), rows.attempts_key(whose)]
        by_pk = {row["pk"]: row for row in self._table.batch_get(keys, consistent=True)}
        account, attempts = (by_pk.get(key["pk"]) for key in keys)
        return rows.to_account(account), rows.to_attempts(attempts)

    def page_keys(self, after: str | None, limit: int) -> AccountKeys:
        """Up to ``limit`` ids, newest first, from behind the sort key ``after``."""
        condition, values = "listing = :listing", {":listing": rows.LISTING}
        if after:
            condition += " AND newestKey < :after"
            values[":after"] = after
        found = self._table.query(condition, values, index=BY_AGE, forward=False, limit=limit + 1)
        keys = [row["newestKey"] for row in found[:limit]]
        next_position = keys[-1] if len(found) > limit else None
        return AccountKeys([key.rpartition("#")[2] for key in keys], next_position)

    def accounts(self, user_ids: list[str]) -> list[Account]:
        """The accounts of ``user_ids`` that there are, in that order."""
        found = self._table.batch_get([user_key(each) for each in user_ids])
        by_id = {row["pk"].removeprefix(PREFIX): rows.to_account(row) for row in found}
        return [account for each in user_ids if (account := by_id.get(each))]

    def add(self, account: Account) -> None:
        """Raises EmailTaken."""
        actions = [
            writes.put(self._table, rows.from_account(account)),
            self._new_marker(account),
        ]
        try:
            writes.transact(self._table.client, actions)
        except ConditionFailed as failed:
            if not failed.failed(0):  # its id is new: there it is only when this was done already
                raise EmailTaken from failed

    def change(self, seen: Account, changed: Account) -> None:
        """Raises AccountChanged, and EmailTaken when the new address is someone else's."""
        update = update_account(self._table, seen, changed)
        try:
            if seen.email_key == changed.email_key:
                writes.apply(self._table.client, update)
            else:
                actions = [update, self._new_marker(changed), self._no_marker(seen)]
                writes.transact(self._table.client, actions)
        except ConditionFailed as failed:
            if _is_done(failed, changed):
                return
            if failed.failed(1):
                raise EmailTaken from failed
            raise

    def change_password(self, seen: Account, changed: Account, session_id: str) -> None:
        """Write the new hash and epoch, and give this one session the new epoch, too.

        Also forgets the user's attempts. Raises AccountChanged, and SessionEnded when the session
        is gone.
        """
        expression, values = writes.setting({"sessionEpoch": changed.session_epoch})
        key = rows.session_key(seen.id, session_id)
        actions = [
            update_account(self._table, seen, changed),
            writes.update(self._table, key, expression, writes.THERE, values),
            forget_attempts(self._table, rows.of_user(seen.id)),
        ]
        try:
            writes.transact(self._table.client, actions)
        except ConditionFailed as failed:
            if not _is_done(failed, changed):
                raise SessionEnded from failed

    def change_by_admin(self, seen: Account, changed: Account, admin: Account) -> None:
        """As ``admin`` wants it, who is someone else.

        Raises AccountChanged, and as ``roles.require_admin`` does when ``admin`` is not as seen.
        """
        is_admin = writes.check(
            self._table,
            user_key(admin.id),
            "#role = :admin AND #sessionEpoch = :epoch",
            {":admin": Role.ADMIN.value, ":epoch": admin.session_epoch},
        )
        try:
            writes.transact(
                self._table.client, [update_account(self._table, seen, changed), is_admin]
            )
        except ConditionFailed as failed:
            if not _is_done(failed, changed):
                roles.require_admin(rows.to_account(failed.rows[1]), admin.session_epoch)
                raise

    def delete(self, seen: Account) -> None:
        """Delete the account and all else that tells its address, but not its sessions.

        Raises AccountChanged when the password or the address is another one by now.
        """
        gone = writes.delete(
            self._table,
            user_key(seen.id),
            "#passwordHash = :passwordHash AND #emailKey = :emailKey",
            {":passwordHash": seen.password_hash, ":emailKey": seen.email_key},
        )
        forgotten = [
            forget_attempts(self._table, whose)
            for whose in (seen.email_key, rows.of_sign_in(seen.id), rows.of_user(seen.id))
        ]
        try:
            writes.transact(self._table.client, [gone, self._no_marker(seen), *forgotten])
        except ConditionFailed as failed:
            if failed.failed(0):
                raise AccountChanged(rows.to_account(failed.rows[0])) from failed
            raise

    def count_attempt(self, whose: str, seen: Attempts | None, counted: Attempts) -> None:
        """Raises AttemptsChanged."""
        condition, values = writes.NOT_THERE, dict[str, int]()
        if seen:
            condition = "#failures = :seenFailures AND #expiresAt = :seenExpiresAt"
            values = {":seenFailures": seen.failures, ":seenExpiresAt": seen.expires_at}
        expression, new = writes.setting(rows.from_attempts(counted))
        key = rows.attempts_key(whose)
        action = writes.update(self._table, key, expression, condition, {**new, **values})
        try:
            writes.apply(self._table.client, action)
        except ConditionFailed as failed:
            raise AttemptsChanged(rows.to_attempts(failed.rows[0])) from failed

    def forget_attempts(self, whose: str) -> None:
        writes.apply(self._table.client, forget_attempts(self._table, whose))

    def _new_marker(self, account: Account) -> Action:
        marker: Item = {**rows.marker_key(account.email_key), "userId": account.id}
        return writes.put(self._table, marker)

    def _no_marker(self, account: Account) -> Action:
        key = rows.marker_key(account.email_key)
        return writes.delete(self._table, key, "#userId = :owner", {":owner": account.id})


def _is_done(failed: ConditionFailed, changed: Account) -> bool:
    """Whether the user row, whose update comes first, is just as ``changed``: it was done before.

    Raises AccountChanged when it is neither that nor as it was seen.
    """
    if not failed.failed(0):
        return False
    account = rows.to_account(failed.rows[0])
    if account != changed:
        raise AccountChanged(account) from failed
    return True
