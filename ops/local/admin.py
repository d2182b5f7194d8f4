"""The administrator that the local stack comes with."""

from __future__ import annotations

import json
import secrets
from typing import TYPE_CHECKING

import requests

from ops.admin import set_role
from ops.errors import OperationError
from shop.identity import Role

if TYPE_CHECKING:
    from ops.local.folder import LocalFolder
    from ops.local.stack import LocalStack

EMAIL = "admin@example.com"


def make(folder: LocalFolder, stack: LocalStack) -> dict[str, str]:
    """E-mail and password of the administrator, who is registered if that was not done before.

    They are kept beside the data: an account of an earlier run still has its password.
    """
    admin = _noted(folder)
    answer = requests.post(f"{stack.api_url}/users", json=admin, timeout=30)
    if answer.status_code not in (requests.codes.created, requests.codes.conflict):
        raise OperationError(f"No administrator could be made: {answer.text}")
    set_role(stack.target, EMAIL, Role.ADMIN)
    return admin


def _noted(folder: LocalFolder) -> dict[str, str]:
    try:
        noted: dict[str, str] = json.loads(folder.admin_note.read_text())
    except FileNotFoundError:
        noted = {"email": EMAIL, "password": secrets.token_urlsafe(12)}
        folder.admin_note.touch(mode=0o600)
        folder.admin_note.write_text(json.dumps(noted))
    return noted
