"""What others may rely on of address books: that a user has an address, as it was seen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from shop import writes
from shop.contracts import addresses
from tests.shop.shelf import key, row

if TYPE_CHECKING:
    from shop.dynamo import Table

NOON, LATER = "2026-11-22T12:00:00.000Z", "2026-11-22T12:00:00.001Z"
USER, ADDRESS = "a" * 32, "b" * 32


@pytest.fixture
def kept(shelf: Table) -> dict[str, Any]:
    """An address of USER's."""
    stored = {**addresses.address_key(USER, ADDRESS), "city": "Galway", "updatedAt": NOON}
    writes.apply(shelf.client, writes.put(shelf, stored))
    return stored


def test_what_needs_an_address_happens_while_it_is_as_it_was_seen(
    shelf: Table, kept: dict[str, Any]
) -> None:
    check = addresses.address_unchanged(shelf, USER, ADDRESS, NOON)
    writes.transact(shelf.client, [writes.put(shelf, row("needs it")), check])
    assert shelf.get(key("needs it")) == row("needs it")
    assert shelf.get(addresses.address_key(USER, ADDRESS)) == kept


@pytest.mark.parametrize(
    ("user_id", "address_id", "seen"),
    [
        (USER, ADDRESS, LATER),
        (USER, ADDRESS, ""),
        ("c" * 32, ADDRESS, NOON),
        (USER, "c" * 32, NOON),
        (ADDRESS, USER, NOON),
    ],
)
@pytest.mark.usefixtures("kept")
def test_it_does_not_for_another_address_or_user_or_time(
    shelf: Table, user_id: str, address_id: str, seen: str
) -> None:
    check = addresses.address_unchanged(shelf, user_id, address_id, seen)
    with pytest.raises(writes.ConditionFailed) as caught:
        writes.transact(shelf.client, [writes.put(shelf, row("needs it")), check])
    assert caught.value.rows == [None, {}], "and says nothing of what is in the way"
    assert shelf.get(key("needs it")) is None


def test_an_address_is_found_in_its_users_book_only() -> None:
    assert addresses.address_key(USER, ADDRESS) == {
        "pk": f"USER#{USER}",
        "sk": f"ADDRESS#{ADDRESS}",
    }
    assert addresses.partition(USER) == f"USER#{USER}"
