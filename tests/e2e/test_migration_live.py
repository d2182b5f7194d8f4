"""A migration while the shop is open, killed and begun again: every item ends right, none is lost.

``SHOP_MIGRATION_ITEMS=100000`` makes it the size of a catalogue that nobody would migrate by hand.
"""

from __future__ import annotations

import os
import random
import threading
import time
from itertools import batched
from typing import TYPE_CHECKING, Any, Self

import pytest

from products.name_keys import name_key
from products.repository import category_key, new_product_rows
from shop.clock import now
from shop.contracts.products import product_key
from shop.dynamo import from_wire, to_wire
from shop.ids import new_id
from tests.e2e.conftest import shop
from tests.ops.seed.support import new_product

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import requests
    from mypy_boto3_dynamodb import DynamoDBClient

    from ops.local.folder import LocalFolder
    from ops.local.stack import LocalStack
    from tests.e2e.accounts import Account

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(3600)]
USUAL = 1500
ITEMS = int(os.environ.get("SHOP_MIGRATION_ITEMS", USUAL))
# With very many items the emulator is at times too busy to answer; with these, it never is.
BUSY = ITEMS > USUAL
CATEGORY = "To be migrated"
RETRIES = 20
LEDGER = {"pk": "MIGRATION#0001", "sk": "MIGRATION"}


class Catalogue:
    """Products of the old shape, straight in the table."""

    def __init__(self, stack: LocalStack) -> None:
        self.client: DynamoDBClient = stack.target.dynamodb()
        self.table = stack.target.output("ProductsTableName")
        self.ids = [new_id() for _ in range(ITEMS)]

    def fill(self) -> None:
        rows = [{**category_key(CATEGORY)}]
        for number, product_id in enumerate(self.ids):
            new = new_product(f"Old thing {number}", category=CATEGORY, stock=100)
            (row,) = new_product_rows(product_id, new, now())
            rows.append({name: value for name, value in row.items() if name != "nameKey"})
        self._write([{"PutRequest": {"Item": to_wire(row)}} for row in rows])
        self.client.delete_item(TableName=self.table, Key=to_wire(LEDGER))

    def empty(self) -> None:
        keys = [{"pk": row["pk"], "sk": row["sk"]} for row in self.rows(whole=True)]
        keys.append(dict(category_key(CATEGORY)))
        self._write([{"DeleteRequest": {"Key": to_wire(key)}} for key in keys])

    def rows(self, *, whole: bool = False) -> Iterator[Mapping[str, Any]]:
        """The products' own rows, or ``whole`` products with their ledgers."""
        ours = {product_key(each)["pk"] for each in self.ids}
        for page in self.client.get_paginator("scan").paginate(TableName=self.table):
            for item in page["Items"]:
                row = from_wire(item)
                if row["pk"] in ours and (whole or row["sk"] == "PRODUCT"):
                    yield row

    def migrated(self) -> int:
        return sum("nameKey" in row for row in self.rows())

    def _write(self, requests: list[Any]) -> None:
        for part in batched(requests, 25, strict=False):
            answer = self.client.batch_write_item(RequestItems={self.table: list(part)})
            assert not answer["UnprocessedItems"]


