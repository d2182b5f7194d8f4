"""The emulated tables themselves: to look into and put back, far faster than by requests."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.dynamodb.models import dynamodb_backends

from shop.dynamo import from_wire

if TYPE_CHECKING:
    from collections.abc import Callable


def _tables() -> dict[str, Any]:
    """A transaction that is cancelled leaves others in their place: never keep them."""
    regions = dynamodb_backends[DEFAULT_ACCOUNT_ID].values()
    (tables,) = (each.tables for each in regions if each.tables)
    return dict(tables)


def rows(table: str) -> list[dict[str, Any]]:
    """All there are."""
    return [
        from_wire({name: value.to_regular_json() for name, value in row.attrs.items()})
        for row in _tables()[table].all_items()
    ]


def saved() -> Callable[[], None]:
    """What puts all tables back to what they are now."""
    items = {name: copy.deepcopy(table.items) for name, table in _tables().items()}

    def restore() -> None:
        for name, table in _tables().items():
            table.items = copy.deepcopy(items[name])

    return restore
