"""Administrators do anything, in any order and in between each other; a plain model knows better.

A change comes in between when it happens after another one has read, and before that one writes.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    invariant,
    multiple,
    rule,
    run_state_machine_as_test,
)

from products import handler
from products.models import ProductSort
from shop import dynamo
from shop.contracts.products import MAX_STOCK
from tests.conftest import FakeLambdaContext
from tests.emulated import emulated_aws
from tests.products.administrator import Administrator
from tests.products.catalogue import Catalogue, Customer
from tests.products.conftest import TABLE_NAME
from tests.products.tables import create_products_table

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.products.catalogue import Answer

pytestmark = pytest.mark.exhaustive

WRITES = {"UpdateItem", "TransactWriteItems"}

names = st.sampled_from(["Mug", "Cup", "\u676f"])
# A few, so that there are ties.
prices = st.sampled_from(["0.00", "9.99", "10.00", "99999999.99"])
CATEGORIES = ["cups", "plates"]
UNKNOWN = "no such thing"
categories = st.sampled_from([None, *CATEGORIES, UNKNOWN])
descriptions = st.sampled_from([None, "", "Holds 350 ml."])
stocks = st.sampled_from([0, 1, 5, MAX_STOCK])
deltas = st.sampled_from([-MAX_STOCK, -5, -2, -1, 1, 2, 5, MAX_STOCK])
changes = st.fixed_dictionaries(
    {},
    optional={"name": names, "price": prices, "category": categories, "description": descriptions},
)
versions = st.sampled_from([None, 0, 0, -1, 1])  # what If-Match says, from the one that is


class Model:
    """A product, and what becomes of it. Each method gives the status that is to be answered."""

    def __init__(self, body: dict[str, Any]) -> None:
        self.body = body
        self.version = 1
        self.active = True
        self.initial_stock: int = body["stock"]
        self.deltas: list[int] = []

    @property
    def shown(self) -> dict[str, Any]:
        """But for the time of the last change, which the model cannot know."""
        return {name: value for name, value in self.body.items() if name != "updatedAt"}

    def change(self, fields: dict[str, Any], expected: int | None) -> int:
        if not self.active:
            return 404
        if expected not in (None, self.version):
            return 412
        if fields.get("category") == UNKNOWN:
            return 422
        if fields:
            self.body |= fields
            self.version += 1
        return 200

    def adjust(self, delta: int) -> int:
        if not self.active:
            return 404
        if not 0 <= self.body["stock"] + delta <= MAX_STOCK:
            return 409
        self.body["stock"] += delta
        self.deltas.append(delta)
        self.version += 1
        return 200

    def archive(self) -> int:
        if not self.active:
            return 404
        self.active = False
        self.version += 1
        return 204


type Step = tuple[Callable[[], "Answer"], Callable[[], int]]
"""What to ask for, and what the model says to it."""


class Machine(RuleBasedStateMachine):
    products = Bundle("products")

    def __init__(self) -> None:
        super().__init__()
        self.moto = emulated_aws()
        self.moto.start()
        client = dynamo.client()
        create_products_table(client, TABLE_NAME)
        client.meta.events.register("before-call", self._before_call)
        self.catalogue = Catalogue(client, TABLE_NAME)
        self.admin = Administrator(FakeLambdaContext())
        self.customer = Customer(FakeLambdaContext())
        self.models: dict[str, Model] = {}
        self.between: Callable[[], None] | None = None
        self.times: dict[tuple[str, int], str] = {}
        for name in CATEGORIES:
            self.catalogue.add_category(name)

    def teardown(self) -> None:
        self.moto.stop()
        for cached in (dynamo.client, handler.repository, handler.writer):
            cached.cache_clear()

    def _before_call(self, model: Any, **_: Any) -> None:
        if self.between and model.name in WRITES:
            between, self.between = self.between, None
            between()

    # --- what is done -------------------------------------------------------------------------
    @rule(
        target=products,
        name=names,
        price=prices,
        category=categories,
        description=descriptions,
        stock=stocks,
    )
    def create(self, **fields: Any) -> Any:
        answer = self.admin.create(**fields)
        if fields["category"] == UNKNOWN:
            assert answer.problem == (422, "unknown-category")
            return multiple()
        assert answer.status == 201
        product_id: str = answer.body["id"]
        self.models[product_id] = Model(answer.body)
        return multiple(product_id)

    @rule(product=products, fields=changes, expected=versions)
    def change(self, product: str, fields: dict[str, Any], expected: int | None) -> None:
        self._do(self._change(product, fields, expected))

    @rule(product=products, delta=deltas)
    def adjust(self, product: str, delta: int) -> None:
        self._do(self._adjust(product, delta))

    @rule(product=products)
    def archive(self, product: str) -> None:
        self._do(self._archive(product))

    @rule(
        product=products,
        first=st.sampled_from(["change", "adjust", "archive"]),
        between=st.sampled_from(["change", "adjust", "adjust", "archive"]),
        fields=st.tuples(changes, changes),
        expected=st.tuples(versions, versions),
        delta=st.tuples(deltas, deltas),
    )
    def both(
        self,
        product: str,
        first: str,
        between: str,
        fields: tuple[dict[str, Any], ...],
        expected: tuple[int | None, ...],
        delta: tuple[int, ...],
    ) -> None:
        steps = [
            {
                "change": self._change(product, fields[number], expected[number]),
                "adjust": self._adjust(product, delta[number]),
                "archive": self._archive(product),
            }
            for number in range(2)
        ]
        self._do(steps[0][first], steps[1][between])

    def _do(self, step: Step, between: Step | None = None) -> None:
        """Ask for ``step``; ``between`` comes before its first write, if it has one."""
        ask, judge = step
        if between:
            self.between = lambda: self._do(between)
        answer = ask()
        self.between = None
        assert answer.status == judge()

    def _change(self, product_id: str, fields: dict[str, Any], expected: int | None) -> Step:
        model = self.models[product_id]
        version = None if expected is None else model.version + expected
        if_match = None if version is None else f'"{version}"'
        return (
            lambda: self.admin.change(product_id, if_match=if_match, **fields),
            lambda: model.change(fields, version),
        )

    def _adjust(self, product_id: str, delta: int) -> Step:
        model = self.models[product_id]
        return lambda: self.admin.adjust(product_id, delta), lambda: model.adjust(delta)

    def _archive(self, product_id: str) -> Step:
        return lambda: self.admin.archive(product_id), self.models[product_id].archive

    # --- what holds ---------------------------------------------------------------------------
    @invariant()
    def rows_say_what_the_model_says(self) -> None:
        rows = self.catalogue.everything()
        for product_id, model in self.models.items():
            pk = f"PRODUCT#{product_id}"
            row = rows[pk, "PRODUCT"]
            assert (row["active"], row["version"]) == (model.active, model.version)
            assert row["createdAt"] == model.body["createdAt"]
            ledger = sorted(key for key in rows if key[0] == pk and key[1].startswith("STOCK#"))
            assert [rows[key]["delta"] for key in ledger] == model.deltas
            assert row["stock"] == model.initial_stock + sum(model.deltas) >= 0
            # The time moves with the version, and forward.
            assert self.times.setdefault((pk, model.version), row["updatedAt"]) == row["updatedAt"]
            assert row["updatedAt"] > self.times.get((pk, model.version - 1), "")

    @rule(product=products)
    def look(self, product: str) -> None:
        model = self.models[product]
        answer = self.customer.product(product)
        assert answer.status == (200 if model.active else 404)
        if model.active:
            assert answer.headers["ETag"] == f'"{model.version}"'
            assert {k: v for k, v in answer.body.items() if k != "updatedAt"} == model.shown

    @rule(
        sort=st.sampled_from(ProductSort), category=categories, limit=st.sampled_from([1, 2, 100])
    )
    def browse(self, sort: ProductSort, category: str | None, limit: int) -> None:
        on_sale = [
            each.body
            for each in self.models.values()
            if each.active and category in (None, each.body["category"])
        ]
        by = {
            ProductSort.NEWEST: lambda each: (each["createdAt"], each["id"]),
            ProductSort.CHEAPEST: lambda each: (Decimal(each["price"]), each["id"]),
            ProductSort.DEAREST: lambda each: (Decimal(each["price"]), each["id"]),
        }[sort]
        wanted = sorted(on_sale, key=by, reverse=sort is not ProductSort.CHEAPEST)
        listed = self.customer.whole_list(sort=sort, category=category, limit=limit)
        assert [each["id"] for each in listed] == [each["id"] for each in wanted]
        assert [each["stock"] for each in listed] == [each["stock"] for each in wanted]


@pytest.mark.usefixtures("settings", "patient")
def test_whatever_administrators_do() -> None:
    run_state_machine_as_test(
        Machine,
        settings=settings(max_examples=settings().max_examples // 3, stateful_step_count=20),
    )
