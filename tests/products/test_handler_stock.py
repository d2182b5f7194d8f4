"""POST /products/{product_id}/stock-adjustments: stock and ledger move together."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from shop import clock, dynamo
from shop.contracts.products import MAX_STOCK
from tests.products.administrator import ADMINISTRATOR
from tests.products.races import interrupt

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.products.administrator import Administrator
    from tests.products.catalogue import Answer, Catalogue, Customer
    from tests.shop.wire import Wire

FUTURE = "2099-01-01T00:00:00.000Z"


@pytest.fixture
def product_id(categories: None, admin: Administrator) -> str:
    created = admin.create(stock=10, category="cups", description="Holds 350 ml.")
    product_id: str = created.body["id"]
    return product_id


@pytest.mark.parametrize(
    ("delta", "stock"), [(5, 15), (-3, 7), (-10, 0), (MAX_STOCK - 10, MAX_STOCK)]
)
def test_an_adjustment_moves_the_stock_and_is_written_down(
    product_id: str,
    catalogue: Catalogue,
    admin: Administrator,
    customer: Customer,
    delta: int,
    stock: int,
) -> None:
    before = customer.product(product_id)
    answer = admin.adjust(product_id, delta, reason="Counted again")
    assert (answer.status, answer.body) == (200, {"stock": stock})
    after = customer.product(product_id)
    moved = {"updatedAt": after.body["updatedAt"], "stock": stock}
    assert after.body == before.body | moved
    assert after.body["updatedAt"] > before.body["updatedAt"]
    assert (before.headers["ETag"], after.headers["ETag"]) == ('"1"', '"2"')
    [entry] = catalogue.ledger(product_id)
    assert entry.pop("pk") == f"PRODUCT#{product_id}"
    assert entry.pop("sk").startswith(f"STOCK#{after.body['updatedAt']}#")
    assert entry == {
        "delta": delta,
        "reason": "Counted again",
        "userId": ADMINISTRATOR.user_id,
        "createdAt": after.body["updatedAt"],
    }


def test_nothing_else_of_the_row_is_touched(
    product_id: str, catalogue: Catalogue, admin: Administrator
) -> None:
    before = catalogue.row(product_id)
    admin.adjust(product_id, 5)
    after = catalogue.row(product_id)
    assert {name for name in before | after if before.get(name) != after.get(name)} == {
        "stock",
        "version",
        "updatedAt",
    }


def test_a_reason_is_not_needed(
    product_id: str, catalogue: Catalogue, admin: Administrator
) -> None:
    assert admin.adjust(product_id, 1).status == 200
    assert admin.adjust(product_id, 1, reason=None).status == 200
    assert ["reason" in entry for entry in catalogue.ledger(product_id)] == [False, False]


def test_the_ledger_is_in_the_order_of_the_adjustments_even_within_a_millisecond(
    product_id: str, catalogue: Catalogue, admin: Administrator
) -> None:
    catalogue.set(product_id, {"updatedAt": FUTURE})  # so every time is one after the last
    for delta in range(1, 8):
        admin.adjust(product_id, delta)
    ledger = catalogue.ledger(product_id)
    assert [entry["delta"] for entry in ledger] == list(range(1, 8))
    assert ledger[-1]["createdAt"] == "2099-01-01T00:00:00.007Z"
    assert catalogue.row(product_id)["updatedAt"] == "2099-01-01T00:00:00.007Z"


def test_the_time_moves_on_even_when_the_clock_does_not(
    catalogue: Catalogue, admin: Administrator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock, "now", lambda: "2026-11-22T12:00:00.000Z")
    product_id = admin.create().body["id"]
    times = [catalogue.row(product_id)["updatedAt"]]
    changes: list[Callable[[], Answer]] = [
        lambda: admin.adjust(product_id, 1),
        lambda: admin.adjust(product_id, 1),
        lambda: admin.change(product_id, name="Cup"),
        lambda: admin.adjust(product_id, -1),
        lambda: admin.archive(product_id),
    ]
    for change in changes:
        assert change().status in (200, 204)
        times.append(catalogue.row(product_id)["updatedAt"])
    assert times == [f"2026-11-22T12:00:00.00{number}Z" for number in range(6)]


def test_the_ledger_is_no_part_of_the_product(
    product_id: str, admin: Administrator, customer: Customer, calls: list[str]
) -> None:
    for _ in range(3):
        admin.adjust(product_id, 1)
    calls.clear()
    read = []
    dynamo.client().meta.events.register(
        "after-call.dynamodb.Query", lambda parsed, **_: read.append(parsed["ScannedCount"])
    )
    assert customer.product(product_id).body["description"] == "Holds 350 ml."
    assert (calls, read) == (["Query"], [2])


@pytest.mark.parametrize("stock", [0, 1, 10])
def test_below_zero_is_409_with_what_there_is(
    catalogue: Catalogue, admin: Administrator, stock: int
) -> None:
    product_id = admin.create(stock=stock).body["id"]
    before = catalogue.everything()
    answer = admin.adjust(product_id, -stock - 1)
    assert answer.problem == (409, "insufficient-stock")
    assert answer.body["products"] == [
        {"productId": product_id, "requested": stock + 1, "available": stock}
    ]
    assert catalogue.everything() == before


@pytest.mark.parametrize("stock", [1, 10, MAX_STOCK])
def test_more_than_can_be_kept_is_409(
    catalogue: Catalogue, admin: Administrator, stock: int
) -> None:
    product_id = admin.create(stock=stock).body["id"]
    before = catalogue.everything()
    answer = admin.adjust(product_id, MAX_STOCK - stock + 1)
    assert answer.problem == (409, "stock-limit")
    assert str(stock) in answer.body["detail"]
    assert catalogue.everything() == before


@pytest.mark.parametrize(
    "fields",
    [
        *({"delta": delta} for delta in (0, 1.0, 1.5, "1", True, None, MAX_STOCK + 1, -(10**20))),
        *({"reason": reason} for reason in ("", " ", "a\nb", "x" * 256, 5)),
        {"stock": 5},
    ],
    ids=lambda fields: ascii(fields)[:30],
)
def test_a_field_that_makes_no_sense_is_422_and_named(
    admin: Administrator, untouched: Wire, fields: dict[str, Any]
) -> None:
    answer = admin.adjust("0" * 32, **{"delta": 1} | fields)
    assert answer.problem == (422, "validation-failed")
    assert [each["loc"] for each in answer.body["errors"]] == [["body", *fields]]
    assert untouched.requests == []


# --- others at the same time ------------------------------------------------------------------
@pytest.mark.parametrize(
    ("theirs", "ours", "status"), [(-4, -6, 200), (-5, -6, 409), (-10, -1, 409)]
)
def test_stock_is_enough_for_all_or_refused(
    product_id: str, catalogue: Catalogue, admin: Administrator, theirs: int, ours: int, status: int
) -> None:
    happened = interrupt("TransactWriteItems", lambda: admin.adjust(product_id, theirs))
    answer = admin.adjust(product_id, ours)
    assert happened == ["TransactWriteItems"]
    assert answer.status == status
    if status == 409:
        assert answer.body["products"][0]["available"] == 10 + theirs
    done = [theirs, ours] if status == 200 else [theirs]
    assert [entry["delta"] for entry in catalogue.ledger(product_id)] == done
    assert catalogue.row(product_id)["stock"] == 10 + sum(done)


def test_what_others_put_there_meanwhile_may_be_taken(
    product_id: str, catalogue: Catalogue, admin: Administrator
) -> None:
    interrupt("TransactWriteItems", lambda: admin.adjust(product_id, 5))
    assert admin.adjust(product_id, -15).body == {"stock": 0}


def test_a_change_at_the_same_time_is_kept(
    product_id: str, catalogue: Catalogue, admin: Administrator, customer: Customer
) -> None:
    interrupt("TransactWriteItems", lambda: admin.change(product_id, name="Cup", price="1.00"))
    assert admin.adjust(product_id, -1).body == {"stock": 9}
    found = customer.product(product_id)
    assert (found.body["name"], found.body["price"]) == ("Cup", "1.00")
    assert found.headers["ETag"] == '"3"'


def test_what_is_archived_meanwhile_is_404(
    product_id: str, catalogue: Catalogue, admin: Administrator
) -> None:
    interrupt("TransactWriteItems", lambda: admin.archive(product_id))
    assert admin.adjust(product_id, 1).problem == (404, "not-found")
    assert (catalogue.row(product_id)["stock"], catalogue.ledger(product_id)) == (10, [])


def test_the_answer_is_the_stock_as_it_then_is(product_id: str, admin: Administrator) -> None:
    interrupt("GetItem", lambda: admin.adjust(product_id, -2))
    assert admin.adjust(product_id, -1).body == {"stock": 7}


@pytest.mark.usefixtures("patient")
def test_times_that_are_always_taken_are_503(
    product_id: str, catalogue: Catalogue, admin: Administrator
) -> None:
    years = iter(range(2100, 2200))

    def jump() -> None:
        catalogue.set(product_id, {"updatedAt": f"{next(years)}-01-01T00:00:00.000Z"})

    happened = interrupt("TransactWriteItems", jump, times=6)
    assert admin.adjust(product_id, 1).problem == (503, "unavailable")
    assert len(happened) == 6
    assert (catalogue.row(product_id)["stock"], catalogue.ledger(product_id)) == (10, [])
