"""Who may do what takes an administrator: the account decides, whatever an access token says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shop.identity import Role
from users.errors import RoleTakenAway, SessionEnded

if TYPE_CHECKING:
    from users.rows import Account


def require_admin(account: Account | None, epoch: int) -> None:
    """Raises RoleTakenAway; SessionEnded when the account is gone, or its sessions of ``epoch``."""
    if account is None or account.session_epoch != epoch:
        raise SessionEnded
    if account.role != Role.ADMIN:
        raise RoleTakenAway
