"""What others do to an account meanwhile: below the routes, so that it fits between two calls."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.users.world import PASSWORD
from users import composition, passwords, service
from users.models import PasswordChange, UserChanges

if TYPE_CHECKING:
    from tests.users.world import Store
    from users.rows import Account


def now(account: Account) -> Account:
    """The account as it is by now."""
    found = composition.repository().find(account.id)
    assert found
    return found


def change(account: Account, **fields: str | None) -> None:
    service.change(composition.repository(), account, UserChanges.model_validate(fields))


def change_password(account: Account, session_id: str, current: str, new: str) -> None:
    wanted = PasswordChange.model_validate({"currentPassword": current, "newPassword": new})
    service.change_password(composition.repository(), account, session_id, wanted)


def rehash(store: Store, account: Account) -> None:
    """As a sign-in does when parameters changed: another hash of the same password."""
    later = "2026-12-01T00:00:00.000Z"
    store.set(store.user(account.id), passwordHash=passwords.hashed(PASSWORD), updatedAt=later)
