"""An emulated stack, and the accidents that can happen to its table."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import boto3
from botocore.awsrequest import AWSResponse
from botocore.compat import HTTPHeaders

from ops.seed.catalogue import Catalogue
from ops.target import Target
from products.models import NewCategory, NewProduct
from shop.dynamo import from_wire, to_wire

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from mypy_boto3_dynamodb import DynamoDBClient

    from ops.seed.store import Store

TABLE = "products"
IMAGES_URL = "https://images.example"


class EmulatedTarget(Target):
    """A stack without a stack: moto has the table only."""

    def __init__(self) -> None:
        super().__init__("shop", boto3.Session("test", "test", region_name="eu-central-1"))

    @cached_property
    def client(self) -> DynamoDBClient:
        return super().dynamodb()

    def dynamodb(self) -> DynamoDBClient:
        return self.client

    def outputs(self) -> Mapping[str, str]:
        return {"ProductsTableName": TABLE, "ImagesUrl": IMAGES_URL}


def catalogue(*entries: NewCategory | NewProduct) -> Catalogue:
    products = [each for each in entries if isinstance(each, NewProduct)]
    categories = [each for each in entries if isinstance(each, NewCategory)]
    return Catalogue(categories, products, len(products))


def new_product(name: str = "Chai", **fields: Any) -> NewProduct:
    return NewProduct.model_validate(
        {"name": name, "price": "18.00", "stock": 39} | fields, by_name=True
    )


def numbered(count: int, **fields: Any) -> list[NewProduct]:
    return [new_product(f"Product {number}", **fields) for number in range(count)]


def table_rows(store: Store) -> dict[tuple[str, str], dict[str, Any]]:
    """Everything in the table, by key."""
    pages = store.client.get_paginator("scan").paginate(TableName=store.table)
    rows = [from_wire(row) for page in pages for row in page["Items"]]
    return {(row["pk"], row["sk"]): row for row in rows}


def product_rows(store: Store) -> dict[str, dict[str, Any]]:
    """Product rows by the product's name."""
    return {row["name"]: row for row in table_rows(store).values() if row["sk"] == "PRODUCT"}


def change_row(store: Store, row: Mapping[str, Any], *without: str, **changes: Any) -> None:
    """Write to a row as someone else might."""
    changed = {name: value for name, value in row.items() if name not in without} | changes
    store.client.put_item(TableName=store.table, Item=to_wire(changed))


@dataclass
class Calls:
    """Listens to a client's calls of one operation, and may answer in DynamoDB's place."""

    answer: Callable[[int], tuple[int, dict[str, Any]] | None] = lambda _: None
    """From the call's number (the first is 1): a status and a body, or None to let it through."""
    count: int = 0

    def listen(self, store: Store, operation: str) -> Calls:
        hear: Callable[..., Any] = self._hear  # the stubs know of no handler that answers
        store.client.meta.events.register(f"before-call.dynamodb.{operation}", hear)
        return self

    def _hear(self, **_: object) -> tuple[AWSResponse, dict[str, Any]] | None:
        self.count += 1
        answer = self.answer(self.count)
        if answer is None:
            return None
        status, body = answer
        return AWSResponse("https://dynamodb", status, HTTPHeaders(), None), body


def cancelled(reasons: Iterable[str]) -> tuple[int, dict[str, Any]]:
    """The answer of a cancelled transaction."""
    error = {"Code": "TransactionCanceledException", "Message": "Transaction cancelled."}
    return 400, {"Error": error, "CancellationReasons": [{"Code": code} for code in reasons]}


def csv_text(header: str, *lines: str) -> bytes:
    return "\n".join([header, *lines, ""]).encode()


def names(products: Sequence[NewProduct]) -> list[str]:
    return [each.name for each in products]
