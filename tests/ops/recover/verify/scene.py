"""A shop with something of everything, all of it sound."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.ops.recover.verify.world import Shop
    from tests.orders.world import Client, Customer


class Scene:
    """A shop with something of everything, all of it sound."""

    def __init__(self, shop: Shop, customer: Customer, admin: Client) -> None:
        self.shop, self.customer = shop, customer
        self.user = customer.user_id
        self.session = shop.sign_in(self.user)
        self.other = shop.add_user()
        self.others_address = shop.add_address(self.other)
        self.product = shop.add_described()
        self.gone = shop.add_product()
        shop.archive(self.gone)
        shop.adjust(self.product, 5)
        shop.adjust(self.product, -2)
        self.order = customer.bought({self.product: 3})["id"]
        cancelled = customer.bought({self.product: 1})["id"]
        assert customer.cancel(cancelled).status == 200
        moved = customer.bought({self.product: 2})["id"]
        for status in ("PAID", "SHIPPED", "DELIVERED"):
            assert admin.move(moved, status).status == 200
        leaver = shop.add_user()
        self.shop.delete_user(leaver)

    @property
    def order_row(self) -> dict[str, Any]:
        return self.shop.row("orders", f"ORDER#{self.order}", "ORDER")

    @property
    def product_row(self) -> dict[str, Any]:
        return self.shop.product(self.product)

    @property
    def user_row(self) -> dict[str, Any]:
        return self.shop.user_row(self.user)

    @property
    def book(self) -> dict[str, Any]:
        return self.shop.row("addresses", f"USER#{self.user}", "BOOK")

    @property
    def adjustment(self) -> dict[str, Any]:
        pk = f"PRODUCT#{self.product}"
        return self.shop.tables.partition("products", pk, "STOCK#")[0]

    def marker(self) -> str:
        return f"EMAIL#{self.user_row['emailKey']}"
