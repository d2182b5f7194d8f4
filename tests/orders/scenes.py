"""One order and what can be asked of it, from the start as often as a test likes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from orders import handler
from shop.ids import new_id

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.orders.faults import Accident, Faults
    from tests.orders.world import Answer, Client, Customer, Shop

STOCK, QUANTITY = 10, 3


@dataclass(frozen=True)
class Operation:
    """What a client asks for, of an order that has come ``through`` some statuses."""

    products: int
    through: tuple[str, ...]  # nothing: there is no order yet
    to: str
    by_owner: bool = True

    def __str__(self) -> str:
        return f"{self.to} {self.products}{'' if self.by_owner else ' by admin'}"


PLACE, PLACE_3 = (Operation(count, (), "PENDING") for count in (1, 3))
CANCEL, CANCEL_3 = (Operation(count, ("PENDING",), "CANCELLED") for count in (1, 3))
CANCEL_PAID = Operation(3, ("PENDING", "PAID"), "CANCELLED", by_owner=False)
PAY = Operation(1, ("PENDING",), "PAID", by_owner=False)
SHIP = Operation(1, ("PENDING", "PAID"), "SHIPPED", by_owner=False)
DELIVER = Operation(1, ("PENDING", "PAID", "SHIPPED"), "DELIVERED", by_owner=False)
OPERATIONS = [PLACE, PLACE_3, CANCEL, CANCEL_3, CANCEL_PAID, PAY, SHIP, DELIVER]


class Scene:
    def __init__(self, shop: Shop, customer: Customer, admin: Client, faults: Faults) -> None:
        self.shop, self.customer, self.admin, self.faults = shop, customer, admin, faults
        self.products = [shop.add_product(stock=STOCK) for _ in range(3)]
        self.key = ""
        self._start_over = shop.saved()
        self._operation = PLACE
        self._versions: list[int] = []

    def begin(self, operation: Operation) -> None:
        self._start_over()
        self.key, self._operation = new_id(), operation
        for status in operation.through:
            if status == "PENDING":
                assert self.place().status == 201
            else:
                assert self.admin.move(self.order_id, status).status == 200
        self._versions = self._seen_versions()

    @property
    def order_id(self) -> str:
        (row,) = self.shop.orders()
        return str(row["pk"]).removeprefix("ORDER#")

    @property
    def sold(self) -> list[str]:
        return self.products[: self._operation.products]

    def place(self) -> Answer:
        return self.customer.buy(dict.fromkeys(self.sold, QUANTITY), self.key)

    def request(self) -> Callable[[], Answer]:
        """What the client sends, as often as it takes."""
        wanted = self._operation
        if not wanted.through:
            return self.place
        order_id = self.order_id
        if wanted.by_owner:
            return lambda: self.customer.cancel(order_id)
        return lambda: self.admin.move(order_id, wanted.to)

    def goes_through(
        self, operation: Operation, accidents: dict[int, Accident]
    ) -> list[Answer | None]:
        """What the client hears, once the operation is done in spite of the accidents.

        It keeps asking, and everything is looked at each time.
        """
        self.begin(operation)
        request = self.request()
        self.faults.plan(accidents)
        heard = self.faults.until_heard(request, self.shop.assert_sound)
        self.assert_done_once()
        self._assert_told(heard)
        return heard

    def assert_done_once(self) -> None:
        """There is one order, it has moved once, and the stock has where it had to, once."""
        self.shop.assert_sound()
        wanted = self._operation
        (row,) = self.shop.orders()
        assert (row["status"], row["version"]) == (wanted.to, len(wanted.through) + 1)
        left = STOCK if wanted.to == "CANCELLED" else STOCK - QUANTITY
        sold = self.shop.product_rows()
        assert {int(sold[each]["stock"]) for each in self.sold} == {left}
        moves = 1 if wanted.to in ("PENDING", "CANCELLED") else 0
        assert self._seen_versions() == [each + moves for each in self._versions]

    def assert_not_done(self) -> None:
        """All is as it was in the beginning."""
        self.shop.assert_sound()
        statuses = [row["status"] for row in self.shop.orders()]
        assert statuses == list(self._operation.through[-1:])
        assert self._seen_versions() == self._versions

    def _seen_versions(self) -> list[int]:
        rows = self.shop.product_rows()
        return [int(rows[each]["version"]) for each in self.sold]

    def _assert_told(self, heard: list[Answer | None]) -> None:
        """The client knows in the end what has become of the order."""
        last, wanted = heard[-1], self._operation
        assert last
        if last.status == 409:
            # A move that was done and not heard of has no key: the answer says where the order is.
            assert len(heard) > 1
            assert last.problem == (409, "illegal-transition")
            assert last.body["from"] == last.body["to"] == wanted.to
            assert wanted.through
            return
        assert last.status in ((200,) if wanted.through else (200, 201))
        stored = handler.repository().find(self.order_id)
        assert stored
        assert last.body == stored.order.model_dump(mode="json", by_alias=True)
