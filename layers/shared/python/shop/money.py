"""Money: DECIMAL(10,2), exact, a string such as "19.99" in JSON and a number in DynamoDB."""

import re
from decimal import Decimal
from typing import Annotated, Any

from pydantic import BeforeValidator, PlainSerializer, WithJsonSchema
from pydantic_core import PydanticCustomError

CENT = Decimal("0.01")
MAXIMUM = Decimal("99999999.99")  # DECIMAL(10,2)

# Digits and a point only: Decimal itself would take "1e3", " 5", "1_000" and "NaN".
_PLAIN = r"[0-9]{1,8}(\.[0-9]{1,2})?"
_JSON_TEXT = {"type": "string", "pattern": r"^\d{1,8}\.\d{2}$", "examples": ["19.99"]}
_JSON_INPUT: dict[str, Any] = {
    "anyOf": [
        {"type": "string", "pattern": f"^{_PLAIN}$"},
        {"type": "number", "minimum": 0, "maximum": float(MAXIMUM), "multipleOf": 0.01},
    ],
    "examples": ["19.99"],
}


def exact(value: object) -> Decimal:
    """``value`` as an amount of money: zero or more, at most two decimals; never rounded.

    Takes a Decimal, an integer or a string in plain notation. Raises PydanticCustomError, which
    pydantic reports as an error of the field.
    """
    amount = _decimal(value)
    if not amount.is_finite():
        raise PydanticCustomError("money", "an amount is a number such as 19.99")
    if not 0 <= amount <= MAXIMUM:
        raise PydanticCustomError("money", "an amount is between 0.00 and 99999999.99")
    cents = amount.quantize(CENT)
    if cents != amount:
        raise PydanticCustomError("money", "an amount has at most two decimals")
    return abs(cents)  # there is no -0.00


def _decimal(value: object) -> Decimal:
    if isinstance(value, Decimal):
        return value
    if isinstance(value, int) and not isinstance(value, bool):
        return Decimal(value)
    if isinstance(value, str) and re.fullmatch(_PLAIN, value):
        return Decimal(value)
    if isinstance(value, str) and re.fullmatch(r"-?[0-9]+\.?[0-9]*", value):
        exact(Decimal(value))  # says what is wrong with this number, if it is more than its form
    raise PydanticCustomError("money", "an amount is written like 19.99: two decimals at most")


def to_text(amount: Decimal) -> str:
    """``"19.90"``: always two decimals, never an exponent."""
    return f"{amount:.2f}"


def to_cents(amount: Decimal) -> int:
    return int(amount.scaleb(2))


Money = Annotated[
    Decimal,
    BeforeValidator(exact),
    PlainSerializer(to_text, return_type=str),
    WithJsonSchema(_JSON_INPUT, mode="validation"),
    WithJsonSchema(_JSON_TEXT, mode="serialization"),
]
