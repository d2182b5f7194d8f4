"""GET /addresses: each address once and in order, whatever happens between its pages."""

from __future__ import annotations

from itertools import batched
from typing import TYPE_CHECKING, Any

import pytest

from addresses.handler import api
from addresses.repository import book_key
from shop import cursor as cursors
from shop.contracts.addresses import address_key
from tests.addresses.world import ADDRESS, Customer

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext

    from tests.addresses.world import Store
    from tests.shop.wire import Wire

INVALID_CURSOR = (400, "invalid-cursor")
MORNING, NOON, EVENING = (f"2026-11-22T{hour}:00:00.000Z" for hour in ("08", "12", "20"))
# Ids in another order than times, and ties of times.
TIMES = {"7": NOON, "1": NOON, "f": MORNING, "a": EVENING, "3": NOON, "0": EVENING, "9": MORNING}
NEWEST_FIRST = [each * 32 for each in "a0731f9"]


@pytest.fixture
def listed(customer: Customer, store: Store) -> list[str]:
    """The ids of a customer's addresses, as a list should have them."""
    for letter, time in TIMES.items():
        key = address_key(customer.user_id, letter * 32)
        store.put({**key, **ADDRESS, "createdAt": time, "updatedAt": EVENING})
    store.put({**book_key(customer.user_id), "count": len(TIMES), "defaultId": "3" * 32})
    return NEWEST_FIRST


def ids(addresses: list[dict[str, Any]]) -> list[str]:
    return [each["id"] for each in addresses]


def test_no_addresses_are_an_empty_page(customer: Customer) -> None:
    answer = customer.page()
    assert answer.status == 200
    assert answer.headers["Content-Type"] == "application/json"
    assert answer.body == {"items": [], "nextCursor": None}


def test_a_list_shows_addresses_whole(customer: Customer, listed: list[str]) -> None:
    addresses = customer.everything()
    assert [customer.get(each["id"]).body for each in addresses] == addresses
    assert [each["id"] for each in addresses if each["isDefault"]] == ["3" * 32]


def test_a_list_has_the_callers_addresses_only(
    customer: Customer, other: Customer, listed: list[str]
) -> None:
    theirs = other.created()
    assert ids(customer.everything()) == listed
    assert other.everything() == [theirs]


@pytest.mark.parametrize("limit", [1, 2, 3, 6, 7, 8, 100])
def test_a_walk_meets_every_address_once_and_newest_first(
    customer: Customer, listed: list[str], limit: int
) -> None:
    pages = [ids(page) for page in customer.pages(limit=limit)]
    assert pages == [list(page) for page in batched(listed, limit, strict=False)]


def test_twenty_to_a_page_unless_asked_otherwise(customer: Customer, store: Store) -> None:
    store.fill(customer.user_id, [f"{number:032x}" for number in range(41)], None)
    assert [len(page) for page in customer.pages()] == [20, 20, 1]
    assert [len(page) for page in customer.pages(limit=100)] == [41]
    schema = api.get_openapi_schema().model_dump(by_alias=True, exclude_none=True)
    parameters = {each["name"]: each for each in schema["paths"]["/addresses"]["get"]["parameters"]}
    limit = parameters["limit"]["schema"]
    assert (limit["minimum"], limit["maximum"], limit["default"]) == (1, 100, 20)


@pytest.mark.parametrize("removed", [0, 1, 2, 3])
def test_the_rest_of_a_walk_is_what_now_lies_behind_its_cursor(
    customer: Customer, listed: list[str], removed: int
) -> None:
    pages = customer.pages(limit=2)
    assert ids(next(pages)) == listed[:2]
    customer.delete(listed[removed])
    customer.created()  # the newest of all
    customer.change(listed[4], {"isDefault": True, "city": "Cork"})
    rest = [address for page in pages for address in page]
    assert ids(rest) == [each for each in listed[2:] if each != listed[removed]]
    assert [each["id"] for each in rest if each["isDefault"]] == [listed[4]]


def test_a_cursor_of_another_user_is_400(
    customer: Customer, other: Customer, listed: list[str]
) -> None:
    cursor = customer.page(limit=1).body["nextCursor"]
    for _ in range(2):
        other.created()
    assert other.page(cursor=cursor).problem == INVALID_CURSOR
    assert customer.page(cursor=other.page(limit=1).body["nextCursor"]).problem == INVALID_CURSOR
    assert customer.page(cursor=cursor).status == 200


def test_a_cursor_of_another_list_is_400(customer: Customer, listed: list[str]) -> None:
    for scope in (("addresses",), ("orders", customer.user_id), ("addresses", None)):
        cursor = cursors.encode(f"{NOON}#{listed[0]}", scope)
        assert customer.page(cursor=cursor).problem == INVALID_CURSOR


@pytest.mark.parametrize(
    "cursor", ["", "x", "====", "a,b", "\u00fc", "%00", "A" * 10_000, "null", " "],
    ids=lambda cursor: ascii(cursor)[:20],
)  # fmt: skip
def test_a_made_up_cursor_is_400(nobody_home: Customer, untouched: Wire, cursor: str) -> None:
    assert nobody_home.page(cursor=cursor).problem == INVALID_CURSOR
    assert untouched.requests == []


@pytest.mark.parametrize("limit", ["0", "101", "-1", "x", "1.5", "", " 5", "+5", "9" * 5000])
def test_a_limit_that_makes_no_sense_is_422(
    nobody_home: Customer, untouched: Wire, limit: str
) -> None:
    assert nobody_home.page(limit=limit).problem_fields[0][:2] == ["query", "limit"]
    assert untouched.requests == []


def test_a_cursor_forged_with_our_own_code_starts_the_callers_own_list_elsewhere(
    other: Customer, customer: Customer, listed: list[str], context: LambdaContext
) -> None:
    other.created()
    forged = cursors.encode("~", ("addresses", customer.user_id))
    assert ids(customer.page(cursor=forged).body["items"]) == listed
