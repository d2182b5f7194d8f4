"""Any sequence of requests: the book is what a plain list of addresses would be."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from addresses.repository import BOOK
from shop.ids import new_id
from tests.addresses.world import ADDRESS, Answer, Customer

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext

    from tests.addresses.world import Store

pytestmark = pytest.mark.exhaustive

TEXTS = st.sampled_from(["x", "\u6771\u4eac", "12 Harbour Lane", "#", "y" * 20])
OPTIONAL: dict[str, Any] = {"state": st.none() | TEXTS, "zipCode": st.none() | TEXTS}
FIELDS = st.fixed_dictionaries({}, optional={"isDefault": st.booleans(), **OPTIONAL})
CHANGES = st.fixed_dictionaries(
    {}, optional={**dict.fromkeys(ADDRESS, TEXTS), "isDefault": st.booleans(), **OPTIONAL}
)


class AnySequence(RuleBasedStateMachine):
    store: Store
    context: LambdaContext

    def __init__(self) -> None:
        super().__init__()
        self.customer = Customer(self.context, self.store.add_user())
        self.addresses: list[dict[str, Any]] = []  # as they should be, the oldest first
        self.default: str | None = None
        self.cursors: list[tuple[str, str]] = []  # with the place of the last address seen
        self.gone: list[str] = [new_id()]

    def teardown(self) -> None:
        self.store.wipe(self.customer.user_id)

    def shown(self) -> list[dict[str, Any]]:
        """The list as it should be."""
        addresses = sorted(self.addresses, key=place, reverse=True)
        return [{**each, "isDefault": each["id"] == self.default} for each in addresses]

    @rule(fields=FIELDS)
    def create(self, fields: dict[str, Any]) -> None:
        address = self.customer.created(**fields)
        if fields.get("isDefault") or self.default is None:
            self.default = address["id"]
        wanted = {"state": None, "zipCode": None, **ADDRESS, **fields}
        self.addresses.append({**address, **wanted})
        assert address == {**address, **wanted, "isDefault": address["id"] == self.default}

    @precondition(lambda self: self.addresses)
    @rule(changes=CHANGES, data=st.data())
    def change(self, changes: dict[str, Any], data: st.DataObject) -> None:
        address = data.draw(st.sampled_from(self.addresses))
        answer = self.customer.change(address["id"], changes)
        assert answer.status == 200
        was_default = address["id"] == self.default
        changed = changes.keys() - {"isDefault"} or changes.get("isDefault", was_default) != (
            was_default
        )
        assert (answer.body["updatedAt"] > address["updatedAt"]) == bool(changed)
        if changes.get("isDefault"):
            self.default = address["id"]
        elif was_default and "isDefault" in changes:
            self.default = None
        address |= {**changes, "updatedAt": answer.body["updatedAt"]}
        assert answer.body == {**address, "isDefault": address["id"] == self.default}

    @precondition(lambda self: self.addresses)
    @rule(data=st.data())
    def delete(self, data: st.DataObject) -> None:
        address = data.draw(st.sampled_from(self.addresses))
        assert self.customer.delete(address["id"]).status == 204
        self.addresses.remove(address)
        self.gone.append(address["id"])
        if self.default == address["id"]:
            self.default = None

    @rule(data=st.data())
    def ask_for_what_is_gone(self, data: st.DataObject) -> None:
        address_id = data.draw(st.sampled_from(self.gone))
        answers: list[Answer] = [
            self.customer.get(address_id),
            self.customer.change(address_id, {"isDefault": True}),
            self.customer.delete(address_id),
        ]
        assert [each.status for each in answers] == [404] * 3

    @rule(limit=st.integers(1, 5))
    def walk(self, limit: int) -> None:
        assert self.customer.everything(limit=limit) == self.shown()

    @rule(limit=st.integers(1, 3))
    def begin_a_list(self, limit: int) -> None:
        body = self.customer.page(limit=limit).body
        if body["nextCursor"]:
            self.cursors.append((body["nextCursor"], place(body["items"][-1])))

    @precondition(lambda self: self.cursors)
    @rule(limit=st.integers(1, 5), data=st.data())
    def read_on(self, limit: int, data: st.DataObject) -> None:
        cursor, seen = data.draw(st.sampled_from(self.cursors))
        rest = self.customer.everything(cursor=cursor, limit=limit)
        assert rest == [each for each in self.shown() if place(each) < seen]

    @invariant()
    def the_book_is_right(self) -> None:
        self.store.assert_sound(self.customer.user_id)
        book = self.store.rows(self.customer.user_id).get(BOOK, {"count": 0})
        assert book["count"] == len(self.addresses)
        assert book.get("defaultId") == self.default


def place(address: dict[str, Any]) -> str:
    return f"{address['createdAt']}#{address['id']}"


def test_any_sequence_of_requests(store: Store, context: LambdaContext) -> None:
    machine = type("Machine", (AnySequence,), {"store": store, "context": context})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=settings().max_examples // 4,
            stateful_step_count=20,
            suppress_health_check=[HealthCheck.too_slow],
        ),
    )
