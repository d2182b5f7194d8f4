"""Bad writes as they are met in earnest: what is too cheap is bought."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, cast
from uuid import NAMESPACE_OID, uuid5

import pytest

from ops.local.folder import LocalFolder
from ops.recover.rehearsal import harm
from ops.recover.rehearsal.shop import Shop
from ops.target import Target
from products.models import NewProduct
from products.repository import listing_keys, new_product_rows
from shop import dynamo
from shop.dynamo import from_wire, to_wire
from tests.emulated import emulated_aws
from tests.tables import create_table

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.slow

THEN = "2026-11-23T04:00:00.000Z"
MOMENT = datetime(2026, 11, 23, 5, tzinfo=UTC)


class Answered:
    """Yes, to all that is asked."""

    def __init__(self, status: int) -> None:
        self.status_code = status

    def json(self) -> dict[str, str]:
        return {"id": "an-address"}


class Someone:
    """In the place of accounts at the API, which no unit test reaches."""

    asked: list[tuple[Any, ...]]

    def __init__(self, *_: object) -> None:
        pass

    @classmethod
    def register(cls, _: object) -> Someone:
        cls.asked.append(("registered",))
        return cls()

    def ask(self, *request: Any, key: str = "") -> Answered:
        self.asked.append((*request, key))
        return Answered(201)


class Rows:
    """The reader's part that is needed."""

    names = {"Products": "products"}  # noqa: RUF012  (never changed)

    def rows(self, name: str) -> dict[str, Any]:
        found = dynamo.client().scan(TableName=name)["Items"]
        return {f"{row['pk']} {row['sk']}": row for row in found}


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Shop]:
    monkeypatch.setattr(harm, "last_good_moment", lambda: MOMENT)
    monkeypatch.setattr(harm, "Account", Someone)
    monkeypatch.setattr(Someone, "asked", [], raising=False)
    with emulated_aws():
        client = dynamo.client()
        create_table(client, "products")
        for number in range(12):
            new = NewProduct(name=f"Mug {number}", price="5.00", category="Mugs", stock=number % 5)
            for row in new_product_rows(product(number), new, THEN):
                client.put_item(TableName="products", Item=to_wire(row))
        target = Target("shop-local", cast("Any", None))
        monkeypatch.setattr(Target, "dynamodb", lambda _: client)
        admin = {"email": "a@example.com", "password": "p"}
        yield Shop(LocalFolder(tmp_path), target, cast("Any", Rows()), "http://api", admin)


def product(number: int) -> str:
    return uuid5(NAMESPACE_OID, str(number)).hex


def cheap() -> dict[str, dict[str, Any]]:
    rows = map(from_wire, Rows().rows("products").values())
    return {row["pk"]: row for row in rows if row.get("price") == Decimal("0.01")}


def test_too_cheap_products_are_listed_by_what_they_cost_now(shop: Shop) -> None:
    harm.bad_writes(shop, lambda _: None)
    found = cheap()
    assert len(found) == 6
    for pk, row in found.items():
        keys = listing_keys(pk.partition("#")[2], row["createdAt"], row["price"], row["name"])
        assert keys.items() <= row.items()
        assert row["updatedAt"] > THEN


def test_one_of_the_too_cheap_is_ordered_and_another_product_delivered(shop: Shop) -> None:
    told: list[str] = []
    assert harm.bad_writes(shop, told.append) == {"T": "2026-11-23T05:00:00Z"}
    (order,) = [each for each in Someone.asked if each[:2] == ("POST", "/orders")]
    ((item,), address) = order[2].values()
    assert order[3], "a key, without which it might be placed twice"
    assert address == "an-address"
    bought = cheap()[f"PRODUCT#{item['productId']}"]
    assert bought["stock"] == max(row["stock"] for row in cheap().values()) > 0
    (delivery,) = [each for each in Someone.asked if each[1:2] and "stock-adj" in each[1]]
    assert f"PRODUCT#{delivery[1].split('/')[2]}" not in cheap()
    assert "ordered" in told[0]
