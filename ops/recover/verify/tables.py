"""The shop's four tables, read as the reconciler needs it."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ops.errors import OperationError
from ops.migrate.ledger import is_ledger
from ops.recover.verify.facts import ADDRESSES, ORDERS, PRODUCTS, USERS, Facts
from ops.recover.verify.order_rows import order_facts
from ops.recover.verify.product_rows import products_facts
from ops.recover.verify.rules import Key
from ops.recover.verify.user_rows import addresses_facts, users_facts
from shop.dynamo import from_wire, to_wire
from shop.retry import full_jitter

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from mypy_boto3_dynamodb import DynamoDBClient

    from ops.target import Target
    from shop.dynamo import Item

MOST_AT_ONCE = 100
"""Rows that one transaction reads at most."""
_ATTEMPTS = 8
_PASSING = {"None", "TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"}
_READERS = {
    USERS: users_facts,
    ADDRESSES: addresses_facts,
    PRODUCTS: products_facts,
    ORDERS: order_facts,
}
_OUTPUTS = {
    USERS: "UsersTableName",
    ADDRESSES: "AddressesTableName",
    PRODUCTS: "ProductsTableName",
    ORDERS: "OrdersTableName",
}


def facts_of(table: str, row: Item) -> Facts:
    """What a row of ``table`` tells; those of the ledger of migrations tell nothing."""
    return Facts() if is_ledger(row) else _READERS[table](row)


def key_of(table: str, row: Item) -> Key:
    return Key(table, str(row["pk"]), str(row["sk"]))


@dataclass(frozen=True)
class Tables:
    """``names`` are the tables' names in DynamoDB."""

    client: DynamoDBClient
    names: Mapping[str, str]

    @classmethod
    def of(cls, target: Target) -> Tables:
        outputs = target.outputs()
        missing = [each for each in _OUTPUTS.values() if each not in outputs]
        if missing:
            raise OperationError(f"The stack {target.stack} has no output {', '.join(missing)}.")
        return cls(target.dynamodb(), {name: outputs[each] for name, each in _OUTPUTS.items()})

    def scan(self, table: str) -> Iterator[dict[str, Any]]:
        """Every row, as it is when its page is read; one page is held."""
        pages = self.client.get_paginator("scan").paginate(
            TableName=self.names[table], ConsistentRead=True
        )
        for page in pages:
            yield from map(from_wire, page["Items"])

    def partition(self, table: str, pk: str, prefix: str = "") -> list[dict[str, Any]]:
        """The rows of a partition whose sort keys begin with ``prefix``."""
        condition = "pk = :pk" + (" AND begins_with(sk, :prefix)" if prefix else "")
        values = {":pk": pk} | ({":prefix": prefix} if prefix else {})
        pages = self.client.get_paginator("query").paginate(
            TableName=self.names[table],
            KeyConditionExpression=condition,
            ExpressionAttributeValues=to_wire(values),
            ConsistentRead=True,
        )
        return [from_wire(row) for page in pages for row in page["Items"]]

    def at_once(self, keys: Sequence[Key]) -> list[dict[str, Any] | None]:
        """The rows at ``keys`` as they were at one moment, none in the middle of a transaction.

        MOST_AT_ONCE at most. Raises OperationError when others keep writing them.
        """
        items: Any = [
            {
                "Get": {
                    "TableName": self.names[key.table],
                    "Key": to_wire({"pk": key.pk, "sk": key.sk}),
                }
            }
            for key in keys
        ]
        for attempt in range(_ATTEMPTS):
            if attempt:
                time.sleep(full_jitter(attempt, first=0.05, most=2))
            try:
                answer = self.client.transact_get_items(TransactItems=items)
            except self.client.exceptions.TransactionCanceledException as error:
                reasons: Any = error.response.get("CancellationReasons", [])
                if not _PASSING.issuperset(each["Code"] for each in reasons):
                    raise
            else:
                return [
                    from_wire(each["Item"]) if each.get("Item") else None
                    for each in answer["Responses"]
                ]
        raise OperationError("Others kept writing what was to be looked at; try again.")
