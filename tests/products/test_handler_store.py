"""What the routes cost in calls to the store, and what they answer when it or the setup fails."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from products import handler
from products.models import ProductSort
from shop import dynamo
from shop.ids import new_id
from tests.shop.wire import Wire, refusal

if TYPE_CHECKING:
    from tests.products.administrator import Administrator
    from tests.products.catalogue import Answer, Catalogue, Customer


def test_every_answer_takes_the_fewest_calls(
    catalogue: Catalogue, customer: Customer, calls: list[str]
) -> None:
    def made_for(answer: Answer) -> list[str]:
        assert answer.status in (200, 404)
        made = calls.copy()
        calls.clear()
        return made

    assert made_for(customer.products()) == ["Query"]
    assert made_for(customer.categories()) == ["Query"]
    assert made_for(customer.product(new_id())) == ["Query"]
    products = [catalogue.add(description="x" * 10_000, category="cups") for _ in range(7)]
    calls.clear()
    for limit in (1, 6, 7, 8, 100):
        for sort in ProductSort:
            assert made_for(customer.products(limit=limit, sort=sort)) == ["Query", "BatchGetItem"]
    page = customer.products(category="cups", limit=3).body
    calls.clear()
    rest = customer.products(category="cups", limit=3, cursor=page["nextCursor"])
    assert made_for(rest) == ["Query", "BatchGetItem"]
    assert made_for(customer.product(products[0]["id"])) == ["Query"]


def test_every_change_takes_the_fewest_calls(
    catalogue: Catalogue, admin: Administrator, calls: list[str]
) -> None:
    def made_for(answer: Answer, status: int) -> list[str]:
        assert answer.status == status
        made = calls.copy()
        calls.clear()
        return made

    product_id = catalogue.add(description="x" * 10_000)["id"]
    calls.clear()
    assert made_for(admin.create(), 201) == ["TransactWriteItems"]
    assert made_for(admin.create(description="x"), 201) == ["TransactWriteItems"]
    assert made_for(admin.change(product_id), 200) == ["Query"]
    assert made_for(admin.change(product_id, name="Cup"), 200) == ["Query", "UpdateItem"]
    both = {"name": "Bowl", "description": "x"}
    assert made_for(admin.change(product_id, **both), 200) == ["Query", "TransactWriteItems"]
    assert made_for(admin.change(product_id, **both), 200) == ["Query", "UpdateItem"]
    assert made_for(admin.change(product_id, if_match='"1"', **both), 412) == ["Query"]
    assert made_for(admin.adjust(product_id, 5), 200) == ["TransactWriteItems", "GetItem"]
    assert made_for(admin.adjust(product_id, -99), 409) == ["TransactWriteItems"]
    assert made_for(admin.begin_image(product_id), 201) == ["GetItem"]
    assert made_for(admin.archive(product_id), 204) == ["TransactWriteItems"]
    assert made_for(admin.archive(product_id), 404) == ["TransactWriteItems"]
    assert made_for(admin.adjust(product_id, 1), 404) == ["TransactWriteItems"]
    assert made_for(admin.change(product_id, name="Cup"), 404) == ["Query"]
    assert made_for(admin.begin_image(product_id), 404) == ["GetItem"]


@pytest.fixture
def busy(settings: None, patient: None) -> Wire:
    """A DynamoDB that throttles everything."""
    return Wire(dynamo.client(), refusal("ThrottlingException"))


def test_a_busy_store_is_503_and_says_when_to_come_back(
    busy: Wire, customer: Customer, admin: Administrator
) -> None:
    for answer in (
        customer.products(),
        customer.product(new_id()),
        customer.categories(),
        admin.change(new_id(), name="Cup"),
        admin.archive(new_id()),
        admin.begin_image(new_id()),
    ):
        assert answer.problem == (503, "unavailable")
        assert answer.headers["Retry-After"] == "1"


def test_what_must_not_happen_twice_is_no_503_in_a_store_that_is_busy_all_the_time(
    busy: Wire, admin: Administrator
) -> None:
    """One of its answers may have been lost, and there is no looking either."""
    for answer in (admin.create(), admin.adjust(new_id(), 1)):
        assert answer.problem == (500, "internal-error")


def test_a_function_without_its_table_is_500_and_logs_what_is_missing(
    settings: None,
    customer: Customer,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.delenv("TABLE_NAME")
    answer = customer.products()
    assert answer.problem == (500, "internal-error")
    assert "TABLE_NAME" not in str(answer.body)
    assert "TABLE_NAME" in capsys.readouterr().out


def test_the_function_connects_once(catalogue: Catalogue, customer: Customer) -> None:
    customer.products()
    repository = handler.repository()
    customer.products()
    assert handler.repository() is repository
