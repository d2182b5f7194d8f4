"""Lists while the world goes on, behind indexes that know of it late, and of what is too large."""

from __future__ import annotations

import itertools
import json
from typing import TYPE_CHECKING, Any

import pytest

from orders import moves, service
from orders.models import MAX_PRODUCTS, MAX_QUANTITY
from orders.states import OrderStatus
from products.models import LABEL_BYTES
from tests.orders.shelf import Shelf

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from orders.repository import OrderRepository
    from orders.writer import OrderWriter
    from tests.orders.world import Client, Customer, Shop

LAMBDA_ANSWER = 6 * 1024 * 1024  # bytes
LATER = "2026-11-22T13:00:00.000Z"


@pytest.fixture
def shelf(shop: Shop) -> Shelf:
    return Shelf(shop.client)


def ids(orders: list[dict[str, Any]]) -> list[str]:
    return [each["id"] for each in orders]


def pages(client: Client, **query: Any) -> Iterator[list[str]]:
    """The ids on each page, asked for when it is wanted."""
    cursor = None
    for _ in range(100):
        answer = client.page(cursor=cursor, **query)
        assert answer.status == 200, answer.body
        yield ids(answer.body["items"])
        cursor = answer.body["nextCursor"]
        if cursor is None:
            return
    raise AssertionError("the list does not end")


# --- while the world goes on ----------------------------------------------------------------------
@pytest.mark.parametrize("limit", [1, 2, 3])
def test_a_walk_loses_and_repeats_nothing_while_others_buy_and_orders_move(
    shop: Shop,
    customer: Customer,
    admin: Client,
    shelf: Shelf,
    set_clock: Callable[[str], None],
    limit: int,
) -> None:
    for _ in range(7):  # of one moment
        shelf.add(customer.user_id)
    expected = shelf.newest()
    mug = shop.add_product(stock=100)
    set_clock(LATER)
    met: list[str] = []
    for page in pages(customer, limit=limit):
        met += page
        customer.bought({mug: 1})  # the newest of all
        admin.move(page[0], "PAID")  # which has been met
        admin.move(expected[-1], "PAID")  # which may not have been
    assert met == expected


def test_an_order_that_moves_on_leaves_the_list_of_its_status(
    customer: Customer, admin: Client, shelf: Shelf
) -> None:
    for _ in range(6):
        shelf.add(customer.user_id)
    expected = shelf.newest()
    for client, query in ((customer, {}), (admin, {}), (admin, {"userId": customer.user_id})):
        walk = pages(client, status="PENDING", limit=2)
        assert next(walk) == expected[:2]
        admin.move(expected[3], "PAID")
        assert list(itertools.chain(*walk)) == [expected[2], *expected[4:]]
        assert ids(client.everything(status="PAID", **query)) == [expected[3]]
        shelf.set(expected[3], status="PENDING", userStatus=f"{customer.user_id}#PENDING")


@pytest.mark.parametrize("whose", ["own", "all"])
def test_an_order_that_moves_while_it_is_looked_up_is_in_no_list_of_a_status_it_has_left(
    repository: OrderRepository,
    writer: OrderWriter,
    shop: Shop,
    customer: Customer,
    admin: Client,
    shelf: Shelf,
    whose: str,
) -> None:
    for _ in range(3):
        shelf.add(customer.user_id)
    newest, middle, oldest = shelf.newest()
    waiting = [middle]

    def move(**_: object) -> None:
        while waiting:
            moves.move_order(repository, writer, waiting.pop(), OrderStatus.PAID)

    shop.client.meta.events.register("before-call.dynamodb.BatchGetItem", move)
    client = customer if whose == "own" else admin
    assert ids(client.page(status="PENDING").body["items"]) == [newest, oldest]
    assert not waiting


def test_an_index_that_lags_makes_a_page_shorter_and_never_wrong(
    customer: Customer, shelf: Shelf
) -> None:
    """The row has moved; where the index has it, it is pending still."""
    for _ in range(5):
        shelf.add(customer.user_id)
    expected = shelf.newest()
    for moved in (expected[0], expected[1], expected[4]):
        shelf.set(moved, status="PAID")
    walked = list(pages(customer, status="PENDING", limit=2))
    assert walked == [[], expected[2:4], []]


