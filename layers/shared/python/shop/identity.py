"""Who calls, and who may: every operation says it with one of ``PUBLIC``, ``USER``, ``ADMIN``.

The same words make the document, the gateway's routes and the check before a handler runs, so that
they cannot disagree. Whose things a caller may touch is each context's own rule.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Any, NamedTuple

from shop.errors import Forbidden, Unauthenticated

if TYPE_CHECKING:
    from collections.abc import Mapping


class Role(StrEnum):
    CUSTOMER = "customer"
    ADMIN = "admin"


class Caller(NamedTuple):
    """Who a token was made for."""

    user_id: str
    session_id: str
    role: Role


SCHEME = "bearer"
"""The name of the one security scheme of the API document."""

PUBLIC: dict[str, Any] = {"security": []}
"""Marks an operation (as its ``openapi_extensions``) that takes no token, on purpose."""

USER: dict[str, Any] = {"security": [{SCHEME: []}]}
"""Marks an operation for everyone who is signed in."""

ADMIN: dict[str, Any] = {"security": [{SCHEME: [Role.ADMIN.value]}]}
"""Marks an operation for administrators. (A list of roles: OpenAPI 3.1, Security Requirement.)"""


def context(caller: Caller) -> dict[str, str]:
    """What the authorizer hands on about a caller."""
    return {"sub": caller.user_id, "sid": caller.session_id, "role": caller.role.value}


def caller(event: Mapping[str, Any]) -> Caller:
    """Who sent the request in ``event``. Raises Unauthenticated unless the authorizer knew them."""
    known = event["requestContext"].get("authorizer", {}).get("lambda") or {}
    try:
        return Caller(known["sub"], known["sid"], Role(known["role"]))
    except (KeyError, ValueError):
        raise Unauthenticated(known.get("rejected") or "Send an access token.") from None


def require(security: list[Mapping[str, list[str]]], event: Mapping[str, Any]) -> None:
    """Let the request in ``event`` pass if ``security``, as an operation declares it, allows it.

    Raises Unauthenticated, and Forbidden when the caller lacks the role.
    """
    if not security:
        return
    present = caller(event)
    (requirement,) = security
    roles = requirement[SCHEME]
    if roles and present.role not in roles:
        raise Forbidden(f"This takes the role {' or '.join(roles)}.")
