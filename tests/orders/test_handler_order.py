"""GET /orders/{order_id} and its items: one's own only, whoever asks."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from shop import dynamo
from shop.identity import Role
from shop.ids import new_id
from tests.orders.world import Client
from tests.shop.wire import Wire

if TYPE_CHECKING:
    from collections.abc import Callable

    from aws_lambda_powertools.utilities.typing import LambdaContext

    from tests.orders.world import Answer, Customer, Shop

NOT_FOUND = (404, "not-found")


def ways(client: Client) -> list[Callable[[str], Answer]]:
    """All that asks for one's own order."""
    return [client.get, client.items, client.cancel]


def test_an_order_is_read_as_it_was_placed(
    shop: Shop, customer: Customer, calls: list[str]
) -> None:
    order = customer.bought({shop.add_product(): 1, shop.add_product("1.50"): 3})
    calls.clear()
    answer = customer.get(order["id"])
    assert (answer.status, answer.headers["Content-Type"]) == (200, "application/json")
    assert answer.body == order
    assert calls == ["GetItem"]


def test_the_items_of_an_order_are_those_in_it(
    shop: Shop, customer: Customer, calls: list[str]
) -> None:
    order = customer.bought({shop.add_product(): 1, shop.add_product("1.50"): 3})
    calls.clear()
    answer = customer.items(order["id"])
    assert answer.status == 200
    assert answer.body == {"items": order["items"]}
    assert calls == ["GetItem"]


def test_what_is_not_ones_own_is_not_found_and_left_alone(
    shop: Shop, customer: Customer, other: Customer, admin: Client
) -> None:
    order = customer.bought({shop.add_product(): 1})
    before = shop.orders()
    for client in (other, admin):
        for ask in ways(client):
            answer = ask(order["id"])
            assert answer.problem == NOT_FOUND
            assert customer.user_id not in str(answer.body)
    assert shop.orders() == before
    assert customer.get(order["id"]).body == order


def test_a_stranger_cannot_tell_someone_elses_order_from_none(
    shop: Shop, customer: Customer, other: Customer
) -> None:
    order_id, nothing = customer.bought({shop.add_product(): 1})["id"], new_id()
    for ask in ways(other):
        theirs, none = ask(order_id).body, ask(nothing).body
        for body in (theirs, none):
            del body["requestId"]
        assert str(theirs) == str(none).replace(nothing, order_id)


@pytest.mark.parametrize(
    "order_id", ["x", "A" * 32, "a" * 31, "a" * 33, "\u6771", "g" * 32, "ORDER", "x" * 5000],
    ids=lambda each: ascii(each)[:20],
)  # fmt: skip
def test_what_cannot_be_an_order_is_not_found_without_a_call(
    context: LambdaContext, order_id: str
) -> None:
    wire = Wire(dynamo.client(), AssertionError("no call was wanted"))
    admin = Client(context, new_id(), Role.ADMIN)
    answers = [ask(order_id) for ask in ways(admin)] + [admin.move(order_id, "PAID")]
    assert [answer.problem for answer in answers] == [NOT_FOUND] * 4
    assert all(len(answer.body["detail"]) < 120 for answer in answers)
    assert wire.requests == []


def test_without_a_token_there_is_nothing_to_see(
    shop: Shop, customer: Customer, context: LambdaContext, calls: list[str]
) -> None:
    order_id = customer.bought({shop.add_product(): 1})["id"]
    nobody = Client(context, None)
    calls.clear()
    answers = [ask(order_id) for ask in ways(nobody)]
    answers += [nobody.move(order_id, "PAID"), nobody.page(), nobody.place({"x": 0}, "")]
    assert [answer.problem for answer in answers] == [(401, "unauthenticated")] * 6
    assert calls == []
