"""The reconciler: whether every row is whole, and every piece accounted for.

All rows are read once and what they tell is noted down. As the shop goes on meanwhile, that is not
one moment's: whatever looks wrong is looked at again, at one moment (TransactGetItems), and told
only when it still is. What a restore brought back in part is told with its suspects.
"""

from __future__ import annotations

import time
from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from ops.recover.verify.facts import ORDERS, TABLES, USERS
from ops.recover.verify.images import image_findings
from ops.recover.verify.notebook import Notebook
from ops.recover.verify.rules import Finding, Key, Rule, shown
from ops.recover.verify.stocks import uneven_stocks
from ops.recover.verify.tables import MOST_AT_ONCE, facts_of, key_of
from ops.recover.verify.user_rows import address_key

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ops.recover.verify.facts import Need, Thing
    from ops.recover.verify.images import Images
    from ops.recover.verify.notebook import Shipment
    from ops.recover.verify.tables import Tables
    from shop.dynamo import Item

CLEANUP_SECONDS = 5
"""What hangs on a deleted account goes by the stream of the users table: moments later."""
_CLEANED = {Rule.SESSION_USER, Rule.ADDRESS_USER}
_TRIES = 3
_SAY_EVERY = 1000  # rows: to say something takes as long as to read some


class Reconciled(NamedTuple):
    """``unsettled``: products that were sold too fast to tell; not wrong for all we know.

    ``left_out``: tables that are gone, and images where their bucket is: nothing is told of what
    needs them.
    """

    findings: list[Finding]
    rows: dict[str, int]
    unsettled: list[str]
    orders_of_gone_accounts: int
    left_out: list[str]


def reconcile(
    tables: Tables, say: Callable[[str], None] = lambda _: None, images: Images | None = None
) -> Reconciled:
    """Look at every row of the shop. Memory is bounded: one page, 64 MB of notes, the findings.

    Without ``images`` nothing is told of those.
    """
    with Notebook() as notes:
        rows = _read(tables, notes, images, say)
        say("looking again at what seems wrong")
        findings = [*_problems(tables, notes), *_dangling(tables, notes)]
        findings += [*_books(tables, notes), *_shipments(tables, notes)]
        pictures = image_findings(tables, notes, images) if images else []
        # Without the orders no stock is what it should be.
        uneven = [] if ORDERS in tables.gone else notes.uneven()
        stocks = uneven_stocks(tables, uneven, say)
        return Reconciled(
            findings=[*findings, *(pictures or []), *stocks.findings],
            rows=rows,
            unsettled=stocks.unsettled,
            orders_of_gone_accounts=0 if USERS in tables.gone else notes.past_orders(),
            left_out=[*sorted(tables.gone), *(["images"] if pictures is None else [])],
        )


def _read(
    tables: Tables, notes: Notebook, images: Images | None, say: Callable[[str], None]
) -> dict[str, int]:
    """Note what all rows tell; how many there are in each table."""
    rows: Counter[str] = Counter()
    there = [table for table in TABLES if table not in tables.gone]
    for table in there:
        say(table)
        for row in tables.scan(table):
            key, facts = key_of(table, row), tables.facts(table, row)
            notes.add(key, facts)
            if images and facts.image and (name := images.key(facts.image)):
                notes.add_image(key, name)
            rows[table] += 1
            if rows[table] % _SAY_EVERY == 0:
                say(f"{table}: {rows[table]:,} rows")
    return {table: rows[table] for table in there}


def _problems(tables: Tables, notes: Notebook) -> Iterator[Finding]:
    for key in notes.problems():
        (row,) = tables.at_once([key])
        if row:
            for rule, text in facts_of(key.table, row).problems:
                yield Finding(rule, key.table, shown(key), text)


def _dangling(tables: Tables, notes: Notebook) -> Iterator[Finding]:
    seen = [each for each in notes.dangling() if list(_missing(tables, *each))]
    if any(rule in _CLEANED for rule, _ in seen):
        time.sleep(CLEANUP_SECONDS)
    for rule, key in seen:
        for need in _missing(tables, rule, key):
            yield Finding(rule, key.table, shown(key), need.text)


def _missing(tables: Tables, rule: Rule, key: Key) -> Iterator[Need]:
    """What the row needs by the rule and there is not, both looked at in the same moment."""
    (row,) = tables.at_once([key])
    for wanted in _needs(rule, key, row):
        row, target = tables.at_once([key, wanted.thing.key])
        if wanted in _needs(rule, key, row) and not _is(wanted.thing, target):
            yield wanted


def _needs(rule: Rule, key: Key, row: Item | None) -> list[Need]:
    return [each for each in facts_of(key.table, row).needs if each.rule is rule] if row else []


def _is(thing: Thing, row: Item | None) -> bool:
    return row is not None and all(row.get(name) == value for name, value in thing.attributes)


def _books(tables: Tables, notes: Notebook) -> Iterator[Finding]:
    for user_id in notes.odd_books():
        yield from _book(tables, user_id)


def _book(tables: Tables, user_id: str) -> list[Finding]:
    """What is wrong with an address book, tried again as it may be just being written."""
    book_key = address_key(user_id, None)
    found: list[Finding] = []
    for _ in range(_TRIES):
        listed = [key_of(book_key.table, row) for row in tables.partition(*book_key[:2])]
        keys = [book_key, *(key for key in listed if key != book_key)][:MOST_AT_ONCE]
        row, *addresses = tables.at_once(keys)
        there = [
            key.sk.partition("#")[2] for key, each in zip(keys[1:], addresses, strict=True) if each
        ]
        found = list(_of_book(book_key, row, there))
        if not found:
            break
    return found


def _of_book(key: Key, row: Item | None, there: list[str]) -> Iterator[Finding]:
    book = facts_of(key.table, row).book if row else None
    if row is None and there:
        text = f"there is no book for {len(there)} addresses"
        yield Finding(Rule.BOOK_COUNT, key.table, shown(key), text)
    if book is None:  # or it cannot be read, which is told of its row
        return
    if book.size != len(there):
        text = f"the book counts {book.size} addresses, there are {len(there)}"
        yield Finding(Rule.BOOK_COUNT, key.table, shown(key), text)
    if book.default_id is not None and book.default_id not in there:
        text = f"the default address {book.default_id} is not there"
        yield Finding(Rule.BOOK_DEFAULT, key.table, shown(key), text)


def _shipments(tables: Tables, notes: Notebook) -> Iterator[Finding]:
    for shipment in notes.elsewhere():
        yield from _shipment(tables, shipment)


def _shipment(tables: Tables, shipment: Shipment) -> Iterator[Finding]:
    (row,) = tables.at_once([shipment.order])
    to = facts_of(shipment.order.table, row).ships_to if row else None
    if to is None:
        return
    own, other = (address_key(user, to.address_id) for user in (to.user_id, shipment.other_user))
    if own == other:
        return
    is_own, is_others = tables.at_once([own, other])
    if is_others and not is_own:
        text = f"its address {to.address_id} is that of the user {shipment.other_user}"
        yield Finding(Rule.ORDER_ADDRESS, shipment.order.table, shown(shipment.order), text)
