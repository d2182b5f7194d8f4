"""Sessions in the users table. Each is read together with its account, which may have ended it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shop import writes
from shop.contracts.users import SORT_KEY, user_key
from shop.writes import ConditionFailed
from users import rows
from users.repository import WHATEVER, AccountChanged, forget_attempts, update_account

if TYPE_CHECKING:
    from shop.dynamo import Table
    from shop.writes import Action
    from users.rows import Account, Session

_PAGE = 100


class SessionRepository:
    """Every method but ``delete_all`` is one round trip."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def find(self, user_id: str, session_id: str) -> tuple[Account | None, Session | None]:
        """The account and the session as last written."""
        session_key = rows.session_key(user_id, session_id)
        found = {
            row["sk"]: row
            for row in self._table.batch_get([user_key(user_id), session_key], consistent=True)
        }
        account = rows.to_account(found.get(SORT_KEY))
        return account, rows.to_session(user_id, found.get(session_key["sk"]))

    def start(self, session: Session, seen: Account, rehashed: Account | None) -> None:
        """Put the session, forget the attempts, and keep the password's new hash, if there is one.

        Raises AccountChanged when the password is not as it was seen, or all sessions were ended.
        """
        actions = [
            update_account(self._table, seen, rehashed) if rehashed else self._same_password(seen),
            writes.put(self._table, rows.from_session(session)),
            forget_attempts(self._table, rows.of_sign_in(seen.id)),
        ]
        try:
            writes.transact(self._table.client, actions)
        except ConditionFailed as failed:
            if not failed.failed(1):  # its id is new: there it is only when this was done already
                raise AccountChanged(rows.to_account(failed.rows[0])) from failed

    def rotate(self, seen: Session, rotated: Session) -> bool:
        """Write the new hashes and times; False when the token was rotated, or is gone, already.

        Not so when it was rotated by this very call: see below.
        """
        expression, values = writes.setting(
            {
                "currentHash": rotated.current_hash,
                "previousHash": rotated.previous_hash,
                "successorNonce": rotated.successor_nonce,
                "rotatedAt": rotated.rotated_at,
                "expiresAt": rotated.expires_at,
            }
        )
        action = writes.update(
            self._table,
            rows.session_key(seen.user_id, seen.id),
            expression,
            "#currentHash = :seen",
            {**values, ":seen": seen.current_hash},
        )
        try:
            writes.apply(self._table.client, action)
        except ConditionFailed as failed:
            # The SDK sends it twice when an answer is lost; a successor is never made twice.
            found = rows.to_session(seen.user_id, failed.rows[0])
            return found is not None and rotated.current_hash in {
                found.current_hash,
                found.previous_hash,  # someone has used the successor already
            }
        return True

    def end(self, user_id: str, session_id: str) -> None:
        """Delete the session, if it is still there."""
        action = writes.delete(self._table, rows.session_key(user_id, session_id), WHATEVER)
        writes.apply(self._table.client, action)

    def delete_all(self, user_id: str) -> None:
        """Delete all sessions of a user: a round trip for each, and one to find each hundred.

        Found and deleted by turns, so that it gets on, however many there are and however little
        time there is; the next delivery of the record goes on from there.
        """
        condition = "pk = :pk AND begins_with(sk, :sessions)"
        values = {":pk": user_key(user_id)["pk"], ":sessions": rows.SESSION_PREFIX}
        more = True
        while more:
            found = self._table.query(condition, values, limit=_PAGE, consistent=True)
            for row in found:
                self.end(user_id, row["sk"].removeprefix(rows.SESSION_PREFIX))
            more = len(found) == _PAGE

    def _same_password(self, seen: Account) -> Action:
        return writes.check(
            self._table,
            user_key(seen.id),
            "#passwordHash = :passwordHash AND #sessionEpoch = :sessionEpoch",
            {":passwordHash": seen.password_hash, ":sessionEpoch": seen.session_epoch},
        )
