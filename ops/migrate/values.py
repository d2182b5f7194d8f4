"""Values as DynamoDB has them, and not as Python compares them, to which 1 and True are equal."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from boto3.dynamodb.types import TypeDeserializer, TypeSerializer

_serialize = TypeSerializer().serialize
_deserialize = TypeDeserializer().deserialize


def form(value: Any) -> tuple[str, Any]:
    """The type and content of ``value``: two are equal if and only if they are stored alike.

    Raises TypeError, ValueError or an error of decimal for what cannot be stored.
    """
    return _form(_serialize(value))


def stored(value: Any) -> Any:
    """``value`` as it is read back. Raises as ``form`` does."""
    return _deserialize(_serialize(value))


def _form(wire: Any) -> tuple[str, Any]:
    ((kind, value),) = wire.items()
    match kind:
        case "M":
            return kind, {name: _form(each) for name, each in value.items()}
        case "L":
            return kind, [_form(each) for each in value]
        case "SS" | "NS" | "BS":
            if not value:
                raise ValueError("an empty set cannot be stored")
            return kind, frozenset(_plain(kind[0], each) for each in value)
    return kind, _plain(kind, value)


def _plain(kind: str, value: Any) -> Any:
    """A number is the same with other zeros behind it; a text is one that UTF-8 can tell."""
    match kind:
        case "N":
            return Decimal(value)
        case "S":
            return value.encode()
        case "B":
            return bytes(value)
    return value
