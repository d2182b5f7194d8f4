"""Buying on the running stack: what customers do, also many of them from several processes."""

from __future__ import annotations

import random
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import get_context
from typing import TYPE_CHECKING, Any, NamedTuple

import requests

from shop.dynamo import from_wire
from shop.ids import new_id
from tests.e2e.accounts import ADDRESS, Account

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ops.local.stack import LocalStack

_PROCESSES = 3
_THREADS = 4  # of each; the emulator starts a process for each request that is going on
_PATIENCE = 60  # seconds


class Request(NamedTuple):
    """One request of a customer, to be repeated as the API's document says until it is settled."""

    url: str
    method: str
    token: str
    body: Any
    key: str


class Outcome(NamedTuple):
    """What became of a request, and when it began and ended by the clock of all processes."""

    request: Request
    status: int
    body: dict[str, Any]
    began: float
    ended: float


def settle(request: Request) -> Outcome:
    """Send ``request`` until the answer is not that the shop is busy."""
    began = time.time()
    headers = {"authorization": f"Bearer {request.token}", "idempotency-key": request.key}
    while True:
        answer = requests.request(
            request.method, request.url, headers=headers, json=request.body, timeout=30
        )
        if answer.status_code != 503 or time.time() - began > _PATIENCE:
            body = answer.json() if answer.content else {}
            return Outcome(request, answer.status_code, body, began, time.time())
        longest = float(answer.headers["retry-after"])
        time.sleep(random.uniform(0, longest))  # noqa: S311  (no secret)


def _settle_all(batch: Sequence[Request]) -> list[Outcome]:
    with ThreadPoolExecutor(_THREADS) as pool:
        return list(pool.map(settle, batch))


def at_once(batch: Sequence[Request]) -> list[Outcome]:
    """Settle all requests, from several processes with several threads each."""
    shares = [batch[start::_PROCESSES] for start in range(_PROCESSES)]
    with ProcessPoolExecutor(_PROCESSES, mp_context=get_context("spawn")) as pool:
        return [outcome for outcomes in pool.map(_settle_all, shares) for outcome in outcomes]


class Shopper:
    """A customer with an address."""

    def __init__(self, account: Account) -> None:
        self.account = account
        made = account.request("POST", "/addresses", ADDRESS)
        assert made.status_code == 201, made.text
        self.address_id: str = made.json()["id"]

    def order(self, quantities: Mapping[str, int], key: str | None = None) -> Request:
        """The request that places an order, with a key of its own unless one is given."""
        items = [{"productId": each, "quantity": number} for each, number in quantities.items()]
        body = {"items": items, "shippingAddressId": self.address_id}
        url = f"{self.account.api.url}/orders"
        return Request(url, "POST", self.account.token, body, key or new_id())

    def cancellation(self, order_id: str) -> Request:
        url = f"{self.account.api.url}/orders/{order_id}/cancel"
        return Request(url, "POST", self.account.token, None, new_id())

    def bought(self, quantities: Mapping[str, int]) -> dict[str, Any]:
        outcome = settle(self.order(quantities))
        assert outcome.status == 201, outcome
        return outcome.body


def move(admin: Account, order_id: str, status: str) -> Request:
    url = f"{admin.api.url}/orders/{order_id}"
    return Request(url, "PATCH", admin.token, {"status": status}, new_id())


def product(admin: Account, *, stock: int, price: str = "3.20") -> str:
    """The id of a new product."""
    body = {"name": "Whistle", "price": price, "stock": stock}
    made = admin.request("POST", "/products", body)
    assert made.status_code == 201, made.text
    return str(made.json()["id"])


def rows(stack: LocalStack, output: str) -> list[dict[str, Any]]:
    """All rows of a table, named by the stack's output."""
    pages = stack.target.dynamodb().get_paginator("scan")
    found = pages.paginate(TableName=stack.target.output(output), ConsistentRead=True)
    return [from_wire(row) for page in found for row in page["Items"]]


def assert_conserved(stack: LocalStack, supplied: Mapping[str, int]) -> None:
    """Of each product, what was ever ``supplied`` is in the stock or in an order that took it."""
    taken: Counter[str] = Counter()
    for order in rows(stack, "OrdersTableName"):
        if order["status"] != "CANCELLED":
            for item in order["items"]:
                taken[item["productId"]] += int(item["quantity"])
    stock = {
        row["pk"].removeprefix("PRODUCT#"): int(row["stock"])
        for row in rows(stack, "ProductsTableName")
        if row["sk"] == "PRODUCT"
    }
    assert min(stock[each] for each in supplied) >= 0
    assert {each: stock[each] + taken[each] for each in supplied} == dict(supplied)
