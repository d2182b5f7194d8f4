"""GET /orders: whose orders, which, and in what order."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any

import pytest

from orders.handler import api
from orders.repository import BY_STATUS, BY_USER, BY_USER_AND_STATUS
from shop import cursor as cursors
from shop import dynamo
from shop.identity import Role
from shop.ids import new_id
from tests.orders.shelf import Shelf
from tests.orders.world import Client
from tests.shop.wire import Wire

if TYPE_CHECKING:
    from collections.abc import Callable

    from aws_lambda_powertools.utilities.typing import LambdaContext

    from tests.orders.world import Customer, Shop

INVALID_CURSOR, FORBIDDEN = (400, "invalid-cursor"), (403, "forbidden")
QUERY, READ = "Query", "BatchGetItem"


@pytest.fixture
def shelf(shop: Shop) -> Shelf:
    return Shelf(shop.client)


@pytest.fixture
def listed(shelf: Shelf, customer: Customer, other: Customer) -> dict[str, list[str]]:
    """Orders of two users, some from one moment: their ids, newest first, by whose they are."""
    statuses = itertools.cycle(["PENDING", "PAID", "CANCELLED"])
    minutes = [0, 0, 0, 1, 1, 2, 3, 3, 3, 3, 4]
    for minute, status, owner in zip(
        minutes, statuses, itertools.cycle([customer, other, customer]), strict=False
    ):
        shelf.add(owner.user_id, status=status, order_date=f"2026-11-22T12:0{minute}:00.000Z")
    return {
        "own": shelf.newest(user=customer.user_id),
        "other": shelf.newest(user=other.user_id),
    }


def ids(orders: list[dict[str, Any]]) -> list[str]:
    return [each["id"] for each in orders]


def test_no_orders_are_an_empty_page(customer: Customer, calls: list[str]) -> None:
    answer = customer.page()
    assert (answer.status, answer.headers["Content-Type"]) == (200, "application/json")
    assert answer.body == {"items": [], "nextCursor": None}
    assert calls == [QUERY]


def test_a_list_shows_orders_whole_the_newest_first(
    shop: Shop, customer: Customer, set_clock: Callable[[str], None], calls: list[str]
) -> None:
    mug = shop.add_product()
    placed = []
    for minute in (1, 0, 2):
        set_clock(f"2026-11-22T12:0{minute}:00.000Z")
        placed.append(customer.bought({mug: 1}))
    calls.clear()
    assert customer.page().body["items"] == [placed[2], placed[0], placed[1]]
    assert calls == [QUERY, READ]


def test_everyone_sees_their_own(
    customer: Customer, other: Customer, admin: Client, listed: dict[str, list[str]]
) -> None:
    assert ids(customer.everything()) == listed["own"]
    assert ids(other.everything()) == listed["other"]
    assert admin.everything() == []
    for client in (customer, other):
        for order in client.everything():
            assert order["userId"] == client.user_id


@pytest.mark.parametrize("limit", [1, 2, 3, 4, 8, 9, 100])
def test_a_walk_meets_every_order_once_also_those_of_one_moment(
    customer: Customer, admin: Client, listed: dict[str, list[str]], shelf: Shelf, limit: int
) -> None:
    assert ids(customer.everything(limit=limit)) == listed["own"]
    paid = shelf.newest(status="PAID")
    assert ids(admin.everything(status="PAID", limit=limit)) == paid
    assert len(paid) == 4


def test_pages_are_as_long_as_was_asked(customer: Customer, listed: dict[str, list[str]]) -> None:
    first = customer.page(limit=3).body
    second = customer.page(limit=3, cursor=first["nextCursor"]).body
    third = customer.page(limit=3, cursor=second["nextCursor"]).body
    assert [len(each["items"]) for each in (first, second, third)] == [3, 3, 1]
    assert third["nextCursor"] is None


def test_twenty_to_a_page_unless_asked_otherwise(customer: Customer, shelf: Shelf) -> None:
    for _ in range(21):
        shelf.add(customer.user_id)
    assert len(customer.page().body["items"]) == 20
    schema = api.get_openapi_schema().model_dump(by_alias=True, exclude_none=True)
    parameters = {each["name"]: each for each in schema["paths"]["/orders"]["get"]["parameters"]}
    limit = parameters["limit"]["schema"]
    assert (limit["minimum"], limit["maximum"], limit["default"]) == (1, 100, 20)


@pytest.mark.parametrize("status", ["PENDING", "PAID", "SHIPPED", "DELIVERED", "CANCELLED"])
def test_a_status_narrows_ones_own_list(
    customer: Customer, listed: dict[str, list[str]], shelf: Shelf, status: str
) -> None:
    found = customer.everything(status=status, limit=2)
    assert ids(found) == shelf.newest(user=customer.user_id, status=status)
    assert {each["status"] for each in found} <= {status}
    assert bool(found) == (status in ("PENDING", "CANCELLED"))


def test_an_administrator_asks_by_user_by_status_and_by_both(
    admin: Client,
    customer: Customer,
    other: Customer,
    listed: dict[str, list[str]],
    shelf: Shelf,
    asked: list[dict[str, Any]],
) -> None:
    user_id = other.user_id
    assert ids(admin.everything(userId=user_id)) == listed["other"]
    assert ids(admin.everything(status="PAID")) == shelf.newest(status="PAID")
    assert ids(admin.everything(userId=user_id, status="PAID")) == listed["other"]
    assert admin.everything(userId=user_id, status="PENDING") == []
    assert ids(admin.everything(status="CANCELLED", userId=customer.user_id)) == shelf.newest(
        user=customer.user_id, status="CANCELLED"
    )
    indexes = [each["IndexName"] for each in asked if "IndexName" in each]
    assert indexes == [BY_USER, BY_STATUS, *[BY_USER_AND_STATUS] * 3]


def test_an_administrator_without_filters_sees_their_own(
    shop: Shop, shelf: Shelf, context: LambdaContext, listed: dict[str, list[str]]
) -> None:
    boss = Client(context, shop.add_user(), Role.ADMIN)
    own = [shelf.add(boss.user_id, status="PAID")]
    assert ids(boss.everything()) == own
    assert ids(boss.everything(userId=boss.user_id)) == own
    assert len(boss.everything(status="PAID")) == 5, "of everyone"


def test_a_customer_asks_by_no_user_not_even_their_own(
    customer: Customer, other: Customer, calls: list[str]
) -> None:
    for user_id in (customer.user_id, other.user_id, new_id(), "x"):
        for query in ({}, {"status": "PAID"}, {"cursor": "x"}):
            assert customer.page(userId=user_id, **query).problem == FORBIDDEN
    assert calls == []


@pytest.mark.parametrize("user_id", ["x", "A" * 32, "\u6771" * 255, "a,b", "#", "0" * 32 + "#PAID"])
def test_a_user_who_cannot_be_has_no_orders(admin: Client, calls: list[str], user_id: str) -> None:
    for query in ({}, {"status": "PAID"}):
        answer = admin.page(userId=user_id, **query)
        assert (answer.status, answer.body) == (200, {"items": [], "nextCursor": None})
    assert calls == []


# --- cursors --------------------------------------------------------------------------------------
def test_a_cursor_is_good_for_its_list_only(
    admin: Client, customer: Customer, other: Customer, listed: dict[str, list[str]]
) -> None:
    one, two = customer.user_id, other.user_id
    lists: dict[str, tuple[Client, dict[str, Any]]] = {
        "own": (customer, {}),
        "own pending": (customer, {"status": "PENDING"}),
        "own cancelled": (customer, {"status": "CANCELLED"}),
        "other": (other, {}),
        "other paid": (other, {"status": "PAID"}),
        "all pending": (admin, {"status": "PENDING"}),
        "all paid": (admin, {"status": "PAID"}),
    }
    same = {("own", "admin one"), ("other", "admin two"), ("own pending", "admin one pending")}
    lists |= {
        "admin one": (admin, {"userId": one}),
        "admin two": (admin, {"userId": two}),
        "admin one pending": (admin, {"userId": one, "status": "PENDING"}),
    }
    given = {
        name: client.page(limit=1, **query).body["nextCursor"]
        for name, (client, query) in lists.items()
    }
    assert all(given.values())
    for (source, cursor), (target, (client, query)) in itertools.product(
        given.items(), lists.items()
    ):
        answer = client.page(limit=1, cursor=cursor, **query)
        if source == target or {(source, target), (target, source)} & same:
            assert answer.status == 200  # it is the same list, whoever reads it
        else:
            assert answer.problem == INVALID_CURSOR, (source, target)


def test_a_cursor_of_another_kind_of_list_is_400(customer: Customer) -> None:
    for scope in (("addresses", customer.user_id), ("orders", None, None), ("orders", "x", None)):
        cursor = cursors.encode(f"2026-11-22T12:00:00.000Z#{new_id()}", scope)
        assert customer.page(cursor=cursor).problem == INVALID_CURSOR


@pytest.mark.parametrize(
    ("query", "problem"),
    [
        ({"cursor": ""}, INVALID_CURSOR),
        ({"cursor": "x"}, INVALID_CURSOR),
        ({"cursor": "\u00fc"}, INVALID_CURSOR),
        ({"cursor": "A" * 10_000}, INVALID_CURSOR),
        *(({"limit": each}, (422, "validation-failed")) for each in ("0", "101", "-1", "x", "1.0")),
        *(({"status": each}, (422, "validation-failed")) for each in ("", "paid", "PAID,PENDING")),
        ({"userId": ""}, (422, "validation-failed")),
        ({"userId": "x" * 256}, (422, "validation-failed")),
    ],
    ids=lambda each: ascii(each)[:40],
)
def test_a_query_that_makes_no_sense_is_refused(
    context: LambdaContext, query: dict[str, str], problem: tuple[int, str]
) -> None:
    wire = Wire(dynamo.client(), AssertionError("no call was wanted"))
    assert Client(context, new_id(), Role.ADMIN).page(**query).problem == problem
    assert wire.requests == []
