"""What an address may be."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from addresses.models import Address, AddressChanges, NewAddress
from tests.addresses.world import ADDRESS

GOOD: list[dict[str, Any]] = [
    {},
    *({name: "x" * 255} for name in ("street", "city", "country", "state")),
    *({name: "x"} for name in ("street", "city", "country", "state", "zipCode")),
    *({name: "\u6771\u4eac \u0416 \U0001f600"} for name in ("street", "city", "country", "state")),
    {"street": " padded "},
    {"street": "<b>'\";--&%#/\\"},
    {"zipCode": "x" * 20},
    {"zipCode": "\u6771" * 20},
    {"zipCode": None},
    {"state": None},
    {"isDefault": True},
    {"isDefault": False},
]
NO_TEXTS: list[object] = [
    "", " ", "\t", "   ", "a\nb", "a\n", "\x00", "a\x00", "\x7f", "\x85", "x" * 256, "\ud800",
    7, True, ["x"], {"x": "y"},
]  # fmt: skip
NO_ZIP_CODES: list[object] = ["", " ", "x" * 21, "1\n", 12345, 1.5, ["1"]]
NO_BOOLEANS: list[object] = [None, "true", "false", 0, 1, "", []]
BAD: list[dict[str, Any]] = [
    *({name: text} for name in ("street", "city", "country", "state") for text in NO_TEXTS),
    *({name: None} for name in ("street", "city", "country")),
    *({"zipCode": text} for text in NO_ZIP_CODES),
    *({"isDefault": each} for each in NO_BOOLEANS),
    *({name: "x"} for name in ("id", "userId", "createdAt", "updatedAt", "colour", "zip_code")),
    {"is_default": True},
]


@pytest.mark.parametrize("fields", GOOD, ids=lambda fields: ascii(fields)[:40])
def test_a_good_address_is_taken_as_it_is(fields: dict[str, Any]) -> None:
    address = NewAddress.model_validate(ADDRESS | fields)
    wanted = {"state": None, "zipCode": None, "isDefault": False} | ADDRESS | fields
    assert address.model_dump(by_alias=True) == wanted
    changes = AddressChanges.model_validate(fields)
    assert changes.model_dump(by_alias=True, exclude_unset=True) == fields


@pytest.mark.parametrize("fields", BAD, ids=lambda fields: ascii(fields)[:40])
def test_a_field_out_of_bounds_is_refused_by_name(fields: dict[str, Any]) -> None:
    with pytest.raises(ValidationError) as new:
        NewAddress.model_validate(ADDRESS | fields)
    with pytest.raises(ValidationError) as changed:
        AddressChanges.model_validate(fields)
    for caught in (new, changed):
        assert [error["loc"] for error in caught.value.errors()] == [tuple(fields)]


@pytest.mark.parametrize("field", ADDRESS)
def test_street_city_and_country_are_required(field: str) -> None:
    with pytest.raises(ValidationError) as caught:
        NewAddress.model_validate({name: ADDRESS[name] for name in ADDRESS if name != field})
    assert [(error["loc"], error["type"]) for error in caught.value.errors()] == [
        ((field,), "missing")
    ]


def test_only_requests_are_held_to_limits() -> None:
    """Tightening one must not make an address unreadable that is there already."""
    address = Address(
        id="x", user_id="x", street="", city="\n", state="", zip_code="x" * 99, country="x" * 999,
        is_default=False, created_at="x", updated_at="x",
    )  # fmt: skip
    assert address.zip_code == "x" * 99
