"""A catalogue to test with, and the customers who ask for it."""

from __future__ import annotations

import itertools
import json
from typing import TYPE_CHECKING, Any

from products import administration, handler
from products.models import NewProduct, ProductChanges
from products.repository import (
    CATEGORY,
    ProductRepository,
    category_key,
    description_key,
    new_product_rows,
)
from products.writer import ProductWriter
from shop.contracts.products import product_key
from shop.dynamo import Table, from_wire, to_wire
from shop.ids import new_id
from tests.events import http_event
from tests.products.bucket import IMAGES_URL

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from aws_lambda_powertools.utilities.typing import LambdaContext
    from mypy_boto3_dynamodb import DynamoDBClient

    from shop.dynamo import Item

NOW = "2026-11-22T12:00:00.000Z"


class Catalogue:
    """Writes straight to the table, and reads what is really there."""

    def __init__(self, client: DynamoDBClient, table_name: str) -> None:
        self._client = client
        self._table_name = table_name
        self.table = Table(table_name, client)

    def add(
        self, product_id: str | None = None, *, created_at: str = NOW, **fields: Any
    ) -> dict[str, Any]:
        """A new product, by default one like all others; comes back as lists show it."""
        product_id = product_id or new_id()
        given = {"name": "Mug", "price": "8.50", "stock": 3} | fields
        product = NewProduct.model_validate(given)
        for row in new_product_rows(product_id, product, created_at):
            self.put(row)
        return {
            "id": product_id,
            "name": product.name,
            "price": f"{product.price:.2f}",
            "imageUrl": product.image_url,
            "category": product.category,
            "stock": product.stock,
            "inStock": product.stock > 0,
            "createdAt": created_at,
            "updatedAt": created_at,
        }

    def add_category(self, name: str, description: str | None = None) -> None:
        self.put({**category_key(name), "description": description})

    def remove_category(self, name: str) -> None:
        self._client.delete_item(TableName=self._table_name, Key=to_wire(category_key(name)))

    def reprice(self, product: Mapping[str, Any], price: str) -> dict[str, Any]:
        """The product as lists show it at its new price."""
        changed = administration.change_product(
            ProductRepository(self.table, IMAGES_URL),
            ProductWriter(self.table, IMAGES_URL),
            product["id"],
            ProductChanges.model_validate({"price": price}),
        )
        return {**product, "price": price, "updatedAt": changed.product.updated_at}

    def archive(self, product: Mapping[str, Any]) -> None:
        ProductWriter(self.table, IMAGES_URL).archive(product["id"])

    def archive_before_the_indexes_know(self, product: Mapping[str, Any]) -> None:
        """Indexes follow their table a moment later; that moment."""
        self.set(product["id"], {"active": False})

    def delete(self, product: Mapping[str, Any]) -> None:
        for key in (product_key(product["id"]), description_key(product["id"])):
            self._client.delete_item(TableName=self._table_name, Key=to_wire(key))

    def put(self, row: Item) -> None:
        self._client.put_item(TableName=self._table_name, Item=to_wire(row))

    def set_version(self, product: Mapping[str, Any], version: int) -> None:
        self.set(product["id"], {"version": version})

    def row(self, product_id: str) -> dict[str, Any]:
        """The product's own row; empty when there is none."""
        return self.table.get(product_key(product_id)) or {}

    def ledger(self, product_id: str) -> list[dict[str, Any]]:
        """The adjustments of the product's stock, in their order."""
        pk = product_key(product_id)["pk"]
        return self.table.query(
            "pk = :pk AND begins_with(sk, :stock)", {":pk": pk, ":stock": "STOCK#"}, consistent=True
        )

    def products(self) -> dict[tuple[str, str], dict[str, Any]]:
        """All rows of products by their keys."""
        rows = self.everything()
        return {key: row for key, row in rows.items() if key[0] != CATEGORY}

    def everything(self) -> dict[tuple[str, str], dict[str, Any]]:
        """All rows of the table by their keys."""
        rows = [
            from_wire(row)
            for page in self._client.get_paginator("scan").paginate(TableName=self._table_name)
            for row in page["Items"]
        ]
        return {(row["pk"], row["sk"]): row for row in rows}

    def set(self, product_id: str, attributes: Item) -> None:
        assignments = ", ".join(f"#{name} = :{name}" for name in attributes)
        self._client.update_item(
            TableName=self._table_name,
            Key=to_wire(product_key(product_id)),
            UpdateExpression=f"SET {assignments}",
            ExpressionAttributeNames={f"#{name}": name for name in attributes},
            ExpressionAttributeValues=to_wire({f":{k}": v for k, v in attributes.items()}),
        )


class Answer:
    """What the function answered: the status, the headers, the body as JSON."""

    def __init__(self, raw: Mapping[str, Any]) -> None:
        self.status: int = raw["statusCode"]
        self.headers: dict[str, str] = raw["headers"]
        self.body: dict[str, Any] = json.loads(raw["body"]) if raw["body"] else {}

    @property
    def problem(self) -> tuple[int, str]:
        """The status and the type of a problem document."""
        assert self.headers["Content-Type"] == "application/problem+json"
        assert self.body["status"] == self.status
        return self.status, self.body["type"]


class Customer:
    """Asks the products function, as the gateway does."""

    def __init__(self, context: LambdaContext) -> None:
        self._context = context

    def products(self, *repeated: tuple[str, str], **query: Any) -> Answer:
        pairs = [(name, str(value)) for name, value in query.items() if value is not None]
        return self._get("/products", query=[*pairs, *repeated])

    def product(self, product_id: str) -> Answer:
        return self._get(
            f"/products/{product_id}",
            route="/products/{product_id}",
            path_parameters={"product_id": product_id},
        )

    def categories(self) -> Answer:
        return self._get("/categories")

    def pages(self, **query: Any) -> Iterator[list[dict[str, Any]]]:
        """The list page by page, each asked for when it is wanted."""
        cursor = query.pop("cursor", None)
        for _ in range(100):  # so that a cursor that leads nowhere fails
            answer = self.products(cursor=cursor, **query)
            assert answer.status == 200, answer.body
            yield answer.body["items"]
            cursor = answer.body["nextCursor"]
            if cursor is None:
                return
        raise AssertionError("the list does not end")

    def whole_list(self, **query: Any) -> list[dict[str, Any]]:
        return list(itertools.chain.from_iterable(self.pages(**query)))

    def _get(self, path: str, **parts: Any) -> Answer:
        return Answer(handler.handler(http_event("GET", path, **parts), self._context))


def ids(products: Sequence[Mapping[str, Any]]) -> list[str]:
    return [product["id"] for product in products]
