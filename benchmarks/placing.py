"""What a warm request to the orders function costs in CPU: placing 1, 5 and 50 products.

The function is asked in this process, through its entrance. DynamoDB is answered for below the
client, with rows that are there already in DynamoDB's typed form, so that what is measured is the
function, the SDK and the serialization, but neither a network nor an emulator. (What DynamoDB is
asked, and what that costs, tests/orders/test_costs.py counts exactly.)

The requests take turns, so that a change in the machine's speed meets all of them; what counts is
the ratio to reading an order of one product, the least that there is to do.
"""

from __future__ import annotations

import json
import os
import platform
import statistics
import time
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from orders import handler
from orders.repository import order_key
from shop import clock, dynamo
from shop.contracts.addresses import address_key
from shop.contracts.products import product_key
from shop.identity import Caller, Role
from shop.ids import new_id
from tests.conftest import FakeLambdaContext
from tests.events import http_event
from tests.orders.world import ADDRESS, ADDRESSES, ENVIRONMENT, ORDERS, PRODUCTS
from tests.shop.wire import response

if TYPE_CHECKING:
    from collections.abc import Callable

    from botocore.awsrequest import AWSRequest, AWSResponse

COUNTS = (1, 5, 50)  # products
LEAST = "read 1"
SURROUNDINGS = {
    "AWS_ACCESS_KEY_ID": "none",
    "AWS_SECRET_ACCESS_KEY": "none",
    "AWS_DEFAULT_REGION": "eu-central-1",
    "POWERTOOLS_LOG_LEVEL": "CRITICAL",
    **ENVIRONMENT,
}
USER = Caller(new_id(), new_id(), Role.CUSTOMER)
ADDRESS_ID = new_id()


class Rows:
    """Rows of DynamoDB: reads find them, and every write succeeds. The last order can be kept."""

    def __init__(self) -> None:
        self._rows: dict[tuple[str, str], dict[str, Any]] = {}
        self.written: dict[str, Any] = {}
        dynamo.client().meta.events.register(
            "before-send.dynamodb",
            self._answer,  # type: ignore[arg-type]  # this event takes an answer
        )

    def add(self, table: str, row: dict[str, Any]) -> None:
        wire = dynamo.to_wire(row)
        self._rows[table, wire["pk"]["S"] + wire["sk"]["S"]] = wire

    def _answer(self, request: AWSRequest, **_: Any) -> AWSResponse:
        asked = json.loads(request.body)
        if "RequestItems" in asked:
            found = {
                table: [row for key in batch["Keys"] if (row := self._find(table, key))]
                for table, batch in asked["RequestItems"].items()
            }
            return response(200, {"Responses": found, "UnprocessedKeys": {}})
        if "TransactItems" in asked:
            self.written = asked["TransactItems"][0].get("Put", {}).get("Item", {})
            return response(200, {})
        row = self._find(asked["TableName"], asked["Key"])
        return response(200, {"Item": row} if row else {})

    def _find(self, table: str, key: dict[str, Any]) -> dict[str, Any] | None:
        return self._rows.get((table, key["pk"]["S"] + key["sk"]["S"]))


def main(runs: Annotated[int, typer.Option(help="Requests of each kind")] = 500) -> None:
    """Measure, and print medians in milliseconds of CPU, with their ratio to reading an order."""
    os.environ |= SURROUNDINGS
    rows = Rows()
    requests = _requests(rows)
    times: dict[str, list[float]] = {name: [] for name in requests}
    for _ in range(runs):
        for name, ask in requests.items():
            times[name].append(ask())
    title = f"{platform.machine()}, Python {platform.python_version()}, median of {runs} of each"
    table = Table("request", "CPU", "ratio", title=title)
    medians = {name: statistics.median(values) for name, values in times.items()}
    least = medians[LEAST]
    for name, median in medians.items():
        table.add_row(name, f"{median * 1000:.2f} ms", f"{median / least:.2f}")
    Console().print(table)


def _requests(rows: Rows) -> dict[str, Callable[[], float]]:
    """By name, what sends one request and says how many seconds of CPU it took."""
    now = clock.now()
    address = {**address_key(USER.user_id or "", ADDRESS_ID), **ADDRESS, "updatedAt": now}
    rows.add(ADDRESSES, address)
    placing, reading = {}, {}
    for count in COUNTS:
        ids = [new_id() for _ in range(count)]
        for each in ids:
            rows.add(PRODUCTS, _product(each, now))
        placing[f"place {count}"] = _place(ids)
        placing[f"place {count}"]()
        order = dynamo.from_wire(rows.written)
        order |= order_key(order_id := new_id())
        rows.add(ORDERS, order)
        reading[f"read {count}"] = _read(order_id)
    return reading | placing


def _product(product_id: str, now: str) -> dict[str, Any]:
    offer = {"name": "Enamel Camping Mug, 350 ml", "price": Decimal("9.99"), "updatedAt": now}
    more = {"active": True, "stock": 1000, "version": 1, "createdAt": now}
    return {**product_key(product_id), **offer, **more}


def _place(product_ids: list[str]) -> Callable[[], float]:
    items = [{"productId": each, "quantity": 2} for each in product_ids]
    body = json.dumps({"items": items, "shippingAddressId": ADDRESS_ID})

    def ask() -> float:
        headers = {"Idempotency-Key": new_id()}
        return _measured(
            http_event("POST", "/orders", caller=USER, body=body, headers=headers), 201
        )

    return ask


def _read(order_id: str) -> Callable[[], float]:
    event = http_event(
        "GET",
        f"/orders/{order_id}",
        caller=USER,
        route="/orders/{order_id}",
        path_parameters={"order_id": order_id},
    )
    return lambda: _measured(event, 200)


def _measured(event: dict[str, Any], status: int) -> float:
    started = time.process_time()
    answer = handler.handler(event, FakeLambdaContext())
    taken = time.process_time() - started
    assert answer["statusCode"] == status, answer
    return taken


if __name__ == "__main__":
    typer.run(main)
