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
from ops.recover.verify.readers import Misread, tried
from ops.recover.verify.rules import Key, Problem, Rule
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
    if is_ledger(row):
        return Facts()
    facts = tried(_READERS[table], row)
    if isinstance(facts, Misread):
        return Facts(problems=[Problem(Rule.UNREADABLE_ROW, facts.text)])
    return facts


def key_of(table: str, row: Item) -> Key:
    return Key(table, str(row["pk"]), str(row["sk"]))


def _is_there(client: DynamoDBClient, name: str) -> bool:
    try:
        client.describe_table(TableName=name)
    except client.exceptions.ResourceNotFoundException:
        return False
    return True


@dataclass(frozen=True)
class Tables:
    """``names`` are the tables' names in DynamoDB; ``gone`` are those that are not there."""

    client: DynamoDBClient
    names: Mapping[str, str]
    gone: frozenset[str] = frozenset()

    @classmethod
    def of(cls, target: Target) -> Tables:
        outputs = target.outputs()
        missing = [each for each in _OUTPUTS.values() if each not in outputs]
        if missing:
            raise OperationError(f"The stack {target.stack} has no output {', '.join(missing)}.")
        client = target.dynamodb()
        names = {name: outputs[each] for name, each in _OUTPUTS.items()}
        gone = frozenset(name for name in names if not _is_there(client, names[name]))
        return cls(client, names, gone)

    def facts(self, table: str, row: Item) -> Facts:
        """What a row tells, as far as the tables that are there can bear it out."""
        facts = facts_of(table, row)
        if self.gone:
            facts.needs = [each for each in facts.needs if each.thing.key.table not in self.gone]
        return facts

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
