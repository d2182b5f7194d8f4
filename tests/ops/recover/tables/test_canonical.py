"""Equal items have one spelling, and others another."""

from __future__ import annotations

import json
from decimal import Context, Decimal
from typing import Any

import pytest
from boto3.dynamodb.types import TypeDeserializer
from hypothesis import given
from hypothesis import strategies as st

from ops.recover.tables.canonical import canonical, digest, from_canonical, item_key

ITEM = {
    "pk": {"S": 'é\n"\t'},
    "n": {"N": "001.500E+2"},
    "set": {"NS": ["2", "10", "1.0"]},
    "bin": {"B": b"\x00\xff"},
    "bins": {"BS": [b"b", b"a"]},
    "words": {"SS": ["b", "a"]},
    "map": {"M": {"z": {"BOOL": True}, "a": {"NULL": True}}},
    "list": {"L": [{"N": "-0.0"}, {"S": ""}]},
}
SPELLED = (
    '{"bin":{"B":"AP8="},"bins":{"BS":["YQ==","Yg=="]},"list":{"L":[{"N":"0"},{"S":""}]},'
    '"map":{"M":{"a":{"NULL":true},"z":{"BOOL":true}}},"n":{"N":"150"},'
    '"pk":{"S":"é\\n\\"\\t"},"set":{"NS":["1","10","2"]},"words":{"SS":["a","b"]}}'
)


def test_the_spelling_is_as_documented() -> None:
    assert canonical(ITEM).decode() == SPELLED


def test_the_digest_is_the_sha256_of_it() -> None:
    assert digest({}).hex() == "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"


def test_the_key_is_part_of_it() -> None:
    assert item_key(ITEM, ["pk", "n"]) == {"pk": ITEM["pk"], "n": ITEM["n"]}


EXACT = Context(prec=38)  # as DynamoDB has them
digits = st.integers(-(10**38) + 1, 10**38 - 1)
numbers = st.builds(lambda of, at: Decimal(of).scaleb(at, EXACT), digits, st.integers(-100, 40))
spelt_numbers = numbers.map(lambda number: {"N": str(number)})
values: st.SearchStrategy[Any] = st.recursive(
    st.one_of(
        spelt_numbers,
        st.text().map(lambda text: {"S": text}),
        st.booleans().map(lambda it: {"BOOL": it}),
        st.just({"NULL": True}),
        st.binary().map(lambda it: {"B": it}),
        st.sets(st.text(min_size=1), min_size=1).map(lambda it: {"SS": list(it)}),
        st.sets(st.binary(min_size=1), min_size=1).map(lambda it: {"BS": list(it)}),
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map(lambda it: {"L": it}),
        st.dictionaries(st.text(), inner, max_size=3).map(lambda it: {"M": it}),
    ),
    max_leaves=6,
)
items = st.dictionaries(st.text(min_size=1), values, max_size=4)


def meaning(item: Any) -> Any:
    """As Python values, which compare as DynamoDB does; but a number is no truth value."""
    read = TypeDeserializer().deserialize
    return {name: (next(iter(value)), repr_of(read(value))) for name, value in item.items()}


def repr_of(value: Any) -> Any:
    if isinstance(value, dict):
        return ("M", {name: repr_of(each) for name, each in value.items()})
    if isinstance(value, list):
        return ("L", [repr_of(each) for each in value])
    return (type(value).__name__, value)


@given(items, items)
def test_two_items_are_spelt_alike_if_and_only_if_they_are_equal(one: Any, other: Any) -> None:
    assert (canonical(one) == canonical(other)) is (meaning(one) == meaning(other))


@given(items)
def test_it_can_be_read_back(item: Any) -> None:
    assert meaning(from_canonical(canonical(item))) == meaning(item)
    assert canonical(from_canonical(canonical(item))) == canonical(item)


@given(numbers)
def test_a_number_is_plain_and_exact(number: Decimal) -> None:
    spelt = json.loads(canonical({"n": {"N": str(number)}}))["n"]["N"]
    assert Decimal(spelt) == number
    assert ("E" in spelt) is (sum(map(str.isdigit, format(number.normalize(EXACT), "f"))) > 38)


@pytest.mark.parametrize(
    ("number", "spelt"),
    [
        ("9" + "0" * 37, "9" + "0" * 37),
        ("-9" + "0" * 38, "-9E38"),
        ("1E-37", "0." + "0" * 36 + "1"),
        ("12E-40", "12E-40"),
        ("-0.00", "0"),
    ],
)
def test_a_number_that_would_be_long_has_an_exponent(number: str, spelt: str) -> None:
    assert canonical({"n": {"N": number}}) == f'{{"n":{{"N":"{spelt}"}}}}'.encode()


@pytest.mark.parametrize("spelling", ["1", "1.0", "1E0", "0.1e1", "001", "10E-1"])
def test_equal_numbers_are_spelt_alike(spelling: str) -> None:
    assert canonical({"n": {"N": spelling}}) == b'{"n":{"N":"1"}}'


def test_38_digits_stay() -> None:
    long = "12345678901234567890123456789012345678"
    assert long.encode() in canonical({"n": {"N": long}})
