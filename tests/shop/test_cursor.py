"""A cursor goes on exactly where it was made, and nothing else is one."""

import string
from base64 import urlsafe_b64encode

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from shop.cursor import MAX_LENGTH, Scope, _checksum, decode, encode
from shop.errors import InvalidCursor

BASE64_DIGITS = string.ascii_uppercase + string.ascii_lowercase + string.digits + "-_"
SCOPE: Scope = ("products", None, "newest")
POSITION = "2026-01-31T08:30:00.123Z#5b0f3f0c7e6f5d0e8e5d9f0a1b2c3d4e"

positions = st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=80)
scopes = st.lists(st.none() | st.text(max_size=20), max_size=4).map(tuple)
any_text = st.text(alphabet=st.characters(), max_size=100)


def refused(cursor: str, scope: Scope = SCOPE) -> bool:
    try:
        decode(cursor, scope)
    except InvalidCursor:
        return True
    return False


@given(positions, scopes)
def test_a_cursor_gives_back_its_position(position: str, scope: Scope) -> None:
    cursor = encode(position, scope)
    assert set(cursor) <= set(BASE64_DIGITS), "it needs no escaping in a URL"
    assert decode(cursor, scope) == position


def test_the_longest_sort_key_makes_a_cursor_well_below_the_limit() -> None:
    assert len(encode(POSITION, SCOPE)) < MAX_LENGTH / 2


@given(positions, scopes, scopes)
def test_a_cursor_of_another_list_is_refused(position: str, scope: Scope, other: Scope) -> None:
    assume(scope != other)
    assert refused(encode(position, scope), other)


@pytest.mark.parametrize(
    "other",
    [
        ("products", None, "price"),
        ("products", None, "-price"),
        ("products", "books", "newest"),
        ("products", "", "newest"),
        ("products", "None", "newest"),
        ("products", "null", "newest"),
        ("orders", None, "newest"),
        ("products", "newest"),
        ("products", None, "newest", None),
        ("products", None, "newest", "5b0f3f0c7e6f5d0e8e5d9f0a1b2c3d4e"),
        (),
    ],
)
def test_a_cursor_of_a_list_much_like_it_is_refused(other: Scope) -> None:
    assert refused(encode(POSITION, SCOPE), other)


def test_any_single_character_changed_is_refused() -> None:
    cursor = encode(POSITION, SCOPE)
    changed = [
        cursor[:at] + digit + cursor[at + 1 :]
        for at in range(len(cursor))
        for digit in BASE64_DIGITS
        if digit != cursor[at]
    ]
    assert len(changed) == 63 * len(cursor)
    assert all(map(refused, changed))


@pytest.mark.parametrize("position", ["", "a", "ab", "abc", POSITION])
def test_any_other_spelling_of_the_same_bytes_is_refused(position: str) -> None:
    cursor = encode(position, SCOPE)
    last = BASE64_DIGITS.index(cursor[-1])
    spellings = [
        cursor + "=",
        cursor + "==",
        cursor + "=" * (-len(cursor) % 4 or 4),
        cursor + "\n",
        " " + cursor,
        cursor[:5] + "!" + cursor[5:],
        cursor[:-1] + BASE64_DIGITS[last ^ 1],
    ]
    assert all(map(refused, spellings))


def test_the_standard_alphabet_is_refused_where_it_differs() -> None:
    cursors = (encode(f"{number}", SCOPE) for number in range(100))
    differing = [each for each in cursors if set(each) & set("-_")]
    assert differing
    assert all(refused(each.replace("-", "+").replace("_", "/")) for each in differing)


def test_every_truncation_is_refused() -> None:
    cursor = encode(POSITION, SCOPE)
    assert all(refused(cursor[:length]) for length in range(len(cursor)))
    assert all(refused(cursor[start:]) for start in range(1, len(cursor)))


@given(st.text(alphabet=BASE64_DIGITS + "=", min_size=1, max_size=40))
def test_every_extension_is_refused(tail: str) -> None:
    cursor = encode(POSITION, SCOPE)
    assert refused(cursor + tail)
    assert refused(tail + cursor)


@given(any_text | st.text(alphabet=BASE64_DIGITS + "="), scopes)
def test_arbitrary_text_is_refused_and_nothing_worse(text: str, scope: Scope) -> None:
    assert refused(text, scope)


@given(st.binary(max_size=100))
def test_arbitrary_bytes_in_base64_are_refused(raw: bytes) -> None:
    assert refused(urlsafe_b64encode(raw).decode().rstrip("="))


def test_a_forged_cursor_whose_position_is_no_text_is_refused() -> None:
    raw = _checksum(b"\xff", SCOPE) + b"\xff"
    assert refused(urlsafe_b64encode(raw).decode().rstrip("="))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "=",
        "====",
        "A",
        "A" * 16,
        "A" * (MAX_LENGTH + 1),
        "A" * 1_000_000,
        "\x00",
        "\u0663" * 16,
        "\U0001f600",
        "\ud800",
    ],
    ids=lambda text: ascii(text)[:20],
)
def test_odd_text_is_refused(text: str) -> None:
    assert refused(text)


def test_a_position_that_would_make_too_long_a_cursor_is_refused_when_it_comes_back() -> None:
    assert refused(encode("x" * MAX_LENGTH, SCOPE))


def test_a_lone_surrogate_in_a_filter_does_no_harm() -> None:
    scope = ("products", "\ud800", "newest")
    assert decode(encode(POSITION, scope), scope) == POSITION
    assert refused(encode(POSITION, scope), ("products", "\ud801", "newest"))
