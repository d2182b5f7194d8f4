"""Passwords: which are good enough, and how they are kept (Argon2id).

Libraries are imported where they are used: most requests bring no password, and a cold start pays
for what it imports (argon2 26 ms, the list of common passwords 31 ms).
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from unicodedata import normalize

from users import emails

if TYPE_CHECKING:
    from argon2 import PasswordHasher

SHORTEST = 8
LONGEST = 128  # code points, in NFC

NOBODYS_HASH = (
    "$argon2id$v=19$m=19456,t=2,p=1$Em/TCT/oeKh4O5I+ew5JEg$2J3rhr"
    "jYdHbvBTOP3846vX8aScaig625sr2Yz6k7Jlw"
)
"""Made of random bytes that nobody kept; checking it takes the work of checking a real one."""


def objection(password: str) -> str | None:
    """What is wrong with ``password`` as a new one; None when it may be used."""
    normal = _normal(password)
    if len(normal) < SHORTEST:
        return f"A password has at least {SHORTEST} characters"
    if len(normal) > LONGEST:
        return f"A password has at most {LONGEST} characters"
    if _is_common(normal):
        return "This password is among the most common ones"
    return None


def is_address(password: str, address: str) -> bool:
    """Whether ``password`` is the e-mail ``address``, in whatever spelling."""
    normal = _normal(password)
    same_text = emails.fold(normal) == emails.fold(address)
    return same_text or emails.lookup_key(normal) == emails.lookup_key(address)


def hashed(password: str) -> str:
    return _hasher().hash(_normal(password))


def matches(password_hash: str, password: str) -> bool:
    """Whether ``password_hash`` was made from ``password``; the same work in both cases."""
    from argon2.exceptions import VerifyMismatchError  # noqa: PLC0415  (slow; few need it)

    try:
        return _hasher().verify(password_hash, _normal(password))
    except VerifyMismatchError:
        return False


def needs_rehash(password_hash: str) -> bool:
    """Whether it was made with parameters that we no longer use."""
    return _hasher().check_needs_rehash(password_hash)


def _normal(password: str) -> str:
    """One form for what looks the same, whichever keyboard typed it (RFC 8265)."""
    return normalize("NFC", password)


def _hasher() -> PasswordHasher:
    from argon2 import PasswordHasher  # noqa: PLC0415  (slow; few need it)

    # OWASP Password Storage Cheat Sheet: 19 MiB, 2 iterations, 1 lane.
    return PasswordHasher(memory_cost=19_456, time_cost=2, parallelism=1)


def _is_common(password: str) -> bool:
    from zxcvbn.frequency_lists import FREQUENCY_LISTS  # noqa: PLC0415  (slow; few need it)

    return password.casefold() in FREQUENCY_LISTS["passwords"]
