"""What seeding does to the rows of one category or product: nothing, or one atomic change.

Every change rests on what was read. It is refused when that is no longer so, and then read anew.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple, Protocol

from ops.errors import OperationError
from ops.seed.names import product_id
from products import image_address, image_orders
from products.models import label_problem
from products.repository import (
    category_key,
    description_key,
    listing_keys,
    new_product_rows,
)
from shop import clock
from shop.contracts.products import product_key
from shop.dynamo import to_wire

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mypy_boto3_dynamodb.type_defs import TransactWriteItemTypeDef

    from products.models import NewCategory, NewProduct
    from shop.dynamo import Item


class RowKey(NamedTuple):
    pk: str
    sk: str


type Rows = Mapping[RowKey, Item]
"""Rows as they were read, by their keys; what is not there did not exist."""


class Outcome(StrEnum):
    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"


class Change(NamedTuple):
    """The actions belong into one transaction."""

    outcome: Outcome
    actions: list[TransactWriteItemTypeDef]


UNCHANGED = Change(Outcome.UNCHANGED, [])
LABELS = {"name", "category", "imageUrl"}


class Entry(Protocol):
    """A line of the catalogue."""

    def row_keys(self) -> list[Item]:
        """Of the rows that hold it."""

    def change(self, table: str, rows: Rows, now: str) -> Change:
        """What makes ``rows`` say what the catalogue says.

        Raises OperationError for what no row can say.
        """


@dataclass(frozen=True)
class CategoryEntry:
    category: NewCategory

    def row_keys(self) -> list[Item]:
        return [category_key(self.category.name)]

    def change(self, table: str, rows: Rows, now: str) -> Change:  # noqa: ARG002  (has no times)
        [key] = self.row_keys()
        wanted = {"description": self.category.description}
        found = rows.get(row_key(key))
        if found is None:
            return Change(Outcome.CREATED, [_create(table, {**key, **wanted})])
        seen = {"description": found.get("description")}
        if wanted == seen:
            return UNCHANGED
        return Change(Outcome.UPDATED, [_update(table, key, wanted, seen)])


@dataclass(frozen=True)
class ProductEntry:
    """``images_url`` is where the stack's own images are served from."""

    product: NewProduct
    images_url: str

    def row_keys(self) -> list[Item]:
        return [product_key(self._id), description_key(self._id)]

    def change(self, table: str, rows: Rows, now: str) -> Change:
        found = rows.get(row_key(product_key(self._id)))
        if found is None:
            new = self.product.model_copy(update={"image_url": self._image})
            row, *others = new_product_rows(self._id, new, now)
            puts = [_put(table, each) for each in others]
            return Change(Outcome.CREATED, [_create(table, row), *puts])
        wanted = self._wanted(found)
        news = {name: value for name, value in wanted.items() if found.get(name) != value}
        description = self._description_actions(table, rows)
        if not news and not description:
            return UNCHANGED
        if not LABELS.isdisjoint(news):
            self._require_room(wanted)
        if "imageUrl" in news:
            news["imageOrder"] = image_orders.by_hand(found.get("imageOrder", ""))
        news |= {"updatedAt": clock.after(found["updatedAt"]), "version": found["version"] + 1}
        update = _update(table, product_key(self._id), news, {"version": found["version"]})
        return Change(Outcome.UPDATED, [update, *description])

    @property
    def _id(self) -> str:
        return product_id(self.product.name)

    def _wanted(self, found: Item) -> Item:
        """What the catalogue has a say in. Stock is not among it: orders and adjustments own it.

        An archived product is given no listing keys: they would put it on sale again.
        """
        product = self.product
        lists = (
            listing_keys(self._id, found["createdAt"], product.price, product.name)
            if found["active"]
            else {}
        )
        return {
            "name": product.name,
            "price": product.price,
            "category": product.category,
            "imageUrl": self._image or found.get("imageUrl"),
            **lists,
        }

    @property
    def _image(self) -> str | None:
        """As a row holds it."""
        return image_address.stored(self.product.image_url, self.images_url)

    def _require_room(self, wanted: Item) -> None:
        """The file's labels fit together, but the image that the product has need not fit too."""
        problem = label_problem(wanted["name"], wanted["category"], wanted["imageUrl"])
        if problem:
            raise OperationError(
                f"{wanted['name']!r} does not fit with the image that it has: {problem}."
                " Shorten it in the file."
            )

    def _description_actions(self, table: str, rows: Rows) -> list[TransactWriteItemTypeDef]:
        """Without a condition of their own: the product's, in the same transaction, covers them."""
        key = description_key(self._id)
        found = rows.get(row_key(key), {}).get("description")
        wanted = self.product.description
        if wanted == found:
            return []
        if wanted is None:
            return [{"Delete": {"TableName": table, "Key": to_wire(key)}}]
        return [_put(table, {**key, "description": wanted})]


def row_key(row: Item) -> RowKey:
    return RowKey(row["pk"], row["sk"])


def _put(table: str, row: Item) -> TransactWriteItemTypeDef:
    return {"Put": {"TableName": table, "Item": to_wire(row)}}


def _create(table: str, row: Item) -> TransactWriteItemTypeDef:
    return {
        "Put": {
            "TableName": table,
            "Item": to_wire(row),
            "ConditionExpression": "attribute_not_exists(pk)",
        }
    }


def _update(table: str, key: Item, news: Item, seen: Item) -> TransactWriteItemTypeDef:
    """Give a row the attributes ``news``, where None takes one away, if it is still as ``seen``."""
    sets = [f"#{name} = :{name}" for name, value in news.items() if value is not None]
    removes = [f"#{name}" for name, value in news.items() if value is None]
    conditions = ["attribute_exists(pk)"] + [
        f"attribute_not_exists(#{name})" if value is None else f"#{name} = :seen_{name}"
        for name, value in seen.items()
    ]
    clauses = [("SET", sets), ("REMOVE", removes)]
    values = {**news, **{f"seen_{name}": value for name, value in seen.items()}}
    return {
        "Update": {
            "TableName": table,
            "Key": to_wire(key),
            "UpdateExpression": " ".join(
                f"{verb} {', '.join(parts)}" for verb, parts in clauses if parts
            ),
            "ConditionExpression": " AND ".join(conditions),
            "ExpressionAttributeNames": {f"#{name}": name for name in {**news, **seen}},
            "ExpressionAttributeValues": {
                f":{name}": value for name, value in to_wire(values).items()
            },
        }
    }
