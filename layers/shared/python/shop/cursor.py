"""Opaque cursors, each good for exactly the list that made it.

A cursor holds the sort key of the last row of a page, and a checksum over that key and the list's
scope (its name, filters, sort, and user where there is one). It names no partition: that always
comes from the request. So a cursor of another list, or a changed one, is refused, and one forged
with knowledge of this file could only start the caller's own list elsewhere (docs/adr/0005).
"""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as Base64Error
from hashlib import blake2b
from hmac import compare_digest

from shop.errors import InvalidCursor

_CHECKSUM_BYTES = 12
MAX_LENGTH = 512  # characters; the longest sort key that we write takes far fewer

type Scope = tuple[str | None, ...]


def encode(position: str, scope: Scope) -> str:
    """The cursor that continues the list ``scope`` after the row whose sort key is ``position``."""
    payload = position.encode()
    return urlsafe_b64encode(_checksum(payload, scope) + payload).decode().rstrip("=")


def decode(cursor: str, scope: Scope) -> str:
    """The sort key in ``cursor``. Raises InvalidCursor unless ``encode`` made it for ``scope``."""
    if len(cursor) > MAX_LENGTH or not cursor.isascii():
        raise InvalidCursor
    try:
        raw = urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
    except Base64Error:
        raise InvalidCursor from None
    checksum, payload = raw[:_CHECKSUM_BYTES], raw[_CHECKSUM_BYTES:]
    if not compare_digest(checksum, _checksum(payload, scope)):
        raise InvalidCursor
    # base64 has several spellings of the same bytes; only ours counts.
    position = payload.decode(errors="replace")
    if encode(position, scope) != cursor:
        raise InvalidCursor
    return position


def _checksum(payload: bytes, scope: Scope) -> bytes:
    key = blake2b(json.dumps(scope).encode(), digest_size=32).digest()
    return blake2b(payload, key=key, digest_size=_CHECKSUM_BYTES).digest()
