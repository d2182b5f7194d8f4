"""Which spellings are one e-mail address, and what is none."""

from __future__ import annotations

from unicodedata import normalize

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from users import emails

LOCALS = st.text(st.characters(categories=["Lu", "Ll", "Lt", "Lo", "Nd"]), min_size=1, max_size=8)


@pytest.mark.parametrize(
    ("spellings", "key"),
    [
        (["reader@example.com", "READER@EXAMPLE.COM", "Reader@Example.com"], "reader@example.com"),
        (["\uff52\uff45\uff41der@example.com", "\uff32eader@example.com"], "reader@example.com"),
        (["reader@\uff25\uff38\uff21mple.com", "reader@example\u3002com"], "reader@example.com"),
        (["\u00e9@example.com", "e\u0301@example.com", "\u00c9@example.com"], "\u00e9@example.com"),
        (["stra\u00dfe@example.com", "STRASSE@example.com", "stra\u1e9ee@example.com"],
         "strasse@example.com"),
        (["\u0130@example.com", "\u0130@example.com".lower()], "i\u0307@example.com"),
        (["\u03c3@example.com", "\u03c2@example.com", "\u03a3@example.com"], "\u03c3@example.com"),
        (["\ufb01x@example.com", "fix@example.com", "FIX@example.com"], "fix@example.com"),
        (["a@b\u00fccher.example", "a@BU\u0308CHER.example", "A@xn--bcher-kva.example"],
         "a@xn--bcher-kva.example"),
        (["postmaster@example.com", "PostMaster@example.com"], "postmaster@example.com"),
        (["a+b@example.com", "A+B@example.com"], "a+b@example.com"),
        (["\u0390@example.com", "\u03aa\u0301@example.com"], "\u0390@example.com"),
    ],
    ids=lambda value: ascii(value)[:24],
)  # fmt: skip
def test_spellings_of_one_address(spellings: list[str], key: str) -> None:
    assert {emails.key(each) for each in spellings} == {key}


@pytest.mark.parametrize(
    "others",
    [
        ["reader@example.com", "reader@example.org", "readers@example.com"],
        ["a.b@example.com", "ab@example.com", "a+b@example.com"],
        ["i@example.com", "\u0131@example.com", "\u0130@example.com"],
        ["a@stra\u00dfe.de", "a@strasse.de"],  # two domains, of two owners
        ["e@example.com", "\u00e9@example.com"],
    ],
    ids=lambda value: ascii(value)[:24],
)
def test_addresses_of_different_people(others: list[str]) -> None:
    assert len({emails.key(each) for each in others}) == len(others)


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "reader",
        "@",
        "@example.com",
        "reader@",
        "reader@example",
        "reader@example.com.",
        "reader@.example.com",
        "reader@@example.com",
        "reader@exam ple.com",
        " reader@example.com",
        "reader@example.com\n",
        "rea\nder@example.com",
        "rea\x00der@example.com",
        "a..b@example.com",
        ".a@example.com",
        "a\u2025b@example.com",  # whose compatibility form is two dots
        "a\uff20b@example.com",
        "reader\uff20example.com",
        '"a b"@example.com',
        "Reader <reader@example.com>",
        "reader@[127.0.0.1]",
        "reader@127.0.0.1",
        "reader@localhost",
        "a" * 250 + "@example.com",
        "\ufdfa" * 60 + "@example.com",  # which folding makes longer than any key may be
        "a@" + "b" * 64 + ".com",
        "a@" + "b." * 125 + "com",
        "a,b@example.com",
        "a@b@example.com",
        "EMAIL#reader@example.com"[:6] + "@",
    ],
    ids=lambda value: ascii(value)[:24],
)
def test_what_is_no_address_has_a_reason_and_a_stand_in(text: str) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        emails.key(text)
    assert "@" not in emails.lookup_key(text)
    assert len(emails.lookup_key(text)) == 64


def test_the_stand_in_of_an_address_is_its_key() -> None:
    assert emails.lookup_key("Reader@Example.com") == "reader@example.com"


@given(LOCALS)
def test_a_key_is_its_own_key(local: str) -> None:
    key = _key(f"{local}@example.com")
    assert emails.key(key) == key


@given(LOCALS)
def test_case_and_form_make_no_difference(local: str) -> None:
    key = _key(f"{local}@example.com")
    for form in ("NFC", "NFD", "NFKC", "NFKD"):
        for cased in (local, local.upper(), local.casefold(), local.title()):
            # Some letters have no way back from upper case; then those are two addresses.
            if emails.fold(cased) == emails.fold(local):
                assert _key(f"{normalize(form, cased)}@example.com") == key


@given(LOCALS)
def test_a_key_fits_into_a_key_of_dynamodb(local: str) -> None:
    assert len(f"EMAIL#{_key(local + '@example.com')}".encode()) <= 2048


# Letters that change with case or form, and marks that join them, one of which folds to a letter.
TRICKY = st.characters(categories=["Lu", "Lt"]) | st.sampled_from(
    "\u0345\u0301\u0308\u0303\u0307\u0323\u03b1\u03d3\u0390\u1fb7\ufb03\u1e9e\u0149\u01f0\ufdfa"
)


@given(st.text(TRICKY | st.characters(), max_size=12))
def test_folding_twice_is_folding_once(text: str) -> None:
    folded = emails.fold(text)
    assert emails.fold(folded) == folded
    assert emails.fold(normalize("NFD", text)) == folded


@pytest.mark.parametrize(
    ("one", "same"),
    [
        ("\u0345\u0301", "\u0301\u0345"),  # one folds to a letter, so their order counts
        ("\u03b1\u0345\u0301", "\u1fb4"),
        ("\u1fb4", "\u0386\u0399"),
        ("\u0149", "\u02bcN"),
        ("J\u030c", "\u01f0"),
    ],
    ids=ascii,
)
def test_what_folding_must_bring_together(one: str, same: str) -> None:
    assert emails.fold(one) == emails.fold(same)


def _key(address: str) -> str:
    try:
        return emails.key(address)
    except ValueError:
        assume(False)  # noqa: FBT003  (its signature)
        raise
