"""What becomes of orders, as plain Python has it: nothing of it is taken from the code."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.orders.world import Customer

MOVES = {
    "PENDING": {"PAID", "CANCELLED"},
    "PAID": {"SHIPPED", "CANCELLED"},
    "SHIPPED": {"DELIVERED"},
    "DELIVERED": set(),
    "CANCELLED": set(),
}
"""What may follow what."""
MOST = Decimal("99999999.99")


@dataclass
class Product:
    id: str
    price: str = "9.99"
    name: str = "Enamel Mug"
    stock: int = 5
    active: bool = True


@dataclass
class Person:
    customer: Customer
    city: str = "Galway"
    alive: bool = True
    address: bool = True


@dataclass
class Known:
    """An order as it should be."""

    owner: int
    basket: dict[str, int]
    address_id: str
    body: dict[str, Any]
    status: str = "PENDING"
    moves: int = 0


type Basket = list[tuple[Product, int]]


def refusal(person: Person, basket: Basket) -> tuple[int, str] | None:
    """Why an order is refused, if it is: the first that there is."""
    if not all(product.active for product, _ in basket):
        return 422, "unknown-product"
    if not person.address:
        return 422, "unknown-address"
    if sum(Decimal(product.price) * count for product, count in basket) > MOST:
        return 422, "total-too-large"
    if not person.alive:
        return 401, "unauthenticated"
    return (409, "insufficient-stock") if shortages(basket) else None


def shortages(basket: Basket) -> list[dict[str, Any]]:
    return [
        {"productId": product.id, "requested": count, "available": product.stock}
        for product, count in basket
        if product.stock < count
    ]


def contents(person: Person, basket: Basket) -> dict[str, Any]:
    """What an order says for good."""
    total = sum(Decimal(product.price) * count for product, count in basket)
    return {
        "userId": person.customer.user_id,
        "totalAmount": f"{total:.2f}",
        "city": person.city,
        "items": [(each.id, each.name, each.price, count) for each, count in basket],
    }
