"""Stocks against what moved them, product by product, while the shop may be going on.

A stock is right when it is what the product began with, plus adjustments, minus what orders took
that are not cancelled. Every write that moves it moves the version of its row, too, in the same
transaction. So what is added up between two looks at the row is exact if they show one version:
nothing moved in between. Otherwise it is added up anew.
"""

from __future__ import annotations

from collections import defaultdict
from itertools import batched
from typing import TYPE_CHECKING, NamedTuple

from ops.recover.verify.facts import ORDERS, PRODUCTS, SIGNS, Kind
from ops.recover.verify.order_rows import order_label
from ops.recover.verify.rules import Finding, Key, Rule, shown
from ops.recover.verify.tables import facts_of
from products.repository import STOCK
from shop.contracts.products import product_key

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from ops.recover.verify.facts import Facts, Move
    from ops.recover.verify.tables import Tables
    from shop.dynamo import Item

_ROUNDS = 5
_TOGETHER = 25  # few enough that they are seldom in the way of those who buy
_MOST_SUSPECTS = 5


class Stocks(NamedTuple):
    findings: list[Finding]
    unsettled: list[str]


class Origin(NamedTuple):
    """A row that moved stocks, in words."""

    label: str
    moves: tuple[Move, ...]


class Account(NamedTuple):
    """Of one product: its row when it was looked at, and what moved its stock."""

    row: Item
    origins: list[Origin]

    def off(self, product_id: str) -> int:
        """By how much the stock is more than it should be."""
        facts = facts_of(PRODUCTS, self.row)
        moves = [*facts.moves, *(move for each in self.origins for move in each.moves)]
        due = sum(
            SIGNS[each.kind] * each.quantity for each in moves if each.product_id == product_id
        )
        return facts.stock.stock - due if facts.stock else 0


def uneven_stocks(tables: Tables, product_ids: Sequence[str], say: Callable[[str], None]) -> Stocks:
    """Those of the products whose stock is wrong; holds them and what moved their stocks."""
    left, wrong = list(product_ids), dict[str, Account]()
    for number in range(1, _ROUNDS + 1):
        if not left:
            break
        say(f"adding up {len(left):,} stocks again ({number})")
        before = _rows(tables, left)
        accounts = _accounts(tables, before)
        after = _rows(tables, left)
        unmoved = [each for each in before if before[each] == after.get(each)]
        wrong |= {each: accounts[each] for each in unmoved if accounts[each].off(each)}
        # A row that is gone now is not a stock; one that came just now was not asked about.
        left = [each for each in before if each in after and each not in unmoved]
    return Stocks(list(_findings(wrong)), left)


def _rows(tables: Tables, product_ids: Sequence[str]) -> dict[str, Item]:
    """Rows of the products that there are, none in the middle of a transaction."""
    found: dict[str, Item] = {}
    for batch in batched(product_ids, _TOGETHER, strict=False):
        rows = tables.at_once([_key(each) for each in batch])
        found |= {each: row for each, row in zip(batch, rows, strict=True) if row}
    return found


def _key(product_id: str) -> Key:
    key = product_key(product_id)
    return Key(PRODUCTS, key["pk"], key["sk"])


def _accounts(tables: Tables, rows: dict[str, Item]) -> dict[str, Account]:
    origins: dict[str, list[Origin]] = defaultdict(list)
    for product_id in rows:
        for row in tables.partition(PRODUCTS, _key(product_id).pk, f"{STOCK}#"):
            origin = _origin(f"adjustment {row['sk']}", facts_of(PRODUCTS, row))
            origins[product_id].append(origin)
    for row in tables.scan(ORDERS):
        facts = facts_of(ORDERS, row)
        concerned = rows.keys() & {move.product_id for move in facts.moves}
        if concerned:
            origin = _origin(order_label(row), facts)
            for product_id in concerned:
                origins[product_id].append(origin)
    return {each: Account(row, origins[each]) for each, row in rows.items()}


def _origin(label: str, facts: Facts) -> Origin:
    return Origin(label, tuple(facts.moves))


def _findings(wrong: dict[str, Account]) -> Iterator[Finding]:
    off = {product_id: account.off(product_id) for product_id, account in wrong.items()}
    for product_id, account in wrong.items():
        more = off[product_id]
        stock = int(account.row["stock"])
        text = f"the stock is {stock} and should be {stock - more}, by all that moved it"
        explained = [each.label for each in account.origins if _explains(each, off)]
        suspects = explained[-_MOST_SUSPECTS:] or [f"something that moved it by {more} is missing"]
        yield Finding(Rule.STOCK, PRODUCTS, shown(_key(product_id)), text, tuple(suspects))


def _explains(origin: Origin, off: dict[str, int]) -> bool:
    """Whether all its products are off by just what it moved, as if their half of it were missing.

    An order that took nothing leaves more than there should be; one that gave nothing back, or an
    adjustment that added nothing, less.
    """
    signs = {Kind.TAKEN: 1, Kind.GIVEN_BACK: -1, Kind.ADJUSTMENT: -1, Kind.INITIAL: 0}
    return all(
        off.get(move.product_id) == signs[move.kind] * move.quantity for move in origin.moves
    )
