"""Which names are the same."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ops.seed.names import CategoryNames, normalised, product_id

CREME = "Crème Brûlée"


@pytest.mark.parametrize(
    "same",
    [CREME.upper(), CREME.lower(), unicodedata.normalize("NFD", CREME), f"\u2003{CREME}\t"],
)
def test_case_normal_form_and_blanks_around_make_no_difference(same: str) -> None:
    assert product_id(same) == product_id(CREME)


def test_capitals_may_take_more_letters() -> None:
    assert product_id("Straßenlaterne") == product_id("STRASSENLATERNE")


@pytest.mark.parametrize("other", ["Creme Brulee", "Crème  Brûlée", "CrèmeBrûlée"])
def test_anything_else_does(other: str) -> None:
    assert product_id(other) != product_id(CREME)


@given(st.text())
def test_normalising_twice_changes_nothing_more(name: str) -> None:
    assert normalised(normalised(name)) == normalised(name)
    assert normalised(unicodedata.normalize("NFC", name)) == normalised(name)


def test_ids_are_the_same_for_ever() -> None:
    assert product_id("Chai") == "43175bbc8bbd54eb963bc6d6510e8ddf"


def test_the_first_spelling_holds() -> None:
    names = CategoryNames(["Beverages"])
    assert names.add("BEVERAGES") == "Beverages"
    assert names.add("Produce") == "Produce"
    assert names.spelling("produce ") == "Produce"
    assert names.spelling("Seafood") is None


def test_an_exact_match_holds_where_the_table_has_several_spellings() -> None:
    names = CategoryNames(["Beverages", "beverages"])
    assert names.spelling("beverages") == "beverages"
    assert names.spelling("Beverages") == "Beverages"
    assert names.add("BEVERAGES") == "beverages"