class Traffic:
    """Administrators at work on the same products, until they are told to stop."""

    def __init__(self, admin: Account, ids: list[str]) -> None:
        self._admin = admin
        self._ids = ids
        self._stop = threading.Event()
        self._threads = [threading.Thread(target=self._work, args=(n,)) for n in range(3)]
        self.names: dict[str, str] = {}
        self.archived: set[str] = set()
        self.stocks: dict[str, int] = {}
        self.errors: list[object] = []

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()

    @property
    def done(self) -> int:
        return len(self.names) + len(self.archived) + len(self.stocks)

    def _work(self, number: int) -> None:
        """Each thread has products of its own, so that it knows what they must end as."""
        dice = random.Random(number)  # noqa: S311  (no secret)
        mine = self._ids[number :: len(self._threads)]
        while not self._stop.is_set():
            product_id = dice.choice(mine)
            try:
                self._change(product_id, dice)
            except Exception as error:  # noqa: BLE001  (told by the test)
                self.errors.append(error)
                return

    def _change(self, product_id: str, dice: random.Random) -> None:
        path = f"/products/{product_id}"
        if product_id in self.archived:
            return
        what = dice.random()
        if what < 0.5:
            name = f"New thing {dice.randrange(10**6)}"
            self._expect(200, "PATCH", path, {"name": name})
            self.names[product_id] = name
        elif what < 0.9:
            self.stocks[product_id] = self._sell(path, self.stocks.get(product_id, 100))
        else:
            self._archive(path)
            self.archived.add(product_id)

    def _sell(self, path: str, before: int) -> int:
        """The stock with one piece less."""
        adjustments = f"{path}/stock-adjustments"
        answer = self._send("POST", adjustments, {"delta": -1})
        if BUSY and answer.status_code == 500:  # nobody knows if it was made: "Look at the product"
            time.sleep(1)
            stock: int = self._expect(200, "GET", path).json()["stock"]
            if stock == before:
                stock = self._expect(200, "POST", adjustments, {"delta": -1}).json()["stock"]
            assert stock == before - 1, f"{path}: {before} pieces less one are {stock}"
            return stock
        require({200}, answer)
        return before - 1

    def _archive(self, path: str) -> None:
        answer = self._admin.request("DELETE", path)
        if BUSY and answer.status_code == 503:  # it may be done all the same, and nothing left
            require({204, 404}, self._send("DELETE", path))
        else:
            require({204}, answer)

    def _expect(self, status: int, method: str, path: str, body: Any = None) -> requests.Response:
        return require({status}, self._send(method, path, body))

    def _send(self, method: str, path: str, body: Any = None) -> requests.Response:
        answer = self._admin.request(method, path, body)
        for _ in range(RETRIES if BUSY else 0):
            if answer.status_code != 503:
                break
            time.sleep(1)
            answer = self._admin.request(method, path, body)
        return answer


def require(statuses: set[int], answer: requests.Response) -> requests.Response:
    asked = answer.request
    told = f"{asked.method} {asked.url}: {answer.status_code} {answer.text}"
    assert answer.status_code in statuses, told
    return answer


@pytest.fixture
def catalogue(stack: LocalStack) -> Iterator[Catalogue]:
    made = Catalogue(stack)
    made.fill()
    yield made
    made.empty()


def test_everything_ends_right(catalogue: Catalogue, admin: Account, folder: LocalFolder) -> None:
    with Traffic(admin, catalogue.ids) as traffic:
        for _ in range(2):
            kill_in_the_middle(catalogue, folder)
        refused = shop(folder.root, "migrate", "up")
        said, _ = refused.communicate(timeout=60)
        assert refused.returncode == 1, said
        assert "--take-over does not wait" in said
        last = shop(folder.root, "migrate", "up", "--take-over", "--folder", str(folder.root))
        said, _ = last.communicate(timeout=3000)
        assert last.returncode == 0, said
        assert "0001 product name keys: done (at least" in said, said
    assert traffic.errors == []
    assert traffic.done > 10
    checked = shop(folder.root, "migrate", "verify")
    said, _ = checked.communicate(timeout=600)
    assert checked.returncode == 0, said
    require_right(catalogue, traffic)


def kill_in_the_middle(catalogue: Catalogue, folder: LocalFolder) -> None:
    before = catalogue.migrated()
    run = shop(folder.root, "migrate", "up", "--take-over", "--units", "50")
    # At that pace it has a while to go, on any machine.
    while catalogue.migrated() < before + 100 and run.poll() is None:
        # A look reads the whole table, which a large one answers for seconds, and nothing else.
        time.sleep(max(0.2, len(catalogue.ids) / 10_000))
    assert run.poll() is None, run.communicate()[0]
    run.kill()
    run.communicate()


def require_right(catalogue: Catalogue, traffic: Traffic) -> None:
    rows = {row["pk"].removeprefix("PRODUCT#"): row for row in catalogue.rows()}
    assert rows.keys() == set(catalogue.ids)
    for number, product_id in enumerate(catalogue.ids):
        row = rows[product_id]
        assert row["name"] == traffic.names.get(product_id, f"Old thing {number}")
        assert row["active"] == (product_id not in traffic.archived)
        assert row.get("nameKey") == (name_key(row["name"]) if row["active"] else None)
        assert row["stock"] == traffic.stocks.get(product_id, 100)
