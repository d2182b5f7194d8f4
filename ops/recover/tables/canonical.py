"""One spelling for each item, so that equal items are equal bytes, and anyone can recompute a sum.

An item is the JSON of its attributes as DynamoDB's API types them: keys of all objects sorted, no
blanks, UTF-8 with nothing escaped that need not be. Numbers are plain decimals without needless
zeros, and zero is ``0``; those that would take more than 38 digits so are an integer that does not
end in 0, ``E`` and an exponent of ten. Binary values are base64. Members of sets are sorted: by
their UTF-8 bytes, numbers and binary values as they are spelt here.
"""

from __future__ import annotations

import base64
import hashlib
import json
from decimal import Context
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

type WireItem = Mapping[str, Any]
"""An item as the low-level client has it; binary values are bytes."""

_DIGITS = 38  # that DynamoDB has
_EXACT = Context(prec=2 * _DIGITS)


def canonical(item: WireItem) -> bytes:
    """The one spelling of ``item``."""
    spelled = {name: _value(value) for name, value in item.items()}
    return json.dumps(spelled, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def digest(item: WireItem) -> bytes:
    """SHA-256 of its one spelling."""
    return hashlib.sha256(canonical(item)).digest()


def item_key(item: WireItem, names: Sequence[str]) -> dict[str, Any]:
    """The attributes of its key."""
    return {name: item[name] for name in names}


def from_canonical(text: bytes | str) -> dict[str, Any]:
    """The item of this spelling, as the low-level client takes it."""
    return {name: _parsed(value) for name, value in json.loads(text).items()}


def _value(typed: Mapping[str, Any]) -> Any:  # noqa: PLR0911  (a line for each type)
    ((kind, value),) = typed.items()
    match kind:
        case "N":
            return {kind: _number(value)}
        case "NS":
            return {kind: sorted(map(_number, value))}
        case "B":
            return {kind: _base64(value)}
        case "BS":
            return {kind: sorted(map(_base64, value))}
        case "SS":
            return {kind: sorted(value)}
        case "L":
            return {kind: [_value(each) for each in value]}
        case "M":
            return {kind: {name: _value(each) for name, each in value.items()}}
        case _:
            return {kind: value}


def _number(text: str) -> str:
    number = _EXACT.normalize(_EXACT.create_decimal(text))
    if not number:
        return "0"
    plain = format(number, "f")
    if sum(map(str.isdigit, plain)) <= _DIGITS:
        return plain
    sign, digits, exponent = number.as_tuple()
    return f"{'-' if sign else ''}{''.join(map(str, digits))}E{exponent}"


def _base64(value: bytes) -> str:
    return base64.b64encode(value).decode()


def _parsed(typed: Mapping[str, Any]) -> Any:
    ((kind, value),) = typed.items()
    match kind:
        case "B":
            return {kind: base64.b64decode(value)}
        case "BS":
            return {kind: [base64.b64decode(each) for each in value]}
        case "L":
            return {kind: [_parsed(each) for each in value]}
        case "M":
            return {kind: {name: _parsed(each) for name, each in value.items()}}
        case _:
            return {kind: value}
