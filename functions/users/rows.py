"""The rows of the users table, as the repositories read and write them.

| row      | pk                   | sk           | holds                                          |
|----------|----------------------|--------------|------------------------------------------------|
| user     | USER#<id>            | USER         | the account; sessionEpoch, which moves when    |
|          |                      |              | sessions end; listing and newestKey, for lists |
| marker   | EMAIL#<e-mail key>   | EMAIL        | userId: whose the address is                   |
| session  | USER#<id>            | SESSION#<id> | hashes of its refresh token; expiresAt         |
| attempts | ATTEMPTS#<SHA-256 of | ATTEMPTS     | failures, blockedUntil (ms); expiresAt         |
|          | whose they are>      |              |                                                |

A user and the marker of its address come, change and go together, in one transaction, so an
address has one owner at most. Only these two rows tell an address. Attempts are those at signing in
to an account (``of_sign_in``), at an e-mail key that nobody has, or of a signed-in user
(``of_user``). ``expiresAt`` (seconds since 1970) is the table's time to live, which is late by
days: readers check it themselves.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from shop.contracts.users import user_key
from shop.identity import Role
from users import emails
from users.attempts import Attempts
from users.models import User

if TYPE_CHECKING:
    from shop.dynamo import Item

LISTING = "USERS"
SESSION_PREFIX = "SESSION#"


class Account(NamedTuple):
    """All there is to know about a user."""

    id: str
    email: str
    email_key: str
    password_hash: str
    first_name: str | None
    last_name: str | None
    role: Role
    session_epoch: int
    created_at: str
    updated_at: str

    def to_user(self) -> User:
        return User(
            id=self.id,
            email=self.email,
            first_name=self.first_name,
            last_name=self.last_name,
            role=self.role,
            created_at=self.created_at,
            updated_at=self.updated_at,
        )


class Session(NamedTuple):
    """One device that is signed in. Its secrets are known by their hashes (refresh_tokens)."""

    user_id: str
    id: str
    epoch: int
    """The account's at sign-in; once they differ the session is over."""
    family_hash: str
    current_hash: str
    previous_hash: str | None
    successor_nonce: str | None
    rotated_at: int
    """Milliseconds since 1970."""
    expires_at: int
    ends_at: int
    """Seconds since 1970: when it ends unused, and when in any case."""
    created_at: str


def marker_key(email_key: str) -> Item:
    return {"pk": f"EMAIL#{email_key}", "sk": "EMAIL"}


def attempts_key(whose: str) -> Item:
    """``whose`` is an e-mail key that nobody has, or made by ``of_sign_in`` or ``of_user``."""
    return {"pk": f"ATTEMPTS#{emails.digest(whose)}", "sk": "ATTEMPTS"}


def of_sign_in(user_id: str) -> str:
    """Whose attempts they are at signing in to an account, whichever address it has by now."""
    return f"sign-in:{user_id}"


def of_user(user_id: str) -> str:
    """Whose attempts they are when a signed-in user confirms something; never an e-mail key."""
    return f"user:{user_id}"


def session_key(user_id: str, session_id: str) -> Item:
    return {"pk": user_key(user_id)["pk"], "sk": f"{SESSION_PREFIX}{session_id}"}


def from_account(account: Account) -> dict[str, Any]:
    return {
        **user_key(account.id),
        "email": account.email,
        "emailKey": account.email_key,
        "passwordHash": account.password_hash,
        "firstName": account.first_name,
        "lastName": account.last_name,
        "role": account.role.value,
        "sessionEpoch": account.session_epoch,
        "createdAt": account.created_at,
        "updatedAt": account.updated_at,
        "listing": LISTING,
        "newestKey": f"{account.created_at}#{account.id}",
    }


def to_account(row: Item | None) -> Account | None:
    """None for no row, and for the empty one that a failed condition tells of."""
    if not row:
        return None
    return Account(
        id=row["newestKey"].rpartition("#")[2],
        email=row["email"],
        email_key=row["emailKey"],
        password_hash=row["passwordHash"],
        first_name=row.get("firstName"),
        last_name=row.get("lastName"),
        role=Role(row["role"]),
        session_epoch=int(row["sessionEpoch"]),
        created_at=row["createdAt"],
        updated_at=row["updatedAt"],
    )


def from_session(session: Session) -> dict[str, Any]:
    return {
        **session_key(session.user_id, session.id),
        "sessionEpoch": session.epoch,
        "familyHash": session.family_hash,
        "currentHash": session.current_hash,
        "previousHash": session.previous_hash,
        "successorNonce": session.successor_nonce,
        "rotatedAt": session.rotated_at,
        "expiresAt": session.expires_at,
        "endsAt": session.ends_at,
        "createdAt": session.created_at,
    }


def to_session(user_id: str, row: Item | None) -> Session | None:
    if not row:
        return None
    return Session(
        user_id=user_id,
        id=row["sk"].removeprefix(SESSION_PREFIX),
        epoch=int(row["sessionEpoch"]),
        family_hash=row["familyHash"],
        current_hash=row["currentHash"],
        previous_hash=row.get("previousHash"),
        successor_nonce=row.get("successorNonce"),
        rotated_at=int(row["rotatedAt"]),
        expires_at=int(row["expiresAt"]),
        ends_at=int(row["endsAt"]),
        created_at=row["createdAt"],
    )


def from_attempts(attempts: Attempts) -> dict[str, Any]:
    return {
        "failures": attempts.failures,
        "blockedUntil": attempts.blocked_until,
        "expiresAt": attempts.expires_at,
    }


def to_attempts(row: Item | None) -> Attempts | None:
    if not row:
        return None
    return Attempts(int(row["failures"]), int(row["blockedUntil"]), int(row["expiresAt"]))
