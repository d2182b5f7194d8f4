"""One user's book, asked through the service: what a test lets happen at once."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, NamedTuple

from addresses import service
from addresses.models import AddressChanges, NewAddress
from tests.addresses.world import ADDRESS

if TYPE_CHECKING:
    from collections.abc import Callable

    from addresses.models import Address
    from addresses.repository import AddressRepository
    from tests.addresses.world import Store

A, B = "a" * 32, "b" * 32


class Seen(NamedTuple):
    """An address without what differs from run to run: times, and ids of new ones."""

    name: str
    street: str
    city: str
    is_default: bool


def seen(address: Address) -> Seen:
    name = {A: "A", B: "B"}.get(address.id, "new")
    return Seen(name, address.street, address.city, address.is_default)


class Book:
    """The book of a user, and what they may ask for."""

    def __init__(self, repository: AddressRepository, store: Store) -> None:
        self.user_id = store.add_user()
        self._repository = repository
        self._store = store

    def reset(self) -> None:
        """There is a user with the addresses A and B, of which A is the default."""
        self._store.add_user(self.user_id)
        self._store.fill(self.user_id, [A, B], A)

    def create(self, **fields: Any) -> Seen:
        new = NewAddress.model_validate(ADDRESS | fields)
        return seen(service.add_address(self._repository, self.user_id, new))

    def change(self, address_id: str, **fields: Any) -> Seen:
        changes = AddressChanges.model_validate(fields)
        return seen(service.change_address(self._repository, self.user_id, address_id, changes))

    def delete(self, address_id: str) -> None:
        service.delete_address(self._repository, self.user_id, address_id)

    def close_account(self) -> None:
        self._store.delete_user(self.user_id)
        service.clear_book(self._repository, self.user_id)

    def addresses(self) -> Counter[Seen]:
        self._store.assert_sound(self.user_id)
        return Counter(seen(each) for each in self._repository.all(self.user_id))


OPERATIONS: dict[str, Callable[[Book], object]] = {
    "create": lambda book: book.create(),
    "create default": lambda book: book.create(isDefault=True),
    "change A": lambda book: book.change(A, city="Cork", isDefault=True),
    "A no default": lambda book: book.change(A, isDefault=False),
    "B default": lambda book: book.change(B, isDefault=True),
    "change B, no default": lambda book: book.change(B, street="New", isDefault=False),
    "delete A": lambda book: book.delete(A),
    "delete B": lambda book: book.delete(B),
}
