"""GET /products?name=: what begins so, whatever the case and the accents, once and in order."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from products.name_keys import KEY_BYTES, name_key, searchable
from tests.products.catalogue import ids

if TYPE_CHECKING:
    from tests.products.administrator import Administrator
    from tests.products.catalogue import Catalogue, Customer

LONG = "Organic Fair Trade Coffee Beans, "  # longer than the key
NAMES = ["Chai", "chai", "Châi Latte", "CHAI  tea", "Chá", "Tea", LONG + "250 g", LONG + "1 kg"]


@pytest.fixture
def shelf(catalogue: Catalogue) -> list[dict[str, Any]]:
    return [
        catalogue.add(name=name, category=category) for name in NAMES for category in ("a", None)
    ]


def test_what_begins_so_is_found_whatever_the_spelling(
    shelf: list[dict[str, Any]], customer: Customer
) -> None:
    for beginning, wanted in {
        "CHAI": {"Chai", "chai", "Châi Latte", "CHAI  tea"},
        "  cha": {"Chai", "chai", "Châi Latte", "CHAI  tea", "Chá"},
        "chai \t T": {"CHAI  tea"},
        "c\u0327hai l": {"Châi Latte"},
        LONG + "1": {LONG + "1 kg"},
        "hai": set(),
        "teas": set(),
    }.items():
        found = customer.whole_list(name=beginning)
        assert {each["name"] for each in found} == wanted, beginning
        assert len(found) == 2 * len(wanted)


@pytest.mark.parametrize("category", [None, "a"])
@pytest.mark.parametrize("limit", [1, 2, 3, 100])
@pytest.mark.parametrize("beginning", ["cha", LONG])
def test_a_walk_meets_each_once_and_by_name(
    shelf: list[dict[str, Any]],
    customer: Customer,
    category: str | None,
    limit: int,
    beginning: str,
) -> None:
    found = customer.whole_list(name=beginning, category=category, limit=limit)
    wanted = [
        each["id"]
        for each in shelf
        if category in (None, each["category"])
        and searchable(each["name"]).startswith(searchable(beginning))
    ]
    assert sorted(ids(found)) == sorted(wanted)
    keys = [name_key(each["name"]) for each in found]
    assert keys == sorted(map(str, keys))


def test_pages_hold_what_they_should_though_the_key_is_short(
    shelf: list[dict[str, Any]], customer: Customer
) -> None:
    """The key cannot tell the sizes apart: a page may come with fewer, and the next one goes on."""
    pages = list(customer.pages(name=LONG + "250", limit=1))
    assert len(pages) == 4
    assert [each["name"] for page in pages for each in page] == [LONG + "250 g"] * 2


def test_a_cursor_is_good_for_its_own_name_alone(
    shelf: list[dict[str, Any]], customer: Customer
) -> None:
    cursor = customer.products(name="chai", limit=1).body["nextCursor"]
    assert customer.products(name="CHAI", limit=1, cursor=cursor).status == 200
    for other in ({"name": "cha"}, {"name": "chai", "category": "a"}, {}, {"sort": "price"}):
        answer = customer.products(limit=1, cursor=cursor, **other)
        assert answer.problem == (400, "invalid-cursor")


@pytest.mark.parametrize("beginning", ["", "x" * 256, " ", "\u0301"])
def test_what_no_name_begins_with_is_refused(customer: Customer, beginning: str) -> None:
    answer = customer.products(name=beginning)
    assert answer.problem == (422, "validation-failed")
    assert answer.body["errors"][0]["loc"] == ["query", "name"]


def test_it_comes_by_name_and_in_no_other_order(catalogue: Catalogue, customer: Customer) -> None:
    answer = customer.products(name="chai", sort="price")
    assert answer.problem == (422, "validation-failed")
    assert answer.body["errors"][0]["loc"] == ["query", "sort"]
    assert customer.products(name="chai", sort="newest").status == 200


def test_it_follows_what_administrators_do(
    categories: None, admin: Administrator, customer: Customer
) -> None:
    product_id = admin.create(name="Chai", category="cups").body["id"]
    assert ids(customer.whole_list(name="chai")) == [product_id]
    assert admin.change(product_id, name="Tea").status == 200
    assert ids(customer.whole_list(name="chai")) == []
    assert ids(customer.whole_list(name="tea", category="cups")) == [product_id]
    assert admin.archive(product_id).status == 204
    assert ids(customer.whole_list(name="tea")) == []


def test_a_name_of_accents_alone_is_in_every_other_list(
    catalogue: Catalogue, admin: Administrator, customer: Customer
) -> None:
    product_id = admin.create(name="\u0301\u0301").body["id"]
    assert ids(customer.whole_list()) == [product_id]
    assert admin.change(product_id, name="Chai").status == 200
    assert ids(customer.whole_list(name="c")) == [product_id]
    assert admin.change(product_id, name="\u0301").status == 200
    assert ids(customer.whole_list(name="c")) == []


def test_a_page_is_two_round_trips(
    shelf: list[dict[str, Any]], customer: Customer, calls: list[str]
) -> None:
    customer.products(name="cha", limit=5)
    assert calls == ["Query", "BatchGetItem"]


@pytest.mark.parametrize(
    ("name", "alike"),
    [
        ("Ďábel", "dabel"),
        ("Điện", "đien"),
        ("Ёлка", "елка"),
        ("Ήλιος", "ηλιοσ"),
        ("שָׁלוֹם", "שלום"),
        ("مُحَمَّد", "محمد"),
        ("\u2764\ufe0f", "\u2764"),
        ("ｶﾞﾗｽ", "ガラス"),
    ],
)
def test_what_one_may_leave_out_is_left_out(name: str, alike: str) -> None:
    assert searchable(name) == alike


@pytest.mark.parametrize(
    ("name", "other"), [("ガラス", "カラス"), ("ดี", "ดา"), ("कि", "कु"), ("क्ष", "कष")]
)
def test_other_letters_are_not_one(name: str, other: str) -> None:
    """Signs of vowels and of voice are letters, though Unicode has them as marks."""
    assert searchable(name) != searchable(other)
    assert not searchable(name).startswith(searchable(other)[:2])


@given(st.text(max_size=60), st.integers(0, 60))
def test_the_key_finds_every_name_by_every_beginning(name: str, length: int) -> None:
    """Where the cut falls between letters: a letter may be several characters."""
    beginning = searchable(name)[:length]
    if unicodedata.normalize("NFC", beginning) != beginning or searchable(beginning) != beginning:
        return
    key = name_key(beginning)
    if key is None:
        return
    found = name_key(name)
    assert found is not None
    assert found.startswith(key)
    assert len(found.encode()) <= KEY_BYTES


@given(st.text())
def test_spellings_that_differ_by_case_or_form_are_one(name: str) -> None:
    key = searchable(name)
    assert searchable(key) == key
    assert searchable(name.upper().lower()) == searchable(name.lower()) or "\u0130" in name
    assert searchable(unicodedata.normalize("NFD", name)) == key
