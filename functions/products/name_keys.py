"""Names as the catalogue is searched by them: whatever the case, the accents and the blanks."""

from __future__ import annotations

import unicodedata

KEY_BYTES = 23
"""What the product's row has left of its kilobyte (docs/adr/0004), in UTF-8."""


def searchable(text: str) -> str:
    """What spellings of a name have in common; what a name begins with begins this, too.

    A compatibility caseless match (Unicode 16, chapter 3.13, D146) that looks at no marks besides.
    """
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    unmarked = "".join(each for each in plain if unicodedata.category(each) != "Mn")
    return " ".join(unicodedata.normalize("NFC", unmarked).split())


def name_key(name: str) -> str | None:
    """What the index of names sorts by: where ``name`` begins. None for a name of marks alone."""
    cut = searchable(name).encode()[:KEY_BYTES].decode(errors="ignore")
    return cut.rstrip() or None
