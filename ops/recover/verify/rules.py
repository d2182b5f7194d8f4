"""What must be true of the shop's rows: the names of the rules, and what they say.

A rule is named in findings, in the JSON and in the runbooks; its name does not change.
"""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple


class Rule(StrEnum):
    """Its value is the name."""

    STOCK = "stock"
    """Initial stock + adjustments = stock + what orders took that are not cancelled."""

    ORDER_ROW = "order-row"
    """An order can be read, and holds what it was written with; its items are all different."""
    ORDER_KEYS = "order-keys"
    """``placedKey`` and ``userStatus`` agree with date, id, user and status."""
    ORDER_TOTAL = "order-total"
    """The total is the sum of the items."""
    ORDER_VERSION = "order-version"
    """``version`` is one more than the moves that lead to the status."""
    ORDER_PRODUCT = "order-product"
    """Each item's product has a row, archived or not."""
    ORDER_ADDRESS = "order-address"
    """The shipping address is the user's own; it may be gone."""

    PRODUCT_ROW = "product-row"
    """A product can be read; name, price, stock, times and version are within their limits.

    So is what an adjustment adds to the stock.
    """
    PRODUCT_LISTS = "product-lists"
    """The keys of lists are those of its date, price and name, or it is archived and has none."""
    PRODUCT_CATEGORY = "product-category"
    """Its category exists."""
    PRODUCT_IMAGE = "product-image"
    """The image that it names, if that is one of ours, is in the bucket, and not empty."""
    CATEGORY_ROW = "category-row"
    """A category can be read."""
    DESCRIPTION_ROW = "description-row"
    """A description can be read."""
    DESCRIPTION_OWNER = "description-owner"
    """A description has its product."""
    ADJUSTMENT_OWNER = "adjustment-owner"
    """An adjustment of the stock has its product."""

    USER_ROW = "user-row"
    """An account can be read; its keys are those of its id, date and address.

    Its password's hash is one that can be checked.
    """
    USER_MARKER = "user-marker"
    """The address of an account is marked as its own."""
    MARKER_USER = "marker-user"
    """A marked address belongs to an account that has it."""
    SESSION_USER = "session-user"
    """A session has its user."""
    SESSION_ROW = "session-row"
    """A session can be read, and holds what it was written with."""
    ATTEMPTS_ROW = "attempts-row"
    """Counted attempts can be read, and hold what they were written with."""

    ADDRESS_ROW = "address-row"
    """An address can be read; nothing of it is blank, and its times are times."""
    ADDRESS_USER = "address-user"
    """An address, and an address book, has its user."""
    BOOK_ROW = "book-row"
    """An address book can be read; it counts by a whole number."""
    BOOK_COUNT = "book-count"
    """The book counts the addresses that there are; without a book there are none."""
    BOOK_DEFAULT = "book-default"
    """The default address is one of them."""

    UNKNOWN_ROW = "unknown-row"
    """A row has a key that the shop writes."""
    UNREADABLE_ROW = "unreadable-row"
    """Nothing in a row keeps it from being looked at."""


class Key(NamedTuple):
    """Of a row: ``table`` is orders, products, users or addresses."""

    table: str
    pk: str
    sk: str


class Problem(NamedTuple):
    """What is wrong with a row by itself."""

    rule: Rule
    text: str


class Finding(NamedTuple):
    """A rule that does not hold: where, and how. It tells no e-mail address.

    ``suspects`` are what may have come without the rest of its transaction, or gone without it.
    """

    rule: Rule
    table: str
    row: str
    text: str
    suspects: tuple[str, ...] = ()


def shown(key: Key) -> str:
    """A row's key as people get to see it: without the address of a marker."""
    pk = "EMAIL#…" if key.pk.startswith("EMAIL#") else key.pk
    return f"{pk} / {key.sk}"
