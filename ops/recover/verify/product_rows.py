"""What a row of the products table tells."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from pydantic_core import PydanticCustomError

from ops.recover.verify.facts import PRODUCTS, Facts, Kind, Move, Need, Stock, Thing
from ops.recover.verify.rules import Key, Problem, Rule
from products.repository import CATEGORY, DESCRIPTION, STOCK, category_key, listing_keys
from shop import money
from shop.contracts.products import MAX_STOCK, product_key
from shop.contracts.products import SORT_KEY as PRODUCT
from shop.ids import is_id

if TYPE_CHECKING:
    from collections.abc import Iterator

    from shop.dynamo import Item

_LISTED = ("listing", "newestKey", "priceKey", "nameKey")


def products_facts(row: Item) -> Facts:
    """Of any row of the table."""
    key = Key(PRODUCTS, str(row["pk"]), str(row["sk"]))
    if key.pk == CATEGORY:
        return Facts(offers=[Thing(key)])
    kind, _, product_id = key.pk.partition("#")
    if kind == PRODUCT and is_id(product_id):
        if key.sk == PRODUCT:
            return _product(row, product_id, key)
        if key.sk == DESCRIPTION:
            return Facts(needs=[_owner(Rule.DESCRIPTION_OWNER, product_id)])
        if key.sk.startswith(f"{STOCK}#"):
            return _adjustment(row, product_id)
    return Facts(problems=[Problem(Rule.UNKNOWN_ROW, "nothing of the catalogue has this key")])


def _owner(rule: Rule, product_id: str) -> Need:
    key = product_key(product_id)
    return Need(rule, Thing(Key(PRODUCTS, key["pk"], key["sk"])), "its product is not there")


def _adjustment(row: Item, product_id: str) -> Facts:
    facts = Facts(needs=[_owner(Rule.ADJUSTMENT_OWNER, product_id)])
    delta = _whole(row.get("delta"))
    if delta is None:
        facts.problems.append(Problem(Rule.PRODUCT_ROW, "its delta is no whole number"))
    else:
        facts.moves.append(Move(product_id, Kind.ADJUSTMENT, delta))
    return facts


def _product(row: Item, product_id: str, key: Key) -> Facts:
    facts = Facts(offers=[Thing(key)], problems=list(_problems(row, product_id)))
    stock, initial = _whole(row.get("stock")), _whole(row.get("initialStock"))
    if stock is not None:
        facts.stock = Stock(product_id, stock, known=initial is not None)
    if initial is not None:
        facts.moves.append(Move(product_id, Kind.INITIAL, initial))
    if category := row.get("category"):
        wanted = category_key(str(category))
        thing = Thing(Key(PRODUCTS, wanted["pk"], wanted["sk"]))
        text = f"there is no category {category!r}"
        facts.needs.append(Need(Rule.PRODUCT_CATEGORY, thing, text))
    return facts


def _problems(row: Item, product_id: str) -> Iterator[Problem]:
    for name in ("stock", "initialStock"):
        value = _whole(row.get(name))
        required = name == "stock" or name in row
        if required and (value is None or not 0 <= value <= MAX_STOCK):
            text = f"{name} is {row.get(name)}, not a whole number from 0 to {MAX_STOCK}"
            yield Problem(Rule.PRODUCT_ROW, text)
    bad = [name for name, good in _attributes(row) if not good]
    if bad:
        yield Problem(Rule.PRODUCT_ROW, f"missing or wrong: {', '.join(bad)}")
        return
    wanted = (
        listing_keys(product_id, row["createdAt"], row["price"], row["name"])
        if row["active"]
        else {}
    )
    # Rows from before there was a nameKey get one by a migration, which checks itself.
    row = {"nameKey": wanted.get("nameKey"), **row}
    different = [name for name in _LISTED if row.get(name) != wanted.get(name)]
    if different:
        state = "on sale" if row["active"] else "archived"
        text = f"it is {state}, and {', '.join(different)} say something else"
        yield Problem(Rule.PRODUCT_LISTS, text)


def _attributes(row: Item) -> Iterator[tuple[str, bool]]:
    """Each attribute that a product must have, and whether it is good."""
    yield "name", isinstance(row.get("name"), str) and bool(row["name"])
    yield "price", _is_money(row.get("price"))
    yield "active", isinstance(row.get("active"), bool)
    yield "version", (_whole(row.get("version")) or 0) >= 1
    yield "createdAt", is_time(row.get("createdAt"))
    yield "updatedAt", is_time(row.get("updatedAt"))


def _whole(value: Any) -> int | None:
    if isinstance(value, Decimal) and value == value.to_integral_value():
        return int(value)
    return None


def _is_money(value: Any) -> bool:
    try:
        return isinstance(value, Decimal) and money.exact(value) == value
    except PydanticCustomError:
        return False


def is_time(value: Any) -> bool:
    """Whether it is a time as shop.clock writes it."""
    try:
        return isinstance(value, str) and datetime.fromisoformat(value).tzinfo is not None
    except ValueError:
        return False
