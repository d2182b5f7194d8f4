"""What a row of the orders table tells."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from ops.recover.verify.facts import PRODUCTS, Address, Facts, Kind, Move, Need, Thing
from ops.recover.verify.readers import Misread, countable, differing, tried
from ops.recover.verify.rules import Key, Problem, Rule
from orders.repository import order_row, stored_order
from orders.states import OrderStatus
from shop.contracts.orders import SORT_KEY
from shop.contracts.products import MAX_STOCK, product_key
from shop.ids import is_id

if TYPE_CHECKING:
    from collections.abc import Iterator

    from orders.repository import StoredOrder
    from shop.dynamo import Item

# How many writes lead to a status; what is paid first may be called off, too.
_VERSIONS = {
    OrderStatus.PENDING: {1},
    OrderStatus.PAID: {2},
    OrderStatus.SHIPPED: {3},
    OrderStatus.DELIVERED: {4},
    OrderStatus.CANCELLED: {2, 3},
}
_INDEXED = ("placedKey", "userStatus")


def order_facts(row: Item) -> Facts:
    pk, _, order_id = str(row["pk"]).partition("#")
    if (pk, row["sk"]) != ("ORDER", SORT_KEY) or not is_id(order_id):
        return Facts(problems=[Problem(Rule.UNKNOWN_ROW, "no order has this key")])
    read = tried(_read, row)
    if isinstance(read, Misread):
        return Facts(problems=[Problem(Rule.ORDER_ROW, read.text)], moves=list(_moves(row)))
    stored, written = read
    order = stored.order
    return Facts(
        problems=[*_differing(row, written), *_problems(stored)],
        needs=[_product(each.product_id) for each in order.items],
        moves=list(_moves(row)),
        ships_to=Address(order.user_id, order.shipping_address_id),
        customer=order.user_id,
    )


def _read(row: Item) -> tuple[StoredOrder, Item]:
    """The order, and the row that it would be written as."""
    stored = stored_order(row)
    return stored, order_row(stored)


def order_label(row: Item) -> str:
    """An order in a few words."""
    return f"order {str(row['pk']).partition('#')[2]} ({row.get('status')}, {row.get('updatedAt')})"


def _moves(row: Item) -> Iterator[Move]:
    """What the order took, also when it cannot be read otherwise: the stock is not wrong for it."""
    kind = Kind.GIVEN_BACK if row.get("status") == OrderStatus.CANCELLED else Kind.TAKEN
    items = row.get("items")
    for each in items if isinstance(items, list) else []:
        match each:
            case {"productId": str(product_id), "quantity": Decimal() as quantity}:
                counted = countable(quantity)
                if counted is not None:
                    yield Move(product_id, kind, counted)


def _product(product_id: str) -> Need:
    key = product_key(product_id)
    thing = Thing(Key(PRODUCTS, key["pk"], key["sk"]))
    return Need(Rule.ORDER_PRODUCT, thing, f"there is no product {product_id}")


def _differing(row: Item, written: Item) -> Iterator[Problem]:
    """Attributes that are not as the order would be written."""
    for name in differing(row, written):
        rule = Rule.ORDER_KEYS if name in _INDEXED else Rule.ORDER_ROW
        yield Problem(rule, f"{name} is not what the order's other attributes make it")


def _problems(stored: StoredOrder) -> Iterator[Problem]:
    order = stored.order
    total = sum((each.price * each.quantity for each in order.items), start=Decimal(0))
    if total != order.total_amount:
        text = f"the total is {order.total_amount}, the items add up to {total}"
        yield Problem(Rule.ORDER_TOTAL, text)
    if stored.version not in _VERSIONS[order.status]:
        text = f"version {stored.version} cannot be {order.status}"
        yield Problem(Rule.ORDER_VERSION, text)
    products = [each.product_id for each in order.items]
    if not products or len(set(products)) < len(products):
        yield Problem(Rule.ORDER_ROW, "it has no items, or a product twice")
    if any(not 1 <= each.quantity <= MAX_STOCK for each in order.items):
        yield Problem(Rule.ORDER_ROW, "it has an item of which there are none, or too many to be")
