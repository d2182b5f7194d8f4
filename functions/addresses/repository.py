"""The addresses table: the only place that knows its keys.

| row     | pk             | sk           | holds                                                 |
|---------|----------------|--------------|-------------------------------------------------------|
| address | USER#<user id> | ADDRESS#<id> | its fields, createdAt, updatedAt                      |
| book    | USER#<user id> | BOOK         | count of the addresses; defaultId, while there is one |

Which address is the default only the book says, so there are never two. Every write that adds or
takes away an address changes the book in the same transaction. Addresses without a book are what
a deleted account has not yet been cleared of: nobody gets to see them.

Writes rest on what was read before, and say so in their conditions: Outdated means that it has
changed since. ``updatedAt`` moves on with every write, and so serves as an address's version.
"""

from __future__ import annotations

from itertools import batched
from typing import TYPE_CHECKING, Any, NamedTuple

from addresses.models import Address
from shop import writes
from shop.contracts.addresses import ADDRESS, address_key, partition
from shop.contracts.users import user_exists
from shop.errors import Unauthenticated
from shop.optimistic import Outdated

if TYPE_CHECKING:
    from shop.dynamo import Item, Table

MAX_ADDRESSES = 50
BOOK = "BOOK"

_TRANSACTION = 100  # actions that one takes at most
_NAMES_IT = "#defaultId = :id"
_NAMES_IT_NOT = "(attribute_not_exists(#defaultId) OR #defaultId <> :id)"


class Book(NamedTuple):
    """How many addresses a user has, and the id of the default."""

    size: int
    default_id: str | None


def book_key(user_id: str) -> Item:
    return {"pk": partition(user_id), "sk": BOOK}


class AddressRepository:
    """The books of all users. Every method is one round trip, but for ``clear``."""

    def __init__(self, table: Table, users: Table) -> None:
        self._table = table
        self._users = users

    def book(self, user_id: str) -> Book:
        row = self._table.get(book_key(user_id))
        return _book(row) if row else Book(0, None)

    def find(self, user_id: str, address_id: str) -> Address | None:
        """The address as last written."""
        keys = [address_key(user_id, address_id), book_key(user_id)]
        found = _addresses(user_id, self._table.batch_get(keys, consistent=True))
        return found[0] if found else None

    def all(self, user_id: str) -> list[Address]:
        """The user's addresses as last written, in no particular order."""
        return _addresses(user_id, self._rows(user_id))

    def add(self, address: Address, seen: Book) -> None:
        """Write a new address, and have the book name it if it is the default.

        That rests on there being a default in the book as ``seen``, or none. Raises Outdated, also
        when there is no room, and Unauthenticated when there is no such user.
        """
        actions = [
            writes.put(self._table, _row(address)),
            self._take_in(address, seen),
            user_exists(self._users, address.user_id),
        ]
        try:
            writes.transact(self._table.client, actions)
        except writes.ConditionFailed as failure:
            if failure.failed(0):
                return  # Only this very request knows the id: it came through, unheard.
            if failure.failed(2):
                raise Unauthenticated("The account is gone.") from None
            raise Outdated from failure

    def change(self, seen: Address, changed: Address) -> None:
        """Write what differs from ``seen``, and have the book follow. Raises Outdated."""
        expression, values = writes.changing(_fields(seen), _fields(changed))
        address = writes.update(
            self._table,
            address_key(seen.user_id, seen.id),
            expression,
            "#updatedAt = :seen",
            {**values, ":seen": seen.updated_at},
        )
        if changed.is_default and not seen.is_default:
            self._write(address, self._point(changed, "SET #defaultId = :id", writes.THERE))
        elif seen.is_default and not changed.is_default:
            self._write(address, self._point(changed, "REMOVE #defaultId", _NAMES_IT))
        else:
            self._write(address)

    def remove(self, seen: Address) -> None:
        """Delete an address; the default leaves no other in its place. Raises Outdated."""
        key = address_key(seen.user_id, seen.id)
        self._write(writes.delete(self._table, key), self._let_go(seen))

    def clear(self, user_id: str) -> None:
        """Delete all that there is of a user, the book first. Raises Outdated."""
        for rows in batched(self._rows(user_id), _TRANSACTION, strict=False):
            keys = [{"pk": row["pk"], "sk": row["sk"]} for row in rows]
            self._write(*(writes.delete(self._table, key) for key in keys))

    def _rows(self, user_id: str) -> list[dict[str, Any]]:
        """The book, if there is one, and the addresses."""
        values = {":pk": partition(user_id)}
        return self._table.query("pk = :pk", values, forward=False, consistent=True)

    def _take_in(self, address: Address, seen: Book) -> writes.Action:
        """The book with one address more; it is made with the first."""
        room = "(attribute_not_exists(#pk) OR #count < :most)"
        state = "exists" if seen.default_id else "not_exists"
        condition = f"{room} AND attribute_{state}(#defaultId)"
        expression = "ADD #count :one"
        values: dict[str, Any] = {":one": 1, ":most": MAX_ADDRESSES}
        if address.is_default:
            expression += " SET #defaultId = :id"
            values[":id"] = address.id
        return writes.update(self._table, book_key(address.user_id), expression, condition, values)

    def _let_go(self, seen: Address) -> writes.Action:
        """The book with one address less."""
        expression, condition = "ADD #count :less", f"{writes.THERE} AND {_NAMES_IT_NOT}"
        if seen.is_default:
            expression, condition = f"{expression} REMOVE #defaultId", _NAMES_IT
        values = {":less": -1, ":id": seen.id}
        return writes.update(self._table, book_key(seen.user_id), expression, condition, values)

    def _point(self, address: Address, expression: str, condition: str) -> writes.Action:
        """The book naming another default, or none. It is never made here: see THERE."""
        key = book_key(address.user_id)
        return writes.update(self._table, key, expression, condition, {":id": address.id})

    def _write(self, *actions: writes.Action) -> None:
        """All of ``actions`` or none. Raises Outdated when a condition failed."""
        try:
            if len(actions) == 1:
                writes.apply(self._table.client, actions[0])
            else:
                writes.transact(self._table.client, actions)
        except writes.ConditionFailed as failure:
            raise Outdated from failure


def _fields(address: Address) -> dict[str, Any]:
    """What an address's row holds besides its key."""
    return address.model_dump(by_alias=True, exclude={"id", "user_id", "is_default"})


def _row(address: Address) -> Item:
    return {**address_key(address.user_id, address.id), **_fields(address)}


def _book(row: Item) -> Book:
    return Book(int(row["count"]), row.get("defaultId"))


def _addresses(user_id: str, rows: list[dict[str, Any]]) -> list[Address]:
    """The addresses among ``rows``, as the book among them has it; without one there are none."""
    by_sk = {row["sk"]: row for row in rows}
    if BOOK not in by_sk:
        return []
    book = _book(by_sk.pop(BOOK))
    return [_address(user_id, row, book) for row in by_sk.values()]


def _address(user_id: str, row: Item, book: Book) -> Address:
    address_id = row["sk"].removeprefix(ADDRESS)
    return Address(
        id=address_id,
        user_id=user_id,
        street=row["street"],
        city=row["city"],
        state=row.get("state"),
        zip_code=row.get("zipCode"),
        country=row["country"],
        is_default=address_id == book.default_id,
        created_at=row["createdAt"],
        updated_at=row["updatedAt"],
    )
