"""Names as the catalogue is searched by them: whatever the case, the accents and the blanks."""

from __future__ import annotations

import unicodedata

KEY_BYTES = 23
"""What the product's row has left of its kilobyte (docs/adr/0004), in UTF-8."""


# The combining classes of accents and the like, and of the points of Hebrew, Arabic and Syriac,
# which one may leave out (Unicode 16, table 4-3). Vowel signs and the voicing of kana have others.
_ACCENTS = {*range(10, 37), *range(200, 241)}
_VARIATIONS = {chr(code) for code in range(0xFE00, 0xFE10)}
"""They choose how the character before them looks (Unicode 16, chapter 23.4)."""


def searchable(text: str) -> str:
    """What spellings of a name have in common; what a name begins with begins this, too.

    A compatibility caseless match (Unicode 16, chapter 3.13, D146) that ignores accents besides.
    """
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    bare = "".join(each for each in plain if not _is_accent(each))
    return " ".join(unicodedata.normalize("NFC", bare).split())


def _is_accent(character: str) -> bool:
    return unicodedata.combining(character) in _ACCENTS or character in _VARIATIONS


def name_key(name: str) -> str | None:
    """What the index of names sorts by: where ``name`` begins. None for a name of accents alone."""
    cut = searchable(name).encode()[:KEY_BYTES].decode(errors="ignore")
    return cut.rstrip() or None
