"""If-Match as RFC 9110 has it, against version 7."""

from __future__ import annotations

import pytest

from products.etags import etag, matches


def test_an_etag_is_the_version_in_quotes() -> None:
    assert etag(7) == '"7"'


@pytest.mark.parametrize(
    "if_match",
    [
        None,
        "*",
        " * ",
        '"7"',
        ' "7"\t',
        '"6", "7"',
        '"7","6"',
        '"6"  ,\t"7"',
        ', "7"',
        '"7" ,, ,',
        '"a,b", "7"',
        'W/"7", "7"',
        '"", "7"',
        '"\u00fc", "7"',
    ],
    ids=ascii,
)
def test_matches(if_match: str | None) -> None:
    assert matches(if_match, 7)


@pytest.mark.parametrize(
    "if_match",
    [
        "",
        " ",
        ",",
        "7",
        '"6"',
        '"77"',
        '"07"',
        '"7.0"',
        '" 7"',
        '"7 "',
        "'7'",
        '"7',
        '7"',
        '""7""',
        '"7""7"',
        '"6" "7"',
        '"7", x',
        'x, "7"',
        '*, "7"',
        '"7", *',
        "**",
        '"*"',
        'W/"7"',
        'w/"7"',
        'W/ "7"',
        'W/"7", W/"6"',
        '"a"7"',
        '"a, \\"7\\""',
        '"\u0667"',
        '"\x00", "7"',
        '"7"\n',
        "null",
        "x" * 10_000,
        ", " * 5_000,
        '"7", ' * 2_000 + "x",
    ],
    ids=lambda if_match: ascii(if_match)[:20],
)
def test_does_not_match(if_match: str) -> None:
    assert not matches(if_match, 7)
