"""Several requests of one user at once: in whatever order, all is as if each had come alone."""

from __future__ import annotations

from collections import Counter
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from addresses.models import Address
from addresses.repository import Book as Contents
from shop.errors import Unavailable
from tests.addresses.book import OPERATIONS, A, B, Seen
from tests.addresses.turns import Turns, by_chance, every_order
from tests.addresses.world import ADDRESS, NOW

if TYPE_CHECKING:
    from collections.abc import Sequence

    from addresses.repository import AddressRepository
    from tests.addresses.book import Book
    from tests.addresses.turns import Operation, Pick
    from tests.addresses.world import Store

pytestmark = [pytest.mark.exhaustive, pytest.mark.usefixtures("pauses")]

NAMES = list(OPERATIONS)
PAIRS = [(one, two) for place, one in enumerate(NAMES) for two in NAMES[place:]]


@pytest.mark.parametrize("names", PAIRS, ids=", ".join)
def test_two_at_once_end_as_one_after_the_other(
    book: Book, store: Store, names: tuple[str, str]
) -> None:
    turns = Turns(store.client)
    operations = [partial(OPERATIONS[name], book) for name in names]

    def run(pick: Pick) -> tuple[list[object], Counter[Seen]]:
        book.reset()
        return turns.run(operations, pick), book.addresses()

    possible = [run(min), run(max)]
    outcomes = list(every_order(run))
    assert len(outcomes) >= 6
    assert [each for each in outcomes if each not in possible] == []


@pytest.mark.parametrize("name", OPERATIONS)
def test_a_closed_account_leaves_nothing_whatever_was_in_flight(
    book: Book, store: Store, name: str
) -> None:
    turns = Turns(store.client)

    def run(pick: Pick) -> dict[str, Any]:
        book.reset()
        turns.run([partial(OPERATIONS[name], book), book.close_account], pick)
        return store.rows(book.user_id)

    outcomes = list(every_order(run))
    assert len(outcomes) >= 6
    assert [each for each in outcomes if each] == []


@pytest.mark.parametrize("seed", range(12))
def test_of_many_made_the_default_at_once_one_is(book: Book, store: Store, seed: int) -> None:
    book.reset()
    operations: Sequence[Operation] = [
        partial(book.change, address_id, isDefault=True) for address_id in (A, B, A, B)
    ]
    results = Turns(store.client).run(operations, by_chance(seed))
    assert [each.is_default for each in results if isinstance(each, Seen)] == [True] * 4
    assert sorted(each.is_default for each in book.addresses()) == [False, True]


@pytest.mark.parametrize("seed", range(12))
def test_of_many_first_addresses_one_is_the_default(book: Book, store: Store, seed: int) -> None:
    results = Turns(store.client).run([book.create] * 4, by_chance(seed))
    new = partial(Seen, "new", ADDRESS["street"], ADDRESS["city"])
    assert Counter(results) == {new(is_default=True): 1, new(is_default=False): 3}
    assert book.addresses() == Counter(results)


def test_who_is_always_too_late_is_told_to_come_back(
    book: Book, store: Store, calls: list[str], pauses: list[float]
) -> None:
    book.reset()
    touching: list[bool] = []

    def touch(model: Any, **_: Any) -> None:
        """Another change comes before every write."""
        if model.name in ("UpdateItem", "TransactWriteItems") and not touching:
            touching.append(True)
            book.change(A, street="Touched")
            touching.clear()

    store.client.meta.events.register("before-call.dynamodb", touch)
    for change in (
        partial(book.change, A, city="Cork"),
        partial(book.change, A, isDefault=False),
    ):
        pauses.clear()
        calls.clear()
        with pytest.raises(Unavailable):
            change()
        assert pauses == [0.05, 0.1, 0.2, 0.4, 0.8]
        assert len(calls) == 6 * (2 + 2)
    assert Seen("A", "Touched", ADDRESS["city"], is_default=True) in book.addresses()


def test_a_write_that_came_through_unheard_is_not_made_again(
    repository: AddressRepository, book: Book
) -> None:
    """Whether or not the store knows a repeated transaction by its token."""
    address = Address(
        id=A, user_id=book.user_id, **ADDRESS, state=None, zip_code=None,
        is_default=True, created_at=NOW, updated_at=NOW,
    )  # fmt: skip
    for _ in range(2):
        repository.add(address, Contents(0, None))
    assert repository.all(book.user_id) == [address]
    assert book.addresses().total() == 1
