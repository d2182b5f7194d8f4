"""What the routes cost in calls to the store, and what they answer when it or the setup fails."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from products import handler
from products.models import ProductSort
from shop import dynamo
from shop.ids import new_id
from tests.shop.wire import Wire, refusal

if TYPE_CHECKING:
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


@pytest.fixture
def busy(monkeypatch: pytest.MonkeyPatch) -> Wire:
    """A DynamoDB that throttles everything."""
    monkeypatch.setenv("TABLE_NAME", "products")
    monkeypatch.setattr(time, "sleep", lambda _: None)
    return Wire(dynamo.client(), refusal("ThrottlingException"))


def test_a_busy_store_is_503_and_says_when_to_come_back(busy: Wire, customer: Customer) -> None:
    for answer in (customer.products(), customer.product(new_id()), customer.categories()):
        assert answer.problem == (503, "unavailable")
        assert answer.headers["Retry-After"] == "1"


def test_a_function_without_its_table_is_500_and_logs_what_is_missing(
    customer: Customer, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("TABLE_NAME", raising=False)
    answer = customer.products()
    assert answer.problem == (500, "internal-error")
    assert "TABLE_NAME" not in str(answer.body)
    assert "TABLE_NAME" in capsys.readouterr().out


def test_the_function_connects_once(catalogue: Catalogue, customer: Customer) -> None:
    customer.products()
    repository = handler.repository()
    customer.products()
    assert handler.repository() is repository
