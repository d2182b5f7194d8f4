"""The same request twice at once: no repeat runs into what the first one is doing, whenever."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

import pytest

from shop.contracts.products import MAX_STOCK
from tests.orders.commits import Commit
from tests.orders.faults import CONFLICT
from tests.orders.world import ADDRESSES, ORDERS, PRODUCTS, USERS, Customer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from aws_lambda_powertools.utilities.typing import LambdaContext

    from tests.orders.world import Answer, Client, Shop

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("patient")]

PIECES = [(ORDERS,), (PRODUCTS, USERS, ADDRESSES)]
MOMENTS = 4  # calls of the repeat before which something may happen
MEANWHILE: dict[str, Callable[[Shop, Customer, str], None]] = {
    "nothing": lambda *_: None,
    "archived": lambda shop, _, mug: shop.archive(mug),
    "dearer": lambda shop, _, mug: shop.change_product(mug, price="10.00"),
    "no user": lambda shop, user, _: shop.delete_user(user.user_id),
    "no address": lambda shop, user, _: shop.delete_address(user.user_id, user.address_id),
}
"""What else may happen, as soon as the first request is through with all but the order's row."""

type Schedule = list[tuple[int, tuple[str, ...]]]


def schedules() -> Iterator[Schedule]:
    """Before which call of the repeat the first request begins to commit, and ends it by piece."""
    for begin in (0, 1):  # it reads, it writes
        for ends in product(range(begin, MOMENTS), repeat=len(PIECES)):
            yield [(begin, ()), *sorted(zip(ends, PIECES, strict=True))]


class Twins:
    """A request that is committing while its repeat comes; and what gets in the way after it."""

    def __init__(self, shop: Shop, commit: Commit, customer: Customer, meanwhile: str) -> None:
        self.customer = customer
        self.mug = shop.add_product(stock=1)
        self._shop, self._commit = shop, commit
        self._meanwhile = MEANWHILE[meanwhile]

    def buy(self) -> Answer:
        return self.customer.buy({self.mug: 1}, "k")

    def repeat(self, schedule: Schedule) -> Answer:
        """What is answered to the repeat."""
        left = schedule.copy()

        def before(call: int) -> None:
            while left and left[0][0] <= call:
                self._go_on(left.pop(0)[1])

        self._commit.calls = 0
        self._commit.before = before
        answer = self.buy()
        self._commit.before = lambda _: None
        before(MOMENTS)
        return answer

    def _go_on(self, tables: tuple[str, ...]) -> None:
        if not tables:
            self._commit.begin(self.buy)
            return
        self._commit.finish(*tables)
        if PRODUCTS in tables:
            self._meanwhile(self._shop, self.customer, self.mug)


@pytest.mark.exhaustive
@pytest.mark.parametrize("told", [CONFLICT, "None"])
@pytest.mark.parametrize("meanwhile", MEANWHILE)
def test_a_repeat_beside_its_first_request_never_hears_that_it_cannot_be(
    shop: Shop, context: LambdaContext, meanwhile: str, told: str
) -> None:
    """The last unit, and everything that can get in the way as soon as the first one is through.

    "None": DynamoDB need not tell every reason, where one was enough.
    """
    commit = Commit(shop.client)
    commit.told = {ORDERS: told}
    customer = Customer(context, shop)
    wrong, tried = [], 0
    start_over = shop.saved()
    for schedule in schedules():
        start_over()
        tried += 1
        twins = Twins(shop, commit, customer, meanwhile)
        answer = twins.repeat(schedule)
        assert commit.held == []
        (row,) = shop.orders()
        shop.assert_sound()
        if answer.status == 200:
            assert row["pk"] == f"ORDER#{answer.body['id']}"
        elif answer.status != 503:
            wrong.append((answer.problem, schedule))
    assert not wrong, (len(wrong), wrong[:5])
    assert tried == 4**2 + 3**2


@pytest.mark.parametrize("told", [CONFLICT, "ThrottlingError", "ProvisionedThroughputExceeded"])
def test_twenty_repeats_at_once_of_an_order_for_the_last_one(
    shop: Shop, customer: Customer, told: str
) -> None:
    """The first one has the stock, and not its order yet, when the others come and come again."""
    commit = Commit(shop.client)
    commit.told = {ORDERS: told}
    mug = shop.add_product(stock=1)
    commit.begin(lambda: customer.bought({mug: 1}, key="k"))
    commit.finish(PRODUCTS, USERS, ADDRESSES)
    assert shop.stock(mug) == 0
    assert customer.buy({mug: 1}, "k").problem == (503, "unavailable")
    commit.finish(ORDERS)
    answers = [customer.buy({mug: 1}, "k") for _ in range(19)]
    assert {each.status for each in answers} == {200}
    shop.assert_sound()


def test_a_stranger_beside_it_hears_at_once_that_there_is_none_left(
    shop: Shop, customer: Customer, other: Customer
) -> None:
    commit = Commit(shop.client)
    mug = shop.add_product(stock=1)
    commit.begin(lambda: customer.bought({mug: 1}))
    commit.finish(PRODUCTS)
    assert other.buy({mug: 1}).problem == (409, "insufficient-stock")
    commit.finish(ORDERS, USERS, ADDRESSES)
    shop.assert_sound()


@pytest.mark.parametrize("to", ["CANCELLED", "SHIPPED"])
def test_a_move_beside_a_move_waits_for_what_becomes_of_it(
    shop: Shop, customer: Customer, admin: Client, to: str
) -> None:
    """Also where the stock that it gives back has come to its limit through the other."""
    commit = Commit(shop.client)
    mug = shop.add_product(stock=5)
    order_id = customer.bought({mug: 5})["id"]
    admin.move(order_id, "PAID")
    commit.begin(lambda: customer.cancel(order_id))
    commit.finish(PRODUCTS)
    shop.adjust(mug, MAX_STOCK - 5)

    def end(call: int) -> None:
        if call == 3:
            commit.finish(ORDERS)

    commit.calls, commit.before = 0, end
    assert admin.move(order_id, to).problem == (409, "illegal-transition")
    assert customer.get(order_id).body["status"] == "CANCELLED"
    shop.assert_sound()
