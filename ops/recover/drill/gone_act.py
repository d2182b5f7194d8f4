"""Act four: a whole table is deleted, and adopted again under its name."""

from __future__ import annotations

import time
import uuid
from typing import TYPE_CHECKING

import requests

from ops.recover.drill.client import ADDRESS, Account, Client, require
from ops.recover.drill.record import Kind, Lane
from ops.recover.drill.snapshot import checksum, settings_missing

if TYPE_CHECKING:
    from ops.recover.drill.world import World

TABLE = "Users"
"""Two functions hang on its stream."""
_SECONDS = 30
_CREATED: int = requests.codes.created


def adopt_deleted(world: World) -> None:
    quiet = world.reader.quiet()
    physical = world.reader.names[TABLE]
    wanted = checksum(quiet.snapshot.tables[TABLE])
    with world.record.span(Lane.GONE, Kind.HARM, f"{TABLE} deleted"):
        # Through the double, which has to leave the backup that AWS leaves.
        dynamodb = world.target.dynamodb()
        dynamodb.update_table(TableName=physical, DeletionProtectionEnabled=False)
        dynamodb.delete_table(TableName=physical)
    broken = _health(world)
    world.record.check(Lane.GONE, "Without it nobody can sign in", not broken)
    with world.record.span(Lane.GONE, Kind.RECOVERY, f"adopt {TABLE}"):
        ran = world.commands.run("table", "adopt", TABLE, "--yes", f"{world.stack}/{TABLE}Table")
    world.note(Lane.GONE, f"{TABLE} adopted after it was deleted", ran)
    found = checksum(world.reader.rows(physical))
    world.record.checksums["adopted"] = {TABLE: found}
    world.record.check(
        Lane.GONE, f"{TABLE}: adopted is as it was when it was deleted", found == wanted, found[:16]
    )
    missing = settings_missing(world.settings[TABLE], world.reader.settings(physical))
    world.record.check(
        Lane.GONE, f"{TABLE}: the settings are all there", not missing, ", ".join(missing)
    )
    _live_once(world)


def _health(world: World) -> bool:
    body = {"email": world.admin["email"], "password": world.admin["password"]}
    answer = requests.post(f"{world.api_url}/sessions", json=body, timeout=30)
    return answer.status_code == _CREATED


def _live_once(world: World) -> None:
    """Somebody comes, buys and goes; what hangs on the account goes too, by the table's stream."""
    with world.record.span(Lane.GONE, Kind.CHECK, "a customer's life"):
        account = Account.register(Client(world.api_url))
        address = require(account.ask("POST", "/addresses", ADDRESS), {_CREATED}).json()
        products = world.reader.rows(world.reader.names["Products"]).values()
        stocked = next(row for row in products if int(row.get("stock", {}).get("N", 0)) > 0)
        items = [{"productId": stocked["pk"]["S"].partition("#")[2], "quantity": 1}]
        order = {"items": items, "shippingAddressId": address["id"]}
        placed = account.ask("POST", "/orders", order, key=uuid.uuid4().hex)
        world.record.check(Lane.GONE, "Orders can be placed again", placed.status_code == _CREATED)
        require(
            account.ask("DELETE", "/users/me", {"password": account.password}),
            {requests.codes.no_content},
        )
        gone = _goes(world, address["userId"])
    world.record.check(Lane.GONE, "Functions read the stream of the adopted table", gone)


def _goes(world: World, user_id: str) -> bool:
    """Whether the addresses of a user go."""
    deadline = time.monotonic() + _SECONDS
    while time.monotonic() < deadline:
        if not any(user_id in key for key in world.reader.rows(world.reader.names["Addresses"])):
            return True
        time.sleep(0.2)
    return False
