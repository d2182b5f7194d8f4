"""Calling off what nobody pays, beside others and through accidents."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from itertools import count
from typing import TYPE_CHECKING

import pytest

from orders.states import OrderStatus
from shop import dynamo
from shop.errors import Unavailable
from tests.orders.faults import Faults, Killed, Kind
from tests.orders.unpaid import bought, statuses, tick

if TYPE_CHECKING:
    from collections.abc import Callable

    from aws_lambda_powertools.utilities.typing import LambdaContext

    from tests.orders.unpaid import Clock
    from tests.orders.world import Client, Customer, Shop

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("patient")]


@pytest.fixture
def mug(shop: Shop) -> str:
    return shop.add_product(stock=20)


def paid_or_not(admin: Client, order_id: str, to: str) -> int:
    return admin.move(order_id, to).status


def meanwhile(
    faults: Faults, place: int, ask: Callable[[], int], answers: list[int]
) -> Callable[[int], None]:
    """Asks before the call at ``place``, and notes the answer."""

    def before(number: int) -> None:
        if number == place:
            faults.pause(lambda: answers.append(ask()))

    return before


@pytest.mark.parametrize("to", ["PAID", "CANCELLED"])
def test_whoever_is_first_moves_it(
    shop: Shop,
    customer: Customer,
    admin: Client,
    noon: Clock,
    mug: str,
    context: LambdaContext,
    to: str,
) -> None:
    """A payment, or another run of this, before each of its calls."""
    faults, start_over = Faults(dynamo.client()), shop.saved()
    for place in count():
        start_over()
        first, second = bought(noon, customer, mug, timedelta(hours=2), timedelta(hours=1))
        answers: list[int] = []
        faults.before = meanwhile(faults, place, partial(paid_or_not, admin, first, to), answers)
        faults.plan({})
        faults.during(lambda: tick(context))
        if not answers:
            break
        now_first = statuses(shop)[first]
        assert now_first == (to if answers == [200] else "CANCELLED")
        assert statuses(shop)[second] == "CANCELLED"
        shop.assert_sound()
    assert place >= 4


@pytest.mark.exhaustive
@pytest.mark.parametrize("kind", Kind, ids=lambda kind: kind.name)
def test_any_call_may_go_wrong_and_the_next_run_ends_it(
    shop: Shop, customer: Customer, noon: Clock, mug: str, context: LambdaContext, kind: Kind
) -> None:
    bought(noon, customer, mug, *[timedelta(hours=each) for each in (1, 2, 3)])
    faults, start_over = Faults(dynamo.client()), shop.saved()

    def run() -> None:
        faults.during(lambda: tick(context))

    run()
    calm = faults.calls.copy()
    assert len(calm) == 5
    versions = shop.product(mug)["version"]
    for place in range(len(calm)):
        start_over()
        faults.plan({place: kind})
        try:
            run()
        except (Unavailable, Killed):
            shop.assert_sound()
            run()
        assert faults.all_happened()
        assert set(statuses(shop).values()) == {OrderStatus.CANCELLED}
        assert [row["version"] for row in shop.orders()] == [2, 2, 2]
        assert (shop.stock(mug), shop.product(mug)["version"]) == (20, versions)
        shop.assert_sound()
