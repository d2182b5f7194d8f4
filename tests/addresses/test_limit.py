"""A book holds fifty addresses and no more, however they come."""

from __future__ import annotations

from collections import Counter
from functools import partial
from typing import TYPE_CHECKING

import pytest

from addresses.repository import BOOK, MAX_ADDRESSES
from tests.addresses.turns import Turns, by_chance, outcome
from tests.addresses.world import numbered

if TYPE_CHECKING:
    from tests.addresses.book import Book
    from tests.addresses.world import Customer, Store

pytestmark = pytest.mark.slow

FULL = "TooManyAddresses"


def test_the_fifty_first_is_409_and_changes_nothing(
    customer: Customer, store: Store, calls: list[str]
) -> None:
    ids = numbered(49)
    store.fill(customer.user_id, ids, ids[0])
    customer.created()
    before = store.rows(customer.user_id)
    assert before[BOOK]["count"] == MAX_ADDRESSES == 50
    calls.clear()
    for is_default in (True, False):
        answer = customer.create(isDefault=is_default)
        assert answer.problem == (409, "too-many-addresses")
        assert "50" in answer.body["detail"]
    assert calls == ["GetItem"] * 2
    assert store.rows(customer.user_id) == before


def test_the_limit_is_each_users_own(customer: Customer, other: Customer, store: Store) -> None:
    store.fill(customer.user_id, numbered(MAX_ADDRESSES), None)
    assert other.create().status == 201


def test_a_deleted_address_makes_room(customer: Customer, store: Store) -> None:
    ids = numbered(MAX_ADDRESSES)
    store.fill(customer.user_id, ids, ids[0])
    customer.delete(ids[7])
    statuses = [customer.create().status for _ in range(2)]
    assert statuses == [201, 409]
    store.assert_sound(customer.user_id)


def test_a_full_book_can_be_changed_and_read(customer: Customer, store: Store) -> None:
    ids = numbered(MAX_ADDRESSES)
    store.fill(customer.user_id, ids, ids[0])
    assert customer.change(ids[1], {"isDefault": True}).status == 200
    assert len(customer.page(limit=100).body["items"]) == 50
    assert customer.defaults() == [ids[1]]


@pytest.mark.usefixtures("pauses")
@pytest.mark.parametrize("is_default", [True, False])
@pytest.mark.parametrize("seed", range(5))
def test_many_at_once_fill_the_book_and_no_more(
    book: Book, store: Store, seed: int, *, is_default: bool
) -> None:
    store.fill(book.user_id, numbered(47), None)
    create = partial(book.create, isDefault=is_default)
    results = Turns(store.client).run([create] * 6, by_chance(seed))
    assert Counter(each == FULL for each in results) == {True: 3, False: 3}
    rows = store.rows(book.user_id)
    assert (rows[BOOK]["count"], len(rows)) == (50, 50 + 1)
    store.assert_sound(book.user_id)


@pytest.mark.usefixtures("pauses")
def test_who_finds_the_last_place_taken_is_told_so(book: Book, store: Store) -> None:
    """It was free when they looked."""
    store.fill(book.user_id, numbered(49), None)
    order = iter([0, 1])  # both look
    results = Turns(store.client).run([book.create] * 2, lambda alive: next(order, alive[0]))
    assert (results[0] != FULL, results[1]) == (True, FULL)
    assert outcome(book.create) == FULL
    store.assert_sound(book.user_id)
