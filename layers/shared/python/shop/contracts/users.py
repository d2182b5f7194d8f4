"""Accounts, as other contexts may rely on them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from shop import writes

if TYPE_CHECKING:
    from collections.abc import Mapping

    from shop.dynamo import Item, Table

PREFIX = "USER#"
SORT_KEY = "USER"


def user_key(user_id: str) -> Item:
    """The key of the row that is there as long as the account is."""
    return {"pk": f"{PREFIX}{user_id}", "sk": SORT_KEY}


def user_exists(users: Table, user_id: str) -> writes.Action:
    """The foreign key: a transaction with this in it happens only while there is the account."""
    return writes.check(users, user_key(user_id), tells=False)


def deleted_user_id(record: Mapping[str, Any]) -> str:
    """Whose account is gone, says a record of the users table's stream (DELETED_USERS)."""
    return str(record["dynamodb"]["Keys"]["pk"]["S"]).removeprefix(PREFIX)


DELETED_USERS: dict[str, Any] = {
    "eventName": ["REMOVE"],
    "dynamodb": {"Keys": {"sk": {"S": [SORT_KEY]}}},
}
"""The pattern of those records, for Lambda's event filter."""
