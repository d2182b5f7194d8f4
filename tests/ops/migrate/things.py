"""A table of things, and a migration of them: their names in small letters."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from ops.migrate.budget import Budget
from ops.migrate.ledger import Ledger
from ops.migrate.migration import Migration
from ops.migrate.run import Run, Spending
from shop.dynamo import from_wire, to_wire
from tests.tables import create_table

if TYPE_CHECKING:
    from collections.abc import Callable

    from mypy_boto3_dynamodb import DynamoDBClient

    from ops.migrate.entry import Entry
    from shop.dynamo import Item

TABLE = "shop-ThingsTable"
LOCK = ("MIGRATION", "LOCK")


def forward(item: Item) -> dict[str, Any]:
    return {"small": item["name"].lower()}


def check(item: Item) -> str | None:
    return None if item["small"].islower() else "has capitals"


MIGRATION = Migration(
    table="Things",
    prefix="THING#",
    sort_key="THING",
    reads=("name", "small"),
    forward=forward,
    check=check,
    number="0001",
    name="small_names",
    digest="d1",
)


class Things:
    def __init__(self, client: DynamoDBClient) -> None:
        self.client = client
        create_table(client, TABLE)

    def put(self, name: str, **more: Any) -> None:
        key = {"pk": f"THING#{name}", "sk": "THING"}
        self.client.put_item(TableName=TABLE, Item=to_wire({**key, "name": name, **more}))

    def put_row(self, row: Item) -> None:
        self.client.put_item(TableName=TABLE, Item=to_wire(row))

    def set(self, thing: str, **attributes: Any) -> None:
        """As somebody else does it."""
        for attribute, value in attributes.items():
            self.client.update_item(
                TableName=TABLE,
                Key=to_wire({"pk": f"THING#{thing}", "sk": "THING"}),
                UpdateExpression="SET #a = :a",
                ExpressionAttributeNames={"#a": attribute},
                ExpressionAttributeValues=to_wire({":a": value}),
            )

    def set_all(self, attributes: Callable[[str], Item]) -> None:
        """Of all things, given their keys' names."""
        for pk, _ in [key for key in self.rows() if key[0].startswith("THING#")]:
            name = pk.removeprefix("THING#")
            self.set(name, **attributes(name))

    def take_lock(self, seconds: int = 10**9) -> None:
        """As another run does that has waited for long enough."""
        held = {"owner": "other", "who": "other", "until": int(time.time()) + seconds}
        self.put_row({"pk": "MIGRATION", "sk": "LOCK", **held})

    def delete(self, name: str) -> None:
        self.client.delete_item(
            TableName=TABLE, Key=to_wire({"pk": f"THING#{name}", "sk": "THING"})
        )

    def rows(self) -> dict[tuple[str, str], Item]:
        """All but the ledger's, by key."""
        rows = self.all_rows().items()
        return {key: row for key, row in rows if not key[0].startswith("MIGRATION")}

    def ledger(self) -> dict[tuple[str, str], Item]:
        """Its rows, by key."""
        rows = self.all_rows().items()
        return {key: row for key, row in rows if key[0].startswith("MIGRATION")}

    def all_rows(self) -> dict[tuple[str, str], Item]:
        items = self.client.scan(TableName=TABLE)["Items"]
        rows = [from_wire(item) for item in items]
        return {(row["pk"], row["sk"]): row for row in rows}

    def run(self, migration: Migration = MIGRATION, spending: Spending | None = None) -> Run:
        return Run(self.client, TABLE, migration, spending or Spending(Budget(None), Budget(None)))

    def up(self, migration: Migration = MIGRATION, *, take_over: bool = False) -> Entry:
        """What the ledger says then."""
        run = self.run(migration)
        return run.up(segments=1, take_over=take_over) or self.entry(migration)

    def entry(self, migration: Migration = MIGRATION) -> Entry:
        return Ledger(self.client, TABLE).entry(migration)
