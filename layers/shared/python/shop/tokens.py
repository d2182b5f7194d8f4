"""The access token: what the users context signs and the authorizer checks.

A JWT as RFC 9068 profiles it ("at+jwt"), signed ES256 by a key that never leaves KMS. ``kid`` is
the id of that key.
"""

from typing import Any

from shop.identity import Caller, Role
from shop.ids import new_id

ALGORITHM = "ES256"
TYPE = "at+jwt"
LIFETIME_SECONDS = 15 * 60
LEEWAY_SECONDS = 60  # how far our clock may be from the one of the function that signed
CLAIMS = ["iss", "aud", "sub", "sid", "role", "iat", "exp", "jti"]


def claims(caller: Caller, *, issuer: str, audience: str, now: int) -> dict[str, Any]:
    """What a token for ``caller`` says; ``now`` in seconds since 1970."""
    return {
        "iss": issuer,
        "aud": audience,
        "sub": caller.user_id,
        "sid": caller.session_id,
        "role": caller.role.value,
        "iat": now,
        "exp": now + LIFETIME_SECONDS,
        "jti": new_id(),
    }


def caller(claims: dict[str, Any]) -> Caller:
    """Whom a token with these (checked) claims is for."""
    return Caller(claims["sub"], claims["sid"], Role(claims["role"]))


def key_id(arn: str) -> str:
    """The ``kid`` of the KMS key at ``arn``."""
    return arn.rpartition("/")[2]
