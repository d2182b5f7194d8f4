"""Address books, as other contexts may rely on them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shop import writes

if TYPE_CHECKING:
    from shop.dynamo import Item, Table

ADDRESS = "ADDRESS#"


def partition(user_id: str) -> str:
    return f"USER#{user_id}"


def address_key(user_id: str, address_id: str) -> Item:
    """Whose address it is stands in the key: nobody finds someone else's."""
    return {"pk": partition(user_id), "sk": f"{ADDRESS}{address_id}"}


def address_unchanged(
    addresses: Table, user_id: str, address_id: str, updated_at: str
) -> writes.Action:
    """The foreign key: the user has this address, and it is as it was at ``updated_at``."""
    key = address_key(user_id, address_id)
    return writes.check(addresses, key, "#updatedAt = :seen", {":seen": updated_at}, tells=False)
