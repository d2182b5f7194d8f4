"""Money stays exact from JSON to Decimal and back, and odd spellings are refused."""

import json
import re
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from shop.http import parse_json
from shop.models import ApiModel
from shop.money import MAXIMUM, Money, to_cents, to_text


class Priced(ApiModel):
    price: Money


amounts = st.decimals(min_value=0, max_value=MAXIMUM, places=2)
near_amounts = st.decimals(min_value=-1, max_value=MAXIMUM + 1, places=3)
any_decimals = amounts | near_amounts | st.decimals(allow_nan=True, allow_infinity=True)


def read(literal: str) -> Decimal:
    """The price in a JSON body that has ``literal`` in its place."""
    return Priced.model_validate(parse_json(f'{{"price": {literal}}}')).price


@pytest.mark.parametrize(
    ("literal", "amount"),
    [
        ('"19.99"', "19.99"),
        ('"19.9"', "19.90"),
        ('"19"', "19.00"),
        ('"0"', "0.00"),
        ('"0.01"', "0.01"),
        ('"99999999.99"', "99999999.99"),
        ("19.99", "19.99"),
        ("19", "19.00"),
        ("1.10", "1.10"),
        ("0.10000", "0.10"),
        ("1e3", "1000.00"),
        ("-0", "0.00"),
        ("-0.0", "0.00"),
        ("99999999.99", "99999999.99"),
    ],
)
def test_an_amount_is_read_exactly(literal: str, amount: str) -> None:
    assert str(read(literal)) == amount


@pytest.mark.parametrize(
    "literal",
    [
        # text that is not plain digits and a point
        '""',
        '"-"',
        '"."',
        '"1."',
        '".5"',
        '"1.2.3"',
        '"+1"',
        '"-0"',
        '"-0.01"',
        '"1e3"',
        '"1_000"',
        '"1,000"',
        '" 5"',
        '"5 "',
        '"5\\n"',
        '"0x10"',
        '"NaN"',
        '"Infinity"',
        '"\u0663"',
        '"\uff15"',
        '"\\ud800"',
        '"19.999"',
        '"1.000"',
        '"100000000"',
        # numbers that do not fit DECIMAL(10,2)
        "-1",
        "-0.01",
        "0.001",
        "19.999",
        "1e-400",
        "1e400",
        "99999999.991",
        "100000000",
        "9" * 4000,
        # no number at all
        "true",
        "false",
        "null",
        "[]",
        '["19.99"]',
        "{}",
    ],
)
def test_what_is_not_an_amount_is_refused(literal: str) -> None:
    with pytest.raises(ValidationError):
        read(literal)


@pytest.mark.parametrize(
    "value",
    [19.99, 20.0, float("nan"), float("inf"), True, None, b"19.99", 1j, Decimal("sNaN")],
    ids=repr,
)
def test_a_python_value_that_may_be_inexact_or_no_number_is_refused(value: object) -> None:
    with pytest.raises(ValidationError):
        Priced.model_validate({"price": value})


@given(amounts)
def test_an_amount_survives_json_out_and_in(amount: Decimal) -> None:
    text = Priced(price=amount).model_dump_json()
    assert re.fullmatch(r'\{"price":"[0-9]{1,8}\.[0-9]{2}"\}', text)
    assert Priced.model_validate(parse_json(text)).price == amount


@given(amounts)
def test_an_amount_as_a_json_number_is_the_same_amount(amount: Decimal) -> None:
    assert read(str(amount)) == amount


@given(any_decimals)
def test_an_amount_is_never_rounded(value: Decimal) -> None:
    try:
        amount = Priced(price=value).price
    except ValidationError:
        return
    assert amount == value
    assert amount.as_tuple().exponent == -2
    assert not amount.is_signed()


@given(any_decimals)
def test_every_decimal_with_at_most_two_places_and_in_range_is_taken(value: Decimal) -> None:
    in_range = value.is_finite() and 0 <= value <= MAXIMUM
    if in_range and (Fraction(value) * 100).is_integer():
        assert Priced(price=value).price == value


@given(st.text(alphabet="0123456789.-+eE_ ", max_size=12))
def test_text_is_taken_exactly_when_the_published_pattern_matches(text: str) -> None:
    pattern = Priced.model_json_schema()["properties"]["price"]["anyOf"][0]["pattern"]
    try:
        taken = read(json.dumps(text)) == Decimal(text)
    except ValidationError:
        taken = False
    assert taken == bool(re.search(pattern, text))


@given(amounts)
def test_cents_are_the_amount_times_a_hundred(amount: Decimal) -> None:
    assert to_cents(amount) == amount * 100


@pytest.mark.parametrize(
    ("amount", "text"), [("0", "0.00"), ("1E+3", "1000.00"), ("19.9", "19.90")]
)
def test_text_has_two_decimals_and_no_exponent(amount: str, text: str) -> None:
    assert to_text(Decimal(amount)) == text


def test_the_schema_of_input_allows_text_and_numbers() -> None:
    price = Priced.model_json_schema(mode="validation")["properties"]["price"]
    assert [each["type"] for each in price["anyOf"]] == ["string", "number"]
    number = price["anyOf"][1]
    assert (number["minimum"], number["maximum"]) == (0, 99999999.99)


def test_the_schema_of_output_is_text_with_two_decimals() -> None:
    price = Priced.model_json_schema(mode="serialization")["properties"]["price"]
    assert price["type"] == "string"
    assert re.search(price["pattern"], "19.90")
    assert not re.search(price["pattern"], "19.9")
