"""A product is in a category that there is, or in none; whoever writes at the same time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.products.faults import Fault, fail
from tests.products.races import interrupt

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.products.administrator import Administrator
    from tests.products.catalogue import Answer, Catalogue

    type Send = Callable[..., Answer]

UNKNOWN = (422, "unknown-category")
CREATES = ["TransactWriteItems"]
CHANGES = ["Query", "TransactWriteItems"]
pytestmark = pytest.mark.usefixtures("patient")


@pytest.fixture
def product_id(categories: None, admin: Administrator) -> str:
    product_id: str = admin.create(category="cups", description="Old.").body["id"]
    return product_id


@pytest.fixture(params=["create", "change"])
def send(request: pytest.FixtureRequest, product_id: str, admin: Administrator) -> Send:
    """Either route, for the fields that are given."""
    if request.param == "create":
        return admin.create
    return lambda **fields: admin.change(product_id, **fields)


# --- what is answered, and what it takes ------------------------------------------------------
@pytest.mark.parametrize("name", ["none such", "Cups", "cups ", "cup", "PRODUCT"])
def test_a_category_that_does_not_exist_is_422_and_named(
    catalogue: Catalogue, send: Send, name: str
) -> None:
    before = catalogue.everything()
    answer = send(category=name)
    assert answer.problem == UNKNOWN
    assert answer.body["title"] == "There is no such category"
    assert answer.body["detail"] == f"There is no category {name!r}."
    assert answer.body["errors"] == [
        {"loc": ["body", "category"], "msg": f"There is no category {name!r}"}
    ]
    assert catalogue.everything() == before


@pytest.mark.parametrize(
    "fields",
    [
        {"name": "Cup", "price": "1.00"},
        {"description": "New."},
        {"description": None},
        {"name": "Cup", "description": "New.", "imageUrl": "https://images.test/cup.webp"},
    ],
    ids=ascii,
)
def test_nothing_that_came_with_it_is_written(
    catalogue: Catalogue, send: Send, fields: dict[str, Any]
) -> None:
    before = catalogue.everything()
    assert send(category="none such", **fields).problem == UNKNOWN
    assert catalogue.everything() == before


def test_one_transaction_finds_it_out(
    product_id: str, catalogue: Catalogue, admin: Administrator, calls: list[str]
) -> None:
    assert admin.create(category="none such").problem == UNKNOWN
    assert admin.create(category="cups", description="x").status == 201
    assert calls == CREATES * 2
    calls.clear()
    assert admin.change(product_id, category="none such").problem == UNKNOWN
    assert admin.change(product_id, category="plates").status == 200
    assert admin.change(product_id, category="plates", description="New.").status == 200
    assert calls == CHANGES * 3


def test_no_category_is_one_too_many_to_look_for(
    product_id: str, catalogue: Catalogue, admin: Administrator, calls: list[str]
) -> None:
    catalogue.remove_category("cups")
    calls.clear()
    assert admin.create(category=None).status == 201
    assert calls == CREATES
    calls.clear()
    assert admin.change(product_id, name="Cup").body["category"] == "cups"
    assert admin.change(product_id, category=None).body["category"] is None
    assert calls == ["Query", "UpdateItem"] * 2


def test_what_is_sent_must_exist_also_when_it_changes_nothing(
    product_id: str, catalogue: Catalogue, admin: Administrator
) -> None:
    assert admin.change(product_id, category="cups").status == 200
    catalogue.remove_category("cups")
    assert admin.change(product_id, category="cups").problem == UNKNOWN


# --- at the same time -------------------------------------------------------------------------
def test_a_category_that_is_removed_meanwhile_is_unknown(catalogue: Catalogue, send: Send) -> None:
    happened = interrupt("TransactWriteItems", lambda: catalogue.remove_category("plates"))
    before = catalogue.products()
    assert send(category="plates", description="New.").problem == UNKNOWN
    assert happened == ["TransactWriteItems"]
    assert catalogue.products() == before


def test_a_category_that_comes_meanwhile_will_do(catalogue: Catalogue, send: Send) -> None:
    happened = interrupt("TransactWriteItems", lambda: catalogue.add_category("bowls"))
    answer = send(category="bowls")
    assert happened == ["TransactWriteItems"]
    assert answer.body["category"] == "bowls"
    assert catalogue.row(answer.body["id"])["category"] == "bowls"


@pytest.mark.parametrize("category", ["plates", "none such"])
def test_what_is_archived_meanwhile_is_404_all_the_same(
    product_id: str, catalogue: Catalogue, admin: Administrator, category: str
) -> None:
    archived = {"active": False, "version": 2}
    happened = interrupt("TransactWriteItems", lambda: catalogue.set(product_id, archived))
    assert admin.change(product_id, category=category).problem == (404, "not-found")
    assert happened == ["TransactWriteItems"]


@pytest.mark.parametrize("category", ["plates", "none such"])
def test_with_if_match_a_lost_race_is_412_all_the_same(
    product_id: str, admin: Administrator, category: str
) -> None:
    happened = interrupt("TransactWriteItems", lambda: admin.change(product_id, name="Cup"))
    answer = admin.change(product_id, if_match='"1"', category=category)
    assert answer.problem == (412, "precondition-failed")
    assert happened == ["TransactWriteItems"]


def test_without_it_what_others_wrote_is_read_first(
    product_id: str, catalogue: Catalogue, admin: Administrator, calls: list[str]
) -> None:
    calls.clear()
    interrupt("TransactWriteItems", lambda: catalogue.set_version({"id": product_id}, 2))
    assert admin.change(product_id, category="none such").problem == UNKNOWN
    assert [call for call in calls if call != "UpdateItem"] == CHANGES * 2
    assert catalogue.row(product_id)["category"] == "cups"


# --- and when calls fail ----------------------------------------------------------------------
@pytest.mark.parametrize("fault", Fault)
def test_whatever_fails_nothing_is_written_and_the_next_answer_is_the_same(
    catalogue: Catalogue, send: Send, fault: Fault, calls: list[str]
) -> None:
    before = catalogue.everything()
    calls.clear()
    send(category="none such")
    number = len(calls) - 1
    happened = fail(number, fault)
    answer = send(category="none such")
    assert happened == ["TransactWriteItems"]
    assert answer.problem == (UNKNOWN if fault is Fault.REPEATED else (503, "unavailable"))
    assert send(category="none such").problem == UNKNOWN
    assert catalogue.everything() == before
