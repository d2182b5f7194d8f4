"""The size of an item as DynamoDB counts it ("DynamoDB item sizes and formats" in its guide)."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from shop.dynamo import Item


def item_size(item: Item) -> int:
    """Bytes of the names and the values of all attributes; None is no attribute."""
    return sum(
        len(name.encode()) + _value_size(value) for name, value in item.items() if value is not None
    )


def _value_size(value: object) -> int:
    match value:
        case str():
            return len(value.encode())
        case bool():
            return 1
        case int() | Decimal():
            return _number_size(Decimal(value))
    raise TypeError(type(value).__name__)


def _number_size(number: Decimal) -> int:
    """A byte for two significant digits, one more, and one for a minus sign."""
    digits = "".join(map(str, number.as_tuple().digits)).strip("0")
    return (len(digits) + 1) // 2 + 1 + (number < 0)
