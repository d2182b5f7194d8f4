"""The size of an item as DynamoDB counts it.

docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from shop.dynamo import to_wire

if TYPE_CHECKING:
    from collections.abc import Mapping

    from shop.dynamo import Item


def item_size(item: Item) -> int:
    """Bytes of the names and the values of all attributes; None is no attribute."""
    return wire_size(to_wire(item))


def wire_size(item: Mapping[str, Any]) -> int:
    """The same for an item in DynamoDB's typed form."""
    return sum(len(name.encode()) + _value_size(value) for name, value in item.items())


def _value_size(typed: Mapping[str, Any]) -> int:
    ((kind, value),) = typed.items()
    match kind:
        case "S":
            return len(value.encode())
        case "BOOL":
            return 1
        case "N":
            return _number_size(value)
        case "L":
            return 3 + sum(1 + _value_size(each) for each in value)
        case "M":
            return 3 + len(value) + wire_size(value)
    raise TypeError(kind)


def _number_size(text: str) -> int:
    """A byte for two digits, counted from the point, one more, and one for a minus sign.

    The document says "approximately"; zeros before and after the number do not count.
    """
    whole, _, fraction = text.removeprefix("-").partition(".")
    whole = whole.zfill(len(whole) + len(whole) % 2)
    fraction = fraction.ljust(len(fraction) + len(fraction) % 2, "0")
    digits = whole + fraction
    pairs = [digits[place : place + 2] for place in range(0, len(digits), 2)]
    return len("".join(_stripped(pairs))) // 2 + 1 + text.startswith("-")


def _stripped(pairs: list[str]) -> list[str]:
    """``pairs`` without those of zeros before and after the others."""
    telling = [place for place, pair in enumerate(pairs) if pair != "00"]
    return pairs[telling[0] : telling[-1] + 1] if telling else []
