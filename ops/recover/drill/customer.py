"""A customer of the load: buys, cancels, moves house, leaves; then the next one."""

from __future__ import annotations

import random
import uuid
from typing import TYPE_CHECKING, Any

import requests

from ops.errors import OperationError
from ops.recover.drill.client import ADDRESS, Account, require

if TYPE_CHECKING:
    from ops.recover.drill.client import Client
    from ops.recover.drill.load import Load

_MOST_ADDRESSES = 20
_CREATED, _OK, _GONE = requests.codes.created, requests.codes.ok, requests.codes.no_content
_CONFLICT = requests.codes.conflict  # another was faster, or bought the last piece


class Customer:
    def __init__(self, load: Load, client: Client) -> None:
        self._load = load
        self._client = client
        self._account: Account | None = None
        self._generation = 0
        self._addresses: list[str] = []
        self._orders: list[str] = []
        self._chance = random.Random()  # noqa: S311  (no secret)

    def turn(self) -> None:
        if self._account is None or self._generation != self._load.generation:
            self._arrive()
            return
        chances = {
            self._order: 12,
            self._cancel: 2,
            self._add: 2,
            self._edit: 2,
            self._go_home: 2,
            self._leave: 1,
        }
        (act,) = self._chance.choices(list(chances), list(chances.values()))
        act()

    def _arrive(self) -> None:
        self._generation = self._load.generation
        self._account = Account.register(self._client)
        self._addresses, self._orders = [], []
        self._load.done["accounts"] += 1
        self._add()

    def _ask(self, *request: Any, statuses: set[int], key: str = "") -> requests.Response:
        account = self._account
        if account is None:
            raise OperationError("nobody is signed in")
        return require(account.ask(*request, key=key), statuses)

    def _add(self) -> None:
        if len(self._addresses) < _MOST_ADDRESSES:
            answer = self._ask("POST", "/addresses", ADDRESS, statuses={_CREATED})
            self._addresses.append(answer.json()["id"])
            self._load.done["addresses"] += 1

    def _edit(self) -> None:
        path = f"/addresses/{self._chance.choice(self._addresses)}"
        change = {"street": f"Harbour Road {self._chance.randint(2, 99)}", "isDefault": True}
        self._ask("PATCH", path, change, statuses={_OK})
        self._load.done["changes of addresses"] += 1

    def _order(self) -> None:
        products = self._load.products
        wanted = self._chance.sample(products, self._chance.randint(1, min(3, len(products))))
        body = {
            "items": [{"productId": each, "quantity": 1} for each in wanted],
            "shippingAddressId": self._chance.choice(self._addresses),
        }
        key = uuid.uuid4().hex
        answer = self._ask("POST", "/orders", body, statuses={_CREATED, _CONFLICT}, key=key)
        if answer.status_code == _CREATED:
            self._orders.append(answer.json()["id"])
            self._load.orders.append((self._orders[-1], "PAID"))
            self._load.done["orders"] += 1

    def _cancel(self) -> None:
        if self._orders:
            path = f"/orders/{self._orders.pop()}/cancel"
            self._ask("POST", path, statuses={_OK, _CONFLICT})
            self._load.done["cancellations"] += 1

    def _go_home(self) -> None:
        """Somebody else comes."""
        if self._orders:
            self._account = None

    def _leave(self) -> None:
        """Their sessions and addresses go with the account; the orders stay."""
        if self._account and self._orders:
            body = {"password": self._account.password}
            self._ask("DELETE", "/users/me", body, statuses={_GONE})
            self._account = None
            self._load.done["accounts that went"] += 1
