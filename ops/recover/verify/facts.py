"""What a row tells the reconciler, as plain values."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from enum import StrEnum
from hashlib import blake2b
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from ops.recover.verify.rules import Key, Problem, Rule

ORDERS, PRODUCTS, USERS, ADDRESSES = "orders", "products", "users", "addresses"
TABLES = (USERS, ADDRESSES, PRODUCTS, ORDERS)

type Attributes = tuple[tuple[str, str], ...]
"""Names and values."""


class Thing(NamedTuple):
    """A row that has these attributes, whatever else it has."""

    key: Key
    attributes: Attributes = ()

    @property
    def digest(self) -> bytes:
        """Stands for it, and does not tell an e-mail address."""
        text = json.dumps([self.key, self.attributes])
        return blake2b(text.encode(), digest_size=16).digest()


class Need(NamedTuple):
    """A foreign key: the rule holds only while there is the thing."""

    rule: Rule
    thing: Thing
    text: str


class Kind(StrEnum):
    """What moves a stock."""

    INITIAL = "initial stock"
    ADJUSTMENT = "adjustment"
    TAKEN = "order"
    GIVEN_BACK = "cancelled order"


SIGNS = {Kind.INITIAL: 1, Kind.ADJUSTMENT: 1, Kind.TAKEN: -1, Kind.GIVEN_BACK: 0}
"""How what was moved counts in the stock."""


class Move(NamedTuple):
    product_id: str
    kind: Kind
    quantity: int


class Stock(NamedTuple):
    product_id: str
    stock: int


class Book(NamedTuple):
    user_id: str
    size: int
    default_id: str | None


class Address(NamedTuple):
    """That a user has, or that an order names as the user's."""

    user_id: str
    address_id: str


@dataclass
class Facts:
    """Of one row."""

    problems: list[Problem] = field(default_factory=list)
    offers: list[Thing] = field(default_factory=list)
    needs: list[Need] = field(default_factory=list)
    moves: list[Move] = field(default_factory=list)
    stock: Stock | None = None
    """None where it cannot be told what it should be, either."""
    image: str | None = None
    """The address of the product's image, as the row holds it."""
    book: Book | None = None
    address: Address | None = None
    ships_to: Address | None = None
    customer: str | None = None
    """Whose order it is: of accounts that are gone, orders stay."""
    user: str | None = None
    """The account that the row is."""
