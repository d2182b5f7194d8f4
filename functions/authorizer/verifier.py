"""What makes an access token good: RFC 9068, RFC 8725 (the best practices for JWT), and no more."""

from __future__ import annotations

import re
from functools import cache, partial
from typing import TYPE_CHECKING, Any

import boto3
import jwt
from botocore.config import Config
from cryptography.hazmat.primitives.serialization import load_der_public_key
from jwt.utils import base64url_decode, base64url_encode

from shop import aws, tokens
from shop.ids import is_id

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mypy_boto3_kms import KMSClient

    from shop.identity import Caller

LONGEST = 1024
"""Characters of a token; ours have some 600."""

# Header, claims, and a signature of 64 bytes; anything else is not one of ours.
_COMPACT = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]{86}")
_MISSING = "Send an access token."
_INVALID = "The access token is not valid."
_EXPIRED = "The access token has expired."


class Rejected(Exception):
    """The token is not good, for the reason that the client is told."""


# The gateway waits for an authorizer for 10 s, and not longer.
_RETRIES = Config(retries={"mode": "standard", "total_max_attempts": 2})
CALL_SECONDS = 2 * (1 + 1) + 1
"""The longest that asking for a key can take."""


@cache
def client() -> KMSClient:
    return boto3.client("kms", config=aws.CONFIG.merge(_RETRIES))


@cache
def public_key(arn: str) -> Any:
    """The public half of the KMS key at ``arn``, asked for once in the life of the process."""
    ask = partial(client().get_public_key, KeyId=arn)
    answer = aws.available(ask, longest=CALL_SECONDS)
    return load_der_public_key(answer["PublicKey"])


class Verifier:
    """Accepts the tokens of one issuer and audience, signed by one of a few known keys."""

    def __init__(self, key_arns: Sequence[str], issuer: str, audience: str) -> None:
        self._arns = {tokens.key_id(arn): arn for arn in key_arns}
        self._issuer = issuer
        self._audience = audience

    def caller(self, authorization: str) -> Caller:
        """Whom the token in this ``Authorization`` header is for. Raises Rejected."""
        scheme, _, token = authorization.partition(" ")
        if scheme.lower() != "bearer" or not token:
            raise Rejected(_MISSING)
        if len(token) > LONGEST or not _COMPACT.fullmatch(token) or not _canonical(token):
            raise Rejected(_INVALID)
        try:
            return self._caller(token)
        except jwt.ExpiredSignatureError:
            raise Rejected(_EXPIRED) from None
        except (jwt.PyJWTError, ValueError, TypeError, OverflowError):  # claims of odd types too
            raise Rejected(_INVALID) from None

    def _caller(self, token: str) -> Caller:
        claims = jwt.decode(
            token,
            self._key(jwt.get_unverified_header(token)),
            algorithms=[tokens.ALGORITHM],
            audience=self._audience,
            issuer=self._issuer,
            leeway=tokens.LEEWAY_SECONDS,
            options={"require": tokens.CLAIMS, "strict_aud": True},
        )
        caller = tokens.caller(claims)
        if not (is_id(caller.user_id) and is_id(caller.session_id)):
            raise ValueError("not an id")
        if not all(type(claims[name]) is int for name in ("iat", "exp")):
            raise ValueError("not a time")
        return caller

    def _key(self, header: dict[str, Any]) -> Any:
        """The key that ``kid`` names among ours; nothing else in a header may choose one."""
        arn = self._arns.get(str(header.get("kid")))
        ours = {"alg": tokens.ALGORITHM, "typ": tokens.TYPE, "kid": header.get("kid")}
        if arn is None or header != ours:
            raise ValueError("not our header")
        return public_key(arn)


def _canonical(token: str) -> bool:
    """Whether each part is the one spelling of its bytes; base64 has several."""
    try:
        return all(
            base64url_encode(base64url_decode(part)).decode() == part for part in token.split(".")
        )
    except ValueError:
        return False
