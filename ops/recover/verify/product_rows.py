"""What a row of the products table tells."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING, Any

from pydantic import TypeAdapter
from pydantic_core import PydanticCustomError

from ops.recover.verify.facts import PRODUCTS, Facts, Kind, Move, Need, Stock, Thing
from ops.recover.verify.readers import Misread, Rows, countable, tried
from ops.recover.verify.rules import Key, Problem, Rule
from products.models import Product
from products.repository import (
    CATEGORY,
    DESCRIPTION,
    STOCK,
    ProductRepository,
    StoredProduct,
    category_key,
    listing_keys,
)
from shop import money
from shop.contracts.products import MAX_STOCK, product_key
from shop.contracts.products import SORT_KEY as PRODUCT
from shop.ids import is_id

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from shop.dynamo import Item

_LISTED = ("listing", "newestKey", "priceKey", "nameKey")
_STORED = TypeAdapter(StoredProduct)
_DESCRIPTION: Any = Product.model_fields["description"].annotation
_TEXT = TypeAdapter[object](_DESCRIPTION)


def products_facts(row: Item) -> Facts:
    """Of any row of the table."""
    key = Key(PRODUCTS, str(row["pk"]), str(row["sk"]))
    if key.pk == CATEGORY:
        return Facts(offers=[Thing(key)], problems=_misread(Rule.CATEGORY_ROW, _categories, row))
    kind, _, product_id = key.pk.partition("#")
    if kind == PRODUCT and is_id(product_id):
        if key.sk == PRODUCT:
            return _product(row, product_id, key)
        if key.sk == DESCRIPTION:
            return _described(row, product_id)
        if key.sk.startswith(f"{STOCK}#"):
            return _adjustment(row, product_id)
    return Facts(problems=[Problem(Rule.UNKNOWN_ROW, "nothing of the catalogue has this key")])


def _misread(rule: Rule, read: Any, row: Item) -> list[Problem]:
    """That the row cannot be read, if so."""
    found = tried(read, row)
    return [Problem(rule, found.text)] if isinstance(found, Misread) else []


def _categories(row: Item) -> object:
    return ProductRepository(Rows(row), "").categories()


def _description(row: Item) -> object:
    return _TEXT.validate_python(row.get("description"), strict=True)


def _stored(product_id: str, row: Item) -> object:
    """As one on sale is read; those that were archived are not read any more."""
    shown = row if row["active"] else {**row, "active": True}
    found = ProductRepository(Rows(shown), "").find(product_id)
    return _STORED.validate_python(found, strict=True)


def _owner(rule: Rule, product_id: str) -> Need:
    key = product_key(product_id)
    return Need(rule, Thing(Key(PRODUCTS, key["pk"], key["sk"])), "its product is not there")


def _described(row: Item, product_id: str) -> Facts:
    return Facts(
        needs=[_owner(Rule.DESCRIPTION_OWNER, product_id)],
        problems=_misread(Rule.DESCRIPTION_ROW, _description, row),
    )


def _adjustment(row: Item, product_id: str) -> Facts:
    facts = Facts(needs=[_owner(Rule.ADJUSTMENT_OWNER, product_id)])
    delta = countable(row.get("delta"))
    if delta is None:
        text = f"its delta is no whole number from {-MAX_STOCK} to {MAX_STOCK}"
        facts.problems.append(Problem(Rule.PRODUCT_ROW, text))
    else:
        facts.moves.append(Move(product_id, Kind.ADJUSTMENT, delta))
    return facts


def _product(row: Item, product_id: str, key: Key) -> Facts:
    stock, initial = countable(row.get("stock")), countable(row.get("initialStock"))
    figures = {"stock": stock, "initialStock": initial}
    facts = Facts(offers=[Thing(key)], problems=list(_problems(row, product_id, figures)))
    if initial is not None:
        facts.moves.append(Move(product_id, Kind.INITIAL, initial))
        if stock is not None:
            facts.stock = Stock(product_id, stock)
    image = row.get("imageUrl")
    facts.image = image if isinstance(image, str) else None
    if category := row.get("category"):
        wanted = category_key(str(category))
        thing = Thing(Key(PRODUCTS, wanted["pk"], wanted["sk"]))
        text = f"there is no category {category!r}"
        facts.needs.append(Need(Rule.PRODUCT_CATEGORY, thing, text))
    return facts


def _problems(row: Item, product_id: str, figures: Mapping[str, int | None]) -> Iterator[Problem]:
    wrong = list(_figures(row, figures))
    yield from wrong
    bad = [name for name, good in _attributes(row) if not good]
    if bad:
        yield Problem(Rule.PRODUCT_ROW, f"missing or wrong: {', '.join(bad)}")
        return
    unread = [] if wrong else _misread(Rule.PRODUCT_ROW, partial(_stored, product_id), row)
    yield from unread or _unlisted(row, product_id)


def _figures(row: Item, figures: Mapping[str, int | None]) -> Iterator[Problem]:
    for name, value in figures.items():
        if value is None or value < 0:
            state = f"{row[name]!s:.40}" if name in row else "missing"
            text = f"{name} is {state}, not a whole number from 0 to {MAX_STOCK}"
            yield Problem(Rule.PRODUCT_ROW, text)


def _unlisted(row: Item, product_id: str) -> Iterator[Problem]:
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
        says = "says" if len(different) == 1 else "say"
        text = f"it is {state}, and {', '.join(different)} {says} something else"
        yield Problem(Rule.PRODUCT_LISTS, text)


def _attributes(row: Item) -> Iterator[tuple[str, bool]]:
    """Where more than what can be read is asked of an attribute, and whether it is so."""
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
