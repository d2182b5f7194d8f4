"""Answers of DynamoDB that get lost: what was done is known to be done, and what was not is not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ReadTimeoutError

if TYPE_CHECKING:
    from tests.orders.world import Client, Customer, Shop

UNHEARD, UNDONE = "after-call", "before-call"


def lose(shop: Shop, when: str) -> None:
    """Let each transaction from here on end without an answer, done or not."""

    def lost(**_: Any) -> None:
        raise ReadTimeoutError(endpoint_url="https://dynamodb.test/")

    shop.client.meta.events.register(f"{when}.dynamodb.TransactWriteItems", lost)


@pytest.mark.parametrize(("when", "status"), [(UNHEARD, 200), (UNDONE, 503)])
def test_a_move_without_an_answer_is_looked_for(
    shop: Shop, customer: Customer, admin: Client, when: str, status: int
) -> None:
    order = customer.bought({shop.add_product(): 2})
    lose(shop, when)
    assert admin.move(order["id"], "PAID").status == status
    assert customer.get(order["id"]).body["status"] == {200: "PAID", 503: "PENDING"}[status]


@pytest.mark.parametrize(("when", "status"), [(UNHEARD, 200), (UNDONE, 503)])
def test_calling_off_without_an_answer_is_looked_for(
    shop: Shop, customer: Customer, when: str, status: int
) -> None:
    product = shop.add_product(stock=10)
    order = customer.bought({product: 2})
    lose(shop, when)
    assert customer.cancel(order["id"]).status == status
    assert shop.stock(product) == {200: 10, 503: 8}[status]
    shop.assert_sound()


@pytest.mark.parametrize(("when", "status"), [(UNHEARD, 200), (UNDONE, 503)])
def test_an_order_without_an_answer_is_looked_for(
    shop: Shop, customer: Customer, when: str, status: int
) -> None:
    product = shop.add_product(stock=10)
    lose(shop, when)
    answer = customer.buy({product: 2})
    assert answer.status == status
    assert ("Retry-After" in answer.headers) == (status == 503)
    assert len(shop.orders()) == {200: 1, 503: 0}[status]
    shop.assert_sound()
