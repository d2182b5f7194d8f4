"""Orders end to end: exactly once and never oversold, from several processes at once."""

from __future__ import annotations

import random
from collections import Counter
from typing import TYPE_CHECKING

import pytest

from shop.ids import new_id
from tests.e2e.accounts import PASSWORD, register
from tests.e2e.shopping import Shopper, assert_conserved, at_once, move, product, rows

if TYPE_CHECKING:
    from ops.local.stack import LocalStack
    from tests.e2e.accounts import Account
    from tests.e2e.conftest import Api
    from tests.e2e.shopping import Outcome, Request

pytestmark = pytest.mark.e2e


@pytest.fixture(scope="module")
def shoppers(api: Api) -> list[Shopper]:
    return [Shopper(register(api)) for _ in range(4)]


def of_products(stack: LocalStack, *product_ids: str) -> list[dict[str, object]]:
    """The orders that name one of these products."""
    return [
        order
        for order in rows(stack, "OrdersTableName")
        if any(item["productId"] in product_ids for item in order["items"])
    ]


def statuses(outcomes: list[Outcome]) -> Counter[int]:
    return Counter(outcome.status for outcome in outcomes)


def test_many_buyers_of_few_units_get_exactly_those(
    stack: LocalStack, admin: Account, shoppers: list[Shopper]
) -> None:
    scarce = product(admin, stock=7)
    outcomes = at_once([shopper.order({scarce: 1}) for shopper in shoppers for _ in range(8)])
    assert statuses(outcomes) == {201: 7, 409: 25}
    refused = [outcome.body for outcome in outcomes if outcome.status == 409]
    assert {each["type"] for each in refused} == {"insufficient-stock"}
    assert all(each["products"][0]["productId"] == scarce for each in refused)
    assert len(of_products(stack, scarce)) == 7
    assert_conserved(stack, {scarce: 7})


def test_the_same_order_sent_many_times_at_once_is_one(
    stack: LocalStack, admin: Account, shoppers: list[Shopper]
) -> None:
    last = product(admin, stock=2)
    keys = [new_id() for _ in range(3)]
    # The last units of it: a repeat must not take its own order for someone else's.
    batch = [shoppers[0].order({last: 2}, key=keys[0]) for _ in range(12)]
    plenty = product(admin, stock=100)
    batch += [shoppers[1].order({plenty: 3}, key=key) for key in keys[1:] for _ in range(10)]
    random.Random(4).shuffle(batch)  # noqa: S311  (no secret)
    outcomes = at_once(batch)
    assert statuses(outcomes) == {201: 3, 200: len(batch) - 3}
    by_key = {outcome.request.key: outcome.body["id"] for outcome in outcomes}
    assert len({outcome.body["id"] for outcome in outcomes}) == len(by_key) == 3
    assert_conserved(stack, {last: 2, plenty: 100})


def test_a_busy_day_ends_with_every_piece_accounted_for(
    stack: LocalStack, admin: Account, shoppers: list[Shopper]
) -> None:
    """Orders, repeats, cancellations, moves and adjustments, mixed, on the same few products."""
    chance = random.Random(7)  # noqa: S311  (no secret)
    supplied = {product(admin, stock=40): 40 for _ in range(3)}
    ids = list(supplied)
    first = [
        chance.choice(shoppers).order(
            {each: chance.randint(1, 4) for each in chance.sample(ids, chance.randint(1, 3))}
        )
        for _ in range(24)
    ]
    placed = [outcome for outcome in at_once(first) if outcome.status == 201]
    owners = {shopper.account.id: shopper for shopper in shoppers}
    batch: list[Request] = []
    for outcome in placed:
        order_id, owner = outcome.body["id"], owners[outcome.body["userId"]]
        batch += [owner.cancellation(order_id)] * chance.randint(0, 2)
        batch += [move(admin, order_id, "PAID"), outcome.request]
        batch += [move(admin, order_id, "CANCELLED")] * chance.randint(0, 1)
        batch += [chance.choice(shoppers).order({chance.choice(ids): 2})]
    chance.shuffle(batch)
    outcomes = at_once(batch)
    for each in ids:
        path = f"/products/{each}/stock-adjustments"
        assert admin.request("POST", path, {"delta": 5}).status_code == 200
        supplied[each] += 5
    assert statuses(outcomes).keys() <= {200, 201, 409}
    assert_conserved(stack, supplied)
    assert_history_is_possible([*placed, *outcomes])


def assert_history_is_possible(outcomes: list[Outcome]) -> None:
    """Nobody was shown an order as paid once someone else knew that it is cancelled."""
    known: dict[str, float] = {}
    for outcome in outcomes:
        if outcome.status == 200 and outcome.body["status"] == "CANCELLED":
            order_id = outcome.body["id"]
            known[order_id] = min(outcome.ended, known.get(order_id, outcome.ended))
    for outcome in outcomes:
        if outcome.status == 200 and outcome.body["status"] == "PAID":
            assert outcome.began < known.get(outcome.body["id"], outcome.ended)


def test_an_order_that_races_with_what_it_needs_is_there_wholly_or_not_at_all(
    api: Api, stack: LocalStack, admin: Account
) -> None:
    supplied: dict[str, int] = {}
    for number in range(6):
        leaving = Shopper(register(api))
        wanted, other = product(admin, stock=5), product(admin, stock=5)
        supplied |= {wanted: 5, other: 5}
        owner = leaving.account
        address = f"{api.url}/addresses/{leaving.address_id}"
        bearer = leaving.order({wanted: 1})
        enders = [
            bearer._replace(
                url=f"{api.url}/users/me", method="DELETE", body={"password": PASSWORD}
            ),
            bearer._replace(url=address, method="DELETE", body=None),
            bearer._replace(
                url=f"{api.url}/products/{wanted}", method="DELETE", body=None, token=admin.token
            ),
        ]
        orders = [leaving.order({wanted: 1, other: 1}) for _ in range(4)]
        outcomes = at_once([*orders[:2], enders[number % len(enders)], *orders[2:]])
        bought = [each for each in outcomes if each.request in orders]
        assert statuses(bought).keys() <= {201, 401, 422}
        there = {order["pk"] for order in of_products(stack, wanted)}
        assert there == {f"ORDER#{each.body['id']}" for each in bought if each.status == 201}
        assert {order["userId"] for order in of_products(stack, wanted)} <= {owner.id}
    assert_conserved(stack, supplied)
