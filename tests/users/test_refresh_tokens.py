"""Refresh tokens: how they are spelt, and what follows them."""

from __future__ import annotations

from base64 import urlsafe_b64encode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shop.ids import new_id
from users import refresh_tokens
from users.refresh_tokens import LENGTH, RefreshToken

TOKENS = st.builds(
    RefreshToken,
    st.binary(min_size=16, max_size=16).map(bytes.hex),
    st.binary(min_size=16, max_size=16).map(bytes.hex),
    st.binary(min_size=16, max_size=16),
    st.binary(min_size=32, max_size=32),
)


@given(TOKENS)
def test_a_token_survives_being_spelt(token: RefreshToken) -> None:
    text = token.to_text()
    assert len(text) == LENGTH == 107
    assert refresh_tokens.parse(text) == token


@given(TOKENS, st.integers(min_value=0, max_value=106), st.characters())
def test_a_token_has_one_spelling(token: RefreshToken, place: int, other: str) -> None:
    text = token.to_text()
    changed = text[:place] + other + text[place + 1 :]
    assert (refresh_tokens.parse(changed) == token) == (changed == text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x",
        "A" * 106,
        "A" * 108,
        "A" * 106 + "B",  # bits that no byte has
        "A" * 106 + "=",
        "A" * 106 + " ",
        "+" + "A" * 106,
        "/" + "A" * 106,
        "\u00e9" + "A" * 106,
        "\n" + "A" * 106,
        urlsafe_b64encode(bytes(79)).decode(),
        urlsafe_b64encode(bytes(81)).decode(),
    ],
    ids=lambda text: ascii(text)[-20:],
)
def test_what_is_no_token(text: str) -> None:
    assert refresh_tokens.parse(text) is None


def test_new_tokens_have_nothing_in_common() -> None:
    first, second = (refresh_tokens.new_token(new_id(), new_id()) for _ in range(2))
    assert not {*first} & {*second}
    assert (len(first.family), len(first.rotating)) == (16, 32)
    assert refresh_tokens.new_nonce() != refresh_tokens.new_nonce()


def test_a_successor_follows_from_the_secret_and_the_nonce_together() -> None:
    token = refresh_tokens.new_token(new_id(), new_id())
    other = token._replace(rotating=bytes(32))
    successor = token.successor("nonce")
    assert successor == token.successor("nonce")
    assert successor._replace(rotating=token.rotating) == token
    secrets = {
        token.rotating,
        successor.rotating,
        token.successor("another").rotating,
        other.successor("nonce").rotating,
    }
    assert len(secrets) == 4
    assert len(successor.rotating) == 32


def test_a_hash_is_of_one_secret() -> None:
    stored = refresh_tokens.hashed(b"secret")
    assert refresh_tokens.is_hash_of(stored, b"secret")
    assert not refresh_tokens.is_hash_of(stored, b"secret2")
    assert not refresh_tokens.is_hash_of(None, b"secret")
    assert b"secret".hex() not in stored
