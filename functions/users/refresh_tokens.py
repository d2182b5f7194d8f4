"""Refresh tokens: which session they are for, and two secrets.

The family secret stays the same for the life of a session; the rotating one changes with every use.
Only their hashes are stored. The successor of a rotating secret is computed from that secret and a
random nonce, which is stored: whoever has the old secret can be given the same successor again,
while the store alone tells nothing.
"""

from __future__ import annotations

import hmac
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as Base64Error
from hashlib import sha256
from typing import NamedTuple

_ID_BYTES = 16
_FAMILY_BYTES = 16
_ROTATING_BYTES = 32
_BYTES = 2 * _ID_BYTES + _FAMILY_BYTES + _ROTATING_BYTES
LENGTH = -(-_BYTES * 4 // 3)
"""Characters of a token: base64 for URLs, unpadded."""


class RefreshToken(NamedTuple):
    user_id: str
    session_id: str
    family: bytes
    rotating: bytes

    def to_text(self) -> str:
        ids = bytes.fromhex(self.user_id + self.session_id)
        return urlsafe_b64encode(ids + self.family + self.rotating).decode().rstrip("=")

    def successor(self, nonce: str) -> RefreshToken:
        """The token that follows this one, given the nonce of its rotation."""
        return self._replace(rotating=hmac.digest(self.rotating, nonce.encode(), "sha256"))


def new_token(user_id: str, session_id: str) -> RefreshToken:
    family, rotating = secrets.token_bytes(_FAMILY_BYTES), secrets.token_bytes(_ROTATING_BYTES)
    return RefreshToken(user_id, session_id, family, rotating)


def new_nonce() -> str:
    return secrets.token_hex(16)


def parse(text: str) -> RefreshToken | None:
    """The token that ``text`` spells; None when it can be none of ours."""
    if len(text) != LENGTH or not text.isascii():
        return None
    try:
        raw = urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except Base64Error:
        return None
    ids, family, rotating = raw[:32], raw[32:48], raw[48:]
    token = RefreshToken(ids[:16].hex(), ids[16:].hex(), family, rotating)
    # base64 has several spellings of the same bytes, also with characters that it skips; only ours
    # counts.
    return token if token.to_text() == text else None


def hashed(secret: bytes) -> str:
    """What is stored of a secret. It is random, so a fast hash is enough."""
    return sha256(secret).hexdigest()


def is_hash_of(stored: str | None, secret: bytes) -> bool:
    return stored is not None and hmac.compare_digest(stored, hashed(secret))
