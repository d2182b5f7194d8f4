"""While the shop goes on, nothing sound is called wrong, and what is wrong still is."""

from __future__ import annotations

import random
import time
from typing import TYPE_CHECKING, Any

import pytest

from ops.errors import OperationError
from ops.recover.verify.facts import TABLES
from ops.recover.verify.rules import Rule
from shop import deadline
from tests.orders.world import Customer

if TYPE_CHECKING:
    from collections.abc import Callable

    from aws_lambda_powertools.utilities.typing import LambdaContext

    from tests.ops.recover.verify.world import Shop
    from tests.orders.world import Client

pytestmark = pytest.mark.slow


class Bustle:
    """People who do something between any two calls of the reconciler."""

    def __init__(self, shop: Shop, context: LambdaContext, admin: Client, seed: int) -> None:
        self.shop, self.context, self.admin = shop, context, admin
        self.random = random.Random(seed)  # noqa: S311  (no secret)
        self.products = [shop.add_product(stock=50) for _ in range(2)]
        self.products.append(shop.add_described(stock=50))
        self.customers = [Customer(context, shop) for _ in range(2)]
        self.orders: list[tuple[Customer, str]] = []

    def act(self) -> None:
        deadline.clear()  # of the request before: this one has its own time
        self.random.choice(
            [
                self.buy,
                self.buy,
                self.cancel,
                self.pay,
                self.adjust,
                self.change,
                self.move_in,
                self.leave,
                self.note_address,
                self.forget_address,
            ]
        )()

    def buy(self) -> None:
        if self.customers:
            customer = self.random.choice(self.customers)
            wanted = {
                each: self.random.randint(1, 3) for each in self.random.sample(self.products, 2)
            }
            answer = customer.buy(wanted)
            if answer.status == 201:
                self.orders.append((customer, answer.body["id"]))

    def cancel(self) -> None:
        if self.orders:
            customer, order_id = self.random.choice(self.orders)
            customer.cancel(order_id)

    def pay(self) -> None:
        if self.orders:
            self.admin.move(self.random.choice(self.orders)[1], "PAID")

    def adjust(self) -> None:
        self.shop.adjust(self.random.choice(self.products), self.random.choice([-1, 4]))

    def change(self) -> None:
        price = f"{self.random.randint(1, 99)}.00"
        self.shop.change_product(self.random.choice(self.products), price=price)

    def move_in(self) -> None:
        self.customers.append(Customer(self.context, self.shop))

    def leave(self) -> None:
        if self.customers:
            leaver = self.customers.pop()
            self.shop.sign_in(leaver.user_id)
            self.shop.delete_user(leaver.user_id)

    def note_address(self) -> None:
        if self.customers:
            self.shop.add_address(self.random.choice(self.customers).user_id)

    def forget_address(self) -> None:
        for customer in self.customers[:1]:
            for row in self.shop.tables.partition(
                "addresses", f"USER#{customer.user_id}", "ADDRESS#"
            ):
                self.shop.delete_address(customer.user_id, row["sk"].removeprefix("ADDRESS#"))
            customer.address_id = self.shop.add_address(customer.user_id)


@pytest.fixture
def between(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[], None]], None]:
    """Have something done before each call of the reconciler (its own calls are not counted)."""

    def hook(act: Callable[[], None]) -> None:
        busy: list[bool] = []

        def call(**_: Any) -> None:
            if not busy:
                busy.append(True)
                act()
                busy.clear()

        shop.client.meta.events.register("before-call.dynamodb", call)

    return hook


@pytest.mark.parametrize("seed", range(8))
def test_any_history_is_sound(shop: Shop, context: LambdaContext, admin: Client, seed: int) -> None:
    bustle = Bustle(shop, context, admin, seed)
    for _ in range(25):
        bustle.act()
    shop.assert_sound()
    done = shop.reconciled()
    assert (done.findings, done.unsettled) == ([], [])


@pytest.mark.parametrize("seed", range(6))
def test_what_goes_on_meanwhile_is_not_called_wrong(
    shop: Shop,
    context: LambdaContext,
    admin: Client,
    between: Callable[[Callable[[], None]], None],
    seed: int,
) -> None:
    bustle = Bustle(shop, context, admin, seed)
    for _ in range(20):
        bustle.act()
    calls = 0

    def act() -> None:
        nonlocal calls
        calls += 1
        if calls % 3:  # some time is quiet, else nothing is ever settled
            bustle.act()

    between(act)
    assert shop.reconciled().findings == []
    assert calls >= len(TABLES)


def test_what_is_wrong_is_found_in_the_bustle(
    shop: Shop,
    context: LambdaContext,
    admin: Client,
    between: Callable[[Callable[[], None]], None],
) -> None:
    bustle = Bustle(shop, context, admin, seed=1)
    wrong = shop.add_product(stock=5)
    shop.write("products", shop.product(wrong), stock=6)
    between(bustle.act)
    (found,) = shop.reconciled().findings
    assert (found.rule, found.row) == (Rule.STOCK, f"PRODUCT#{wrong} / PRODUCT")


def test_a_product_that_never_rests_is_neither_right_nor_wrong(
    shop: Shop, customer: Customer, between: Callable[[Callable[[], None]], None]
) -> None:
    hot = shop.add_product(stock=1000)
    customer.bought({hot: 1})
    shop.write("products", shop.product(hot), stock=1000)
    between(lambda: shop.adjust(hot, 1))
    done = shop.reconciled()
    assert (done.findings, done.unsettled) == ([], [hot])


def test_who_meets_transactions_waits_and_gives_up_in_the_end(
    shop: Shop, customer: Customer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(time, "sleep", lambda _: None)
    mug = shop.add_product()
    shop.write("products", shop.product(mug), stock=0)
    failure: Any = {
        "Error": {"Code": "TransactionCanceledException", "Message": "x"},
        "CancellationReasons": [{"Code": "TransactionConflict"}],
    }
    left = [2]

    def refuse(**_: Any) -> None:
        left[0] -= 1
        if left[0] >= 0:
            canceled = shop.client.exceptions.TransactionCanceledException
            raise canceled(failure, "TransactGetItems")

    shop.client.meta.events.register("before-call.dynamodb.TransactGetItems", refuse)
    assert shop.found() == [Rule.STOCK]
    left[0] = 1000
    with pytest.raises(OperationError, match="try again"):
        shop.found()
