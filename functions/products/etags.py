"""The ETag of a product, and If-Match (RFC 9110, 8.8.3 and 13.1.1)."""

import re

_TAG = r'(?:W/)?"[\x21\x23-\x7e\x80-\xff]*"'
_GAP = r"[ \t]*(?:,[ \t]*)+"  # a list may have empty members
_LIST = re.compile(rf"(?:{_GAP})?{_TAG}(?:{_GAP}{_TAG})*(?:{_GAP})?")
_ANY = "*"


def etag(version: int) -> str:
    """Strong: the version moves with every write of the product, its stock included."""
    return f'"{version}"'


def matches(if_match: str | None, version: int) -> bool:
    """Whether ``if_match``, as a client sent it, lets a change of this ``version`` happen.

    A weak tag never matches, nor does what is no list of tags at all: who sends it did mean to
    be careful.
    """
    if if_match is None:
        return True
    wanted = if_match.strip(" \t")
    if wanted == _ANY:
        return True
    return bool(_LIST.fullmatch(wanted)) and etag(version) in re.findall(_TAG, wanted)
