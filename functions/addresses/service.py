"""The rules of the address book, as plain functions over a repository."""

from __future__ import annotations

from typing import TYPE_CHECKING

from addresses.errors import AddressNotFound, TooManyAddresses
from addresses.models import Address, AddressPage
from addresses.repository import MAX_ADDRESSES
from shop import clock
from shop import cursor as cursors
from shop.ids import is_id, new_id
from shop.optimistic import settled

if TYPE_CHECKING:
    from addresses.models import AddressChanges, NewAddress
    from addresses.repository import AddressRepository


def add_address(repository: AddressRepository, user_id: str, new: NewAddress) -> Address:
    """A new address; the default if asked for, or where there is none.

    Raises TooManyAddresses, Unauthenticated when the account is gone, Unavailable.
    """

    def attempt() -> Address:
        book = repository.book(user_id)
        if book.size >= MAX_ADDRESSES:
            raise TooManyAddresses(MAX_ADDRESSES)
        now = clock.now()
        address = Address(
            id=new_id(),
            user_id=user_id,
            **new.model_dump(exclude={"is_default"}),
            is_default=new.is_default or book.default_id is None,
            created_at=now,
            updated_at=now,
        )
        repository.add(address, book)
        return address

    return settled(attempt)


def list_addresses(
    repository: AddressRepository, user_id: str, *, limit: int = 20, cursor: str | None = None
) -> AddressPage:
    """One page, newest first. Raises InvalidCursor for a cursor of another user or list."""
    scope = ("addresses", user_id)
    after = cursors.decode(cursor, scope) if cursor is not None else None
    addresses = sorted(repository.all(user_id), key=_position, reverse=True)
    if after is not None:
        addresses = [each for each in addresses if _position(each) < after]
    page = addresses[:limit]
    more = len(addresses) > limit
    return AddressPage(
        items=page, next_cursor=cursors.encode(_position(page[-1]), scope) if more else None
    )


def get_address(repository: AddressRepository, user_id: str, address_id: str) -> Address:
    """Raises AddressNotFound for what is unknown or someone else's."""
    found = repository.find(user_id, address_id) if is_id(address_id) else None
    if not found:
        raise AddressNotFound(address_id)
    return found


def change_address(
    repository: AddressRepository, user_id: str, address_id: str, changes: AddressChanges
) -> Address:
    """The address with what was sent changed. Raises AddressNotFound, Unavailable."""

    def attempt() -> Address:
        seen = get_address(repository, user_id, address_id)
        changed = _changed(seen, changes)
        if changed is not seen:
            repository.change(seen, changed)
        return changed

    return settled(attempt)


def delete_address(repository: AddressRepository, user_id: str, address_id: str) -> None:
    """No other address becomes the default instead: nobody would have chosen it.

    Raises AddressNotFound, Unavailable.
    """
    settled(lambda: repository.remove(get_address(repository, user_id, address_id)))


def clear_book(repository: AddressRepository, user_id: str) -> None:
    """Leave nothing of a user whose account is gone. Raises Unavailable."""
    settled(lambda: repository.clear(user_id))


def _changed(seen: Address, changes: AddressChanges) -> Address:
    """What ``changes`` make of ``seen``: ``seen`` itself when there is nothing to write."""
    sent = changes.model_dump(exclude_unset=True)
    if sent in ({}, {"is_default": seen.is_default}):
        return seen
    return seen.model_copy(update={**sent, "updated_at": clock.after(seen.updated_at)})


def _position(address: Address) -> str:
    """Where an address stands in the list, the oldest first; no two share a place."""
    return f"{address.created_at}#{address.id}"
