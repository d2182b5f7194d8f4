"""Products, as other contexts may rely on them."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, NamedTuple

from shop import clock, writes
from shop.errors import ShopError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from decimal import Decimal

    from shop.dynamo import Item, Table

SORT_KEY = "PRODUCT"
MAX_STOCK = 2_147_483_647  # INT
ON_SALE = "#active = :yes"  # which an unknown product is not either

STOCK_ATTRIBUTES = ("active", "name", "pk", "price", "sk", "stock", "updatedAt", "version")
"""All that ``reserve_stock`` and ``return_stock`` name: nobody else's role needs to update more."""


class Offer(NamedTuple):
    """What a product is sold as, as it was read."""

    product_id: str
    name: str
    price: Decimal
    updated_at: str


class Shortage(NamedTuple):
    """A product of which there is not enough."""

    product_id: str
    requested: int
    available: int


class InsufficientStock(ShopError):
    status = HTTPStatus.CONFLICT
    type = "insufficient-stock"
    title = "There is not enough of it"

    def __init__(self, shortages: Sequence[Shortage]) -> None:
        taken = "; ".join(
            f"{each.requested} were to be taken from {each.available}" for each in shortages
        )
        products = [
            {
                "productId": each.product_id,
                "requested": each.requested,
                "available": each.available,
            }
            for each in shortages
        ]
        super().__init__(f"{taken}.", extensions={"products": products})


class StockLimit(ShopError):
    status = HTTPStatus.CONFLICT
    type = "stock-limit"
    title = "That is more than can be kept"

    def __init__(self, *, stock: int) -> None:
        super().__init__(f"The stock is {stock}, and can be {MAX_STOCK} at most.")


def product_key(product_id: str) -> Item:
    """The key of the row that buying touches; it stays when the product is archived."""
    return {"pk": f"PRODUCT#{product_id}", "sk": SORT_KEY}


def offer(row: Item) -> Offer | None:
    """What a product's row offers; None when that is no longer for sale, or there is no row."""
    if not row.get("active"):
        return None
    product_id = str(row["pk"]).partition("#")[2]
    return Offer(product_id, row["name"], row["price"], row["updatedAt"])


def reserve_stock(products: Table, seen: Offer, quantity: int) -> writes.Action:
    """Take ``quantity`` out of the stock, while there is as much and the offer still stands.

    ``updatedAt`` moves on from what was seen. Of two sales at once the later one may write the
    earlier time: a condition on it would set those who buy the same thing against each other.
    """
    return writes.update(
        products,
        product_key(seen.product_id),
        "SET #stock = #stock - :quantity, #updatedAt = :now ADD #version :one",
        f"{ON_SALE} AND #stock >= :quantity AND #price = :price AND #name = :name",
        {
            ":yes": True,
            ":quantity": quantity,
            ":price": seen.price,
            ":name": seen.name,
            ":now": clock.after(seen.updated_at),
            ":one": 1,
        },
    )


def return_stock(products: Table, product_id: str, quantity: int) -> writes.Action:
    """Put ``quantity`` back into the stock, also of what is no longer for sale.

    Nothing is read before, so ``updatedAt`` is simply now; ``version`` is what always moves on.
    """
    return writes.update(
        products,
        product_key(product_id),
        "SET #stock = #stock + :quantity, #updatedAt = :now ADD #version :one",
        "#stock <= :most",  # which also takes a product that there is
        {
            ":quantity": quantity,
            ":most": MAX_STOCK - quantity,
            ":now": clock.now(),
            ":one": 1,
        },
    )
