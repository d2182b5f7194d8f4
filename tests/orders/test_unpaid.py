"""Orders that nobody pays in time are called off: by the clock, bounded, beside anything else."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from orders import handler, moves
from shop import clock, deadline
from shop.aws import CALL_SECONDS
from shop.contracts.products import MAX_STOCK, StockLimit
from tests.orders.unpaid import NOON, bought, statuses, tick
from tests.shop.logs import lines

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext

    from tests.orders.unpaid import Clock
    from tests.orders.world import Client, Customer, Shop

pytestmark = pytest.mark.usefixtures("patient")
MINUTES = 30


@pytest.fixture
def mug(shop: Shop) -> str:
    return shop.add_product(stock=20)


def test_what_is_older_than_the_time_given_is_called_off_to_the_millisecond(
    shop: Shop, customer: Customer, noon: Clock, mug: str, context: LambdaContext
) -> None:
    limit, bit = timedelta(minutes=MINUTES), timedelta(milliseconds=1)
    older, just, newer = bought(noon, customer, mug, limit + bit, limit, limit - bit)
    tick(context)
    assert statuses(shop) == {older: "CANCELLED", just: "PENDING", newer: "PENDING"}
    assert shop.stock(mug) == 18
    shop.assert_sound()


def test_only_what_is_pending_is_called_off(
    shop: Shop, customer: Customer, admin: Client, noon: Clock, mug: str, context: LambdaContext
) -> None:
    through = ["PAID", "SHIPPED", "DELIVERED"]
    ids = bought(noon, customer, mug, *[timedelta(days=1)] * 5)
    for steps, order_id in enumerate(ids[:4]):
        for status in through[:steps]:
            assert admin.move(order_id, status).status == 200
    customer.cancel(ids[4])
    before = {row["pk"]: row for row in shop.orders()}
    tick(context)
    assert list(map(statuses(shop).get, ids)) == ["CANCELLED", *through, "CANCELLED"]
    after = {row["pk"]: row for row in shop.orders()}
    assert [pk for pk in after if after[pk] != before[pk]] == [f"ORDER#{ids[0]}"]
    tick(context)
    assert {row["pk"]: row for row in shop.orders()} == after
    shop.assert_sound()


def test_it_is_bounded_and_the_oldest_go_first(
    shop: Shop,
    customer: Customer,
    noon: Clock,
    mug: str,
    context: LambdaContext,
    calls: list[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(moves, "_MOST", 5)
    monkeypatch.setattr(moves, "_BATCH", 2)
    ages = [timedelta(minutes=MINUTES + each) for each in (3, 7, 1, 6, 2, 5, 4)]
    ids = bought(noon, customer, mug, *ages)
    calls.clear()
    tick(context)
    move = "TransactWriteItems"
    read = "BatchGetItem"
    assert calls == ["Query", read, move, move, read, move, move, read, move]
    left = [each for each, status in statuses(shop).items() if status == "PENDING"]
    assert sorted(left) == sorted([ids[2], ids[4]])
    tick(context)
    assert set(statuses(shop).values()) == {"CANCELLED"}
    assert shop.stock(mug) == 20


def test_one_that_cannot_be_called_off_stops_no_other_and_is_raised_in_the_end(
    shop: Shop,
    customer: Customer,
    noon: Clock,
    mug: str,
    context: LambdaContext,
    capsys: pytest.CaptureFixture[str],
) -> None:
    full = shop.add_product(stock=5)
    (stuck,) = bought(noon, customer, full, timedelta(hours=3))
    (other,) = bought(noon, customer, mug, timedelta(hours=2))
    shop.adjust(full, MAX_STOCK - 4)
    capsys.readouterr()
    with pytest.raises(StockLimit):
        tick(context)
    assert statuses(shop) == {stuck: "PENDING", other: "CANCELLED"}
    logged = [each for each in lines(capsys) if each["message"] == "order not cancelled"]
    assert [each["order_id"] for each in logged] == [stuck]
    shop.adjust(full, -1)
    tick(context)
    assert statuses(shop)[stuck] == "CANCELLED"
    shop.assert_sound()


def test_what_could_not_be_called_off_is_raised_also_when_time_runs_out(
    shop: Shop,
    customer: Customer,
    noon: Clock,
    mug: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    full = shop.add_product(stock=5)
    bought(noon, customer, full, timedelta(hours=3))
    bought(noon, customer, mug, timedelta(hours=2))
    shop.adjust(full, MAX_STOCK - 4)
    seconds = [2.0 * CALL_SECONDS]
    monkeypatch.setattr(deadline, "remaining", lambda: seconds[0])
    shop.client.meta.events.register(
        "before-call.dynamodb.TransactWriteItems", lambda **_: seconds.insert(0, CALL_SECONDS)
    )
    with pytest.raises(StockLimit):
        handler.cancel_unpaid({})
    assert set(statuses(shop).values()) == {"PENDING"}


def test_it_begins_no_batch_that_there_is_no_time_for(
    shop: Shop, customer: Customer, noon: Clock, mug: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A write that took long is no failure, and what is left is none either."""
    monkeypatch.setattr(moves, "_BATCH", 1)
    first, second = bought(noon, customer, mug, timedelta(hours=2), timedelta(hours=1))
    seconds = [2.0 * CALL_SECONDS]
    monkeypatch.setattr(deadline, "remaining", lambda: seconds[0])
    shop.client.meta.events.register(
        "after-call.dynamodb.TransactWriteItems", lambda **_: seconds.insert(0, 1)
    )
    handler.cancel_unpaid({})
    assert statuses(shop) == {first: "CANCELLED", second: "PENDING"}


def test_it_stops_while_there_is_time_and_goes_on_the_next_time(
    shop: Shop,
    customer: Customer,
    noon: Clock,
    mug: str,
    context: LambdaContext,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Each call takes three seconds here; a run has twenty-four."""
    ids = bought(noon, customer, mug, *[timedelta(hours=1, minutes=-each) for each in range(4)])
    seconds = [0.0]
    monkeypatch.setattr("time.monotonic", lambda: seconds[0])
    shop.client.meta.events.register("before-call", lambda **_: seconds.append(seconds.pop() + 3))
    tick(context)
    assert deadline.remaining() >= CALL_SECONDS
    done = [each for each in ids if statuses(shop)[each] == "CANCELLED"]
    assert done == ids[: len(done)]
    assert 0 < len(done) < len(ids)
    for _ in ids:
        tick(context)
    assert set(statuses(shop).values()) == {"CANCELLED"}


def test_an_index_that_lags_calls_nothing_off(
    shop: Shop,
    customer: Customer,
    admin: Client,
    noon: Clock,
    mug: str,
    context: LambdaContext,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    paid, pending = bought(noon, customer, mug, timedelta(hours=2), timedelta(hours=1))
    stale = handler.repository().unpaid(clock.timestamp(NOON), 10)
    assert stale == [paid, pending]
    admin.move(paid, "PAID")
    monkeypatch.setattr(type(handler.repository()), "unpaid", lambda *_: [*stale, "0" * 32])
    tick(context)
    assert statuses(shop) == {paid: "PAID", pending: "CANCELLED"}
