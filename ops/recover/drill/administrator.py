"""The administrator of the load: moves orders on, takes deliveries in, changes products."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import requests

from ops.recover.drill.client import Account, require

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ops.recover.drill.client import Client
    from ops.recover.drill.load import Load

PNG = b"\x89PNG\r\n\x1a\n"
_NEXT = {"PAID": "SHIPPED", "SHIPPED": "DELIVERED"}
_CREATED, _OK = requests.codes.created, requests.codes.ok
_CONFLICT = requests.codes.conflict  # its customer has called it off


class Administrator:
    def __init__(self, load: Load, client: Client, admin: Mapping[str, str]) -> None:
        self._load = load
        self._client = client
        self._admin = admin
        self._account: Account | None = None
        self._chance = random.Random()  # noqa: S311  (no secret)

    def turn(self) -> None:
        if self._account is None:
            self._account = Account(self._client, self._admin["email"], self._admin["password"])
        chances = {self._move: 6, self._supply: 2, self._price: 1, self._picture: 3}
        (act,) = self._chance.choices(list(chances), list(chances.values()))
        act(self._account)

    def _move(self, account: Account) -> None:
        if not self._load.orders:
            return
        order_id, status = self._load.orders.popleft()
        answer = account.ask("PATCH", f"/orders/{order_id}", {"status": status})
        require(answer, {_OK, _CONFLICT})
        self._load.done["moves of orders"] += 1
        if answer.status_code == _OK and status in _NEXT:
            self._load.orders.append((order_id, _NEXT[status]))

    def _supply(self, account: Account) -> None:
        body = {"delta": self._chance.randint(1, 5), "reason": "delivery"}
        path = f"/products/{self._any_product()}/stock-adjustments"
        require(account.ask("POST", path, body), {_OK})
        self._load.done["deliveries"] += 1

    def _price(self, account: Account) -> None:
        body = {"price": f"{self._chance.randint(100, 9999) / 100:.2f}"}
        require(account.ask("PATCH", f"/products/{self._any_product()}", body), {_OK})
        self._load.done["changes of prices"] += 1

    def _picture(self, account: Account) -> None:
        if self._load.uploads:
            path = f"/products/{self._any_product()}/image"
            ticket = require(account.ask("POST", path, {"contentType": "image/png"}), {_CREATED})
            account.client.upload(ticket.json(), PNG + self._chance.randbytes(2_000))
            self._load.done["images"] += 1

    def _any_product(self) -> str:
        return self._chance.choice(self._load.products)
