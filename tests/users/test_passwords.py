"""Which passwords are good enough, and how they are kept."""

from __future__ import annotations

import pytest
from argon2 import PasswordHasher, extract_parameters
from hypothesis import given
from hypothesis import strategies as st

from users import passwords

EIGHT = "k7#mQ2v!"
SHORT = "A password has at least 8 characters"
LONG = "A password has at most 128 characters"
COMMON = "This password is among the most common ones"


@pytest.mark.parametrize(
    "password",
    [
        EIGHT,
        EIGHT * 16,
        "    \t  \n ",
        "\x00" * 8,
        "\u00e9" * 8,
        "e\u0301" * 128,  # 128 characters in NFC
        "\U0001f600" * 8,
        "\u05d0\u05d1\u05d2\u05d3\u05d4\u05d5\u05d6\u05d7",
    ],
    ids=lambda value: ascii(value)[:24],
)
def test_a_good_password(password: str) -> None:
    assert passwords.objection(password) is None


@pytest.mark.parametrize(
    ("password", "objection"),
    [
        ("", SHORT),
        (EIGHT[:7], SHORT),
        ("e\u0301" * 7, SHORT),  # 14 code points as typed
        (EIGHT * 16 + "x", LONG),
        ("x" * 1024, LONG),
        ("password", COMMON),
        ("PassWord", COMMON),
        ("password1", COMMON),
        ("12345678", COMMON),
        ("qwertyui", COMMON),
        ("\u017fuperman", COMMON),  # a long s is an s to case folding
    ],
    ids=lambda value: ascii(value)[:24],
)
def test_an_objection_names_the_rule_and_not_the_password(password: str, objection: str) -> None:
    assert passwords.objection(password) == objection


@pytest.mark.parametrize(
    ("password", "same"),
    [
        ("Reader@B\u00fccher.example", True),
        ("reader@b\u00fccher.example", True),
        ("READER@BU\u0308CHER.EXAMPLE", True),
        ("\uff52eader@b\u00fccher.example", True),
        ("reader@xn--bcher-kva.example", True),
        ("reader@b\u00fccher.example!", False),
        ("reader", False),
        ("b\u00fccher.example", False),
    ],
    ids=lambda value: ascii(value)[:24],
)
def test_the_address_in_any_spelling_is_recognised(password: str, *, same: bool) -> None:
    assert passwords.is_address(password, "Reader@B\u00fccher.example") is same


@pytest.mark.usefixtures("real_hashes")
def test_hashes_are_what_they_should_be() -> None:
    parameters = extract_parameters(passwords.hashed(EIGHT))
    assert parameters.type.name == "ID"
    assert (parameters.memory_cost, parameters.time_cost, parameters.parallelism) == (19456, 2, 1)
    assert (parameters.salt_len, parameters.hash_len) == (16, 32)


@pytest.mark.usefixtures("real_hashes")
def test_checking_nobodys_password_takes_the_work_of_checking_a_real_one() -> None:
    nobodys, real = passwords.NOBODYS_HASH, passwords.hashed(EIGHT)
    assert extract_parameters(nobodys) == extract_parameters(real)
    assert not passwords.needs_rehash(nobodys)
    assert not passwords.matches(nobodys, EIGHT)


@pytest.mark.usefixtures("real_hashes")
def test_a_hash_of_other_parameters_is_to_be_made_anew() -> None:
    assert passwords.needs_rehash(
        PasswordHasher(memory_cost=8, time_cost=1, parallelism=1).hash(EIGHT)
    )
    assert not passwords.needs_rehash(passwords.hashed(EIGHT))


@given(st.text(max_size=200), st.text(max_size=200))
def test_only_the_password_itself_matches(password: str, other: str) -> None:
    kept = passwords.hashed(password)
    assert passwords.matches(kept, password)
    assert passwords.matches(kept, other) == (
        passwords._normal(password) == passwords._normal(other)
    )


def test_no_two_hashes_are_the_same() -> None:
    assert passwords.hashed(EIGHT) != passwords.hashed(EIGHT)
