"""E-mail addresses: what is one, and when two spellings are the same one.

An account is found by the *key* of its address: the local part in compatibility form and without
case (NFKC, case folding), the domain as DNS knows it (IDNA, "xn--..."). The domain is not folded
any further: a name with a sharp s and its look-alike with "ss" may belong to different people.
"""

from hashlib import sha256
from unicodedata import normalize

MAX_LENGTH = 255  # VARCHAR(255)


def fold(text: str) -> str:
    """``text`` without differences of case and form; folding it again changes nothing."""
    # The inner form puts marks in order before one folds to a letter; the outer joins the result.
    return normalize("NFKC", normalize("NFKC", text).casefold())


def key(address: str) -> str:
    """The key of ``address``. Raises ValueError, with a sentence, for what is not an address."""
    # Imported here, as only some requests have an address to check: 37 ms of a cold start.
    from email_validator import validate_email  # noqa: PLC0415  (slow; few need it)

    checked = validate_email(address, check_deliverability=False)
    folded = f"{fold(checked.local_part)}@{checked.ascii_domain}"
    # Folding may make of an address what is none: a dot leader becomes two dots. It may also grow.
    validate_email(folded, check_deliverability=False)
    return folded


def lookup_key(text: str) -> str:
    """The key of ``text``, or a stand-in that no account has when it is not an address."""
    try:
        return key(text)
    except ValueError:
        return digest(text)


def digest(text: str) -> str:
    """A name for ``text`` that does not tell it: 64 hexadecimal digits."""
    return sha256(text.encode()).hexdigest()