# --- what is too large ----------------------------------------------------------------------------
# A character that takes 4 bytes in the row takes 14 in the answer: JSON within JSON, in ASCII. One
# that takes 1 can take 4 there. A name has 255 characters and, with nothing beside it, 650 bytes.
ASTRAL, QUOTE = "\U0001f600", '"'
ASTRALS = (LABEL_BYTES - 255) // 3  # of 4 bytes each, and the rest of the 255 of one
NAME = ASTRAL * ASTRALS + QUOTE * (255 - ASTRALS)
ADDRESS = {
    "street": ASTRAL * 255,
    "city": ASTRAL * 255,
    "state": ASTRAL * 255,
    "country": ASTRAL * 255,
    "zipCode": ASTRAL * 20,
}


def dearest(number: int) -> dict[str, Any]:
    return {
        "id": f"{number:032x}",
        "productId": "f" * 32,
        "name": NAME,
        "quantity": MAX_QUANTITY,
        "price": "99999999.99",
    }


def sent(answer: Any) -> int:
    """Bytes of what Lambda is given: the body once more in JSON."""
    return len(json.dumps({"statusCode": 200, "body": json.dumps(answer)}).encode())


def test_the_name_here_is_the_longest_in_an_answer() -> None:
    def size(astral: int, wide: int, quotes: int) -> int:
        return 14 * astral + 7 * wide + 4 * quotes

    assert len(NAME) == 255
    assert len(NAME.encode()) <= LABEL_BYTES
    best = max(
        size(astral, wide, 255 - astral - wide)
        for astral in range(163)
        for wide in range(256 - astral)
        if 4 * astral + 2 * wide + (255 - astral - wide) <= LABEL_BYTES
    )
    assert sent(NAME) - sent("") == size(ASTRALS, 0, 255 - ASTRALS) >= best - 10


@pytest.mark.exhaustive
@pytest.mark.parametrize("more", [0, 1])
def test_the_largest_page_can_be_answered(customer: Customer, shelf: Shelf, more: int) -> None:
    """A hundred orders with as many items as a page can hold, or one more each."""
    orders, items = 100, service._MOST_ITEMS // 100 + more
    lines = [dearest(number) for number in range(items)]
    for _ in range(orders):
        shelf.add(customer.user_id, items=lines, shippingAddress=ADDRESS, totalAmount="99999999.99")
    walked = []
    cursor = None
    while True:
        body = customer.page(limit=100, cursor=cursor).body
        assert sent(body) < LAMBDA_ANSWER - 500_000, "for the headers, and years to come"
        walked.append(len(body["items"]))
        cursor = body["nextCursor"]
        if cursor is None:
            break
    first = min(orders, service._MOST_ITEMS // items)
    assert walked == [first, *([orders - first] if orders > first else [])]


def test_a_page_that_would_be_too_large_ends_earlier_and_the_next_one_goes_on(
    customer: Customer, shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "_MOST_ITEMS", 7)
    for count in (3, 3, 1, 7, 1, 5, 2, 1):
        shelf.add(customer.user_id, items=[dearest(number) for number in range(count)])
    met: list[str] = []
    for page in pages(customer, limit=5):
        assert 1 <= len(page) <= 5
        met += page
    assert met == shelf.newest()


def test_a_page_has_as_many_orders_as_it_can_hold(
    customer: Customer, shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "_MOST_ITEMS", 4)
    for _ in range(5):
        shelf.add(customer.user_id, items=[dearest(0), dearest(1)])
    assert [len(page) for page in pages(customer)] == [2, 2, 1]
    assert [len(page) for page in pages(customer, limit=2)] == [2, 2, 1]
    assert [len(page) for page in pages(customer, limit=1)] == [1] * 5


def test_a_page_holds_one_order_at_least() -> None:
    assert service._MOST_ITEMS >= MAX_PRODUCTS
