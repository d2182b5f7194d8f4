"""Someone who is at something, and others who get in between two of its calls."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from shop import dynamo
from shop.contracts.products import MAX_STOCK
from tests.orders import doings
from tests.orders.doings import outcome
from tests.orders.faults import Faults

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.orders.world import Customer, Shop

STOCK = 2


class Meeting:
    """Someone, what they buy, and others."""

    def __init__(self, shop: Shop, customer: Customer, other: Customer) -> None:
        self.shop, self.customer, self.other = shop, customer, other
        self.mug = shop.add_product("9.99", STOCK)
        self._faults = Faults(dynamo.client())

    @property
    def order(self) -> dict[str, Any] | None:
        """The row of the customer's order."""
        rows = [row for row in self.shop.orders() if row["userId"] == self.customer.user_id]
        assert len(rows) <= 1
        return rows[0] if rows else None

    def meet(
        self, operation: Callable[[], str], action: Callable[[], object], moments: set[int]
    ) -> tuple[str, int]:
        """The outcome of ``operation`` with ``action`` before the calls at ``moments``."""

        def before(number: int) -> None:
            if number in moments:
                self._faults.pause(action)

        self._faults.before = before
        self._faults.plan({})
        told = self._faults.during(lambda: outcome(operation))
        self.shop.assert_sound()
        return told, len(self._faults.calls)

    # --- what others do ----------------------------------------------------------------------
    def no_user(self) -> None:
        self.shop.delete_user(self.customer.user_id)

    def no_address(self) -> None:
        self.shop.delete_address(self.customer.user_id, self.customer.address_id)

    def move_house(self) -> None:
        self.shop.change_address(self.customer.user_id, self.customer.address_id, city="Cork")

    def archive(self) -> None:
        self.shop.archive(self.mug)

    def price(self) -> None:
        self.shop.change_product(self.mug, price="10.01")

    def rename(self) -> None:
        self.shop.change_product(self.mug, name="Cup")

    def sell_out(self) -> None:
        self.shop.adjust(self.mug, -STOCK)

    def stock_up(self) -> None:
        self.shop.adjust(self.mug, 5)

    def fill_up(self) -> None:
        self.shop.adjust(self.mug, MAX_STOCK - self.shop.stock(self.mug))

    def buyer(self) -> None:
        assert doings.place(self.other, self.mug, STOCK) == "placed"

    def twin(self) -> None:
        assert doings.place(self.customer, self.mug, STOCK) == "placed"

    def other_body(self) -> None:
        assert doings.place(self.customer, self.mug, 1) == "placed"

    def twin_and_cancel(self) -> None:
        self.twin()
        doings.cancel(self.customer)

    def twin_and_archive(self) -> None:
        self.twin()
        self.archive()

    def twin_and_no_user(self) -> None:
        self.twin()
        self.no_user()

    def twin_and_no_address(self) -> None:
        self.twin()
        self.no_address()

    def cancel(self) -> None:
        doings.cancel(self.customer)

    def pay(self) -> None:
        doings.move(self.customer, "PAID")

    def ship(self) -> None:
        self.pay()
        doings.move(self.customer, "SHIPPED")

    def unpaid(self) -> None:
        doings.cancel_unpaid()
