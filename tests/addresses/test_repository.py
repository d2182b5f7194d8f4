"""Writes that rest on what is no longer so: refused, with nothing done."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from addresses.models import Address
from addresses.repository import Book, book_key
from shop.contracts.addresses import address_key
from shop.ids import new_id
from shop.optimistic import Outdated
from tests.addresses.book import A, B
from tests.addresses.world import ADDRESS, NOW

if TYPE_CHECKING:
    from collections.abc import Callable

    from addresses.repository import AddressRepository
    from tests.addresses.world import Store

LATER = "2026-11-22T12:00:00.001Z"


def address(address_id: str, user_id: str, *, is_default: bool) -> Address:
    return Address(
        id=address_id, user_id=user_id, **ADDRESS, state=None, zip_code=None,
        is_default=is_default, created_at=NOW, updated_at=NOW,
    )  # fmt: skip


def changed(seen: Address, *, is_default: bool) -> Address:
    return seen.model_copy(update={"is_default": is_default, "updated_at": LATER})


@pytest.fixture
def user_id(store: Store) -> str:
    """A user with the addresses A and B, of which A is the default."""
    user_id = store.add_user()
    store.fill(user_id, [A, B], A)
    return user_id


type Write = Callable[[AddressRepository, dict[str, Address]], None]
"""A write that rests on the addresses A and B as they were seen."""

WRITES: dict[str, Write] = {
    "A no default": lambda books, seen: books.change(seen[A], changed(seen[A], is_default=False)),
    "B default": lambda books, seen: books.change(seen[B], changed(seen[B], is_default=True)),
    "delete A": lambda books, seen: books.remove(seen[A]),
    "delete B": lambda books, seen: books.remove(seen[B]),
}


def both(user_id: str) -> dict[str, Address]:
    return {each: address(each, user_id, is_default=each == A) for each in (A, B)}


@pytest.mark.parametrize("name", WRITES)
def test_a_book_that_is_gone_is_not_made_again(
    repository: AddressRepository, store: Store, user_id: str, name: str
) -> None:
    """Its user is gone, and nobody would come to clear it."""
    store.delete(book_key(user_id))
    before = store.rows(user_id)
    with pytest.raises(Outdated):
        WRITES[name](repository, both(user_id))
    assert store.rows(user_id) == before


@pytest.mark.parametrize("name", WRITES)
def test_an_address_that_is_gone_leaves_the_book_alone(
    repository: AddressRepository, store: Store, user_id: str, name: str
) -> None:
    for address_id in (A, B):
        store.delete(address_key(user_id, address_id))
    before = store.rows(user_id)
    with pytest.raises(Outdated):
        WRITES[name](repository, both(user_id))
    assert store.rows(user_id) == before


@pytest.mark.parametrize("name", WRITES)
def test_a_book_that_names_another_default_by_now_stays(
    repository: AddressRepository, store: Store, user_id: str, name: str
) -> None:
    store.fill(user_id, [A, B], B)
    before = store.rows(user_id)
    if name == "B default":
        WRITES[name](repository, both(user_id))
        assert store.rows(user_id).keys() == before.keys()
        store.assert_sound(user_id)
        return
    with pytest.raises(Outdated):
        WRITES[name](repository, both(user_id))
    assert store.rows(user_id) == before


@pytest.mark.parametrize("name", list(WRITES)[:2])
def test_an_address_changed_since_is_not_changed(
    repository: AddressRepository, store: Store, user_id: str, name: str
) -> None:
    seen = both(user_id)
    for each in (A, B):
        row = store.rows(user_id)[address_key(user_id, each)["sk"]]
        store.put({**row, "updatedAt": "2026-11-22T12:00:00.002Z"})
    before = store.rows(user_id)
    with pytest.raises(Outdated):
        WRITES[name](repository, seen)
    assert store.rows(user_id) == before


@pytest.mark.parametrize(
    ("default_id", "book"), [(None, Book(2, A)), (A, Book(2, None)), (None, Book(0, A))]
)
def test_a_new_address_rests_on_there_being_a_default_or_not(
    repository: AddressRepository, store: Store, user_id: str, default_id: str, book: Book
) -> None:
    store.fill(user_id, [A, B], default_id)
    before = store.rows(user_id)
    new = address(new_id(), user_id, is_default=book.default_id is None)
    with pytest.raises(Outdated):
        repository.add(new, book)
    assert store.rows(user_id) == before


def test_which_one_it_is_does_not_matter_to_a_new_address(
    repository: AddressRepository, store: Store, user_id: str
) -> None:
    store.fill(user_id, [A, B], B)
    repository.add(address(new_id(), user_id, is_default=False), Book(2, A))
    assert sorted(each.is_default for each in repository.all(user_id)) == [False, False, True]


def test_a_user_without_rows_has_an_empty_book(repository: AddressRepository, user_id: str) -> None:
    assert repository.book(new_id()) == Book(0, None)
    assert repository.book(user_id) == Book(2, A)


def test_a_change_leaves_alone_what_a_migration_made_of_the_rest(
    repository: AddressRepository, store: Store, user_id: str
) -> None:
    """Migrations move no ``updatedAt``, so what was seen may be what was before."""
    (seen,) = [each for each in repository.all(user_id) if each.id == A]
    row = store.rows(user_id)[address_key(user_id, A)["sk"]]
    store.put({**row, "country": "Migrated", "state": "Migrated"})
    repository.change(seen, seen.model_copy(update={"city": "Faro", "updated_at": LATER}))
    now = store.rows(user_id)[address_key(user_id, A)["sk"]]
    assert now == {
        **row,
        "city": "Faro",
        "country": "Migrated",
        "state": "Migrated",
        "updatedAt": LATER,
    }
