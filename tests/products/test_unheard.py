"""No answer to a write that must not happen twice: whether it was done is looked up."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.products.faults import Fault, fail

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.products.administrator import Administrator
    from tests.products.catalogue import Answer, Catalogue

type Send = Callable[[Administrator, str], Answer]

pytestmark = pytest.mark.usefixtures("patient")
SENDS: dict[str, Send] = {
    "create": lambda admin, _: admin.create(description="New."),
    "adjust": lambda admin, product_id: admin.adjust(product_id, -3, reason="Broken"),
}
UNDONE = [fault for fault in Fault if fault is not Fault.REPEATED]


@pytest.fixture
def product_id(catalogue: Catalogue, admin: Administrator) -> str:
    product_id: str = admin.create(stock=10).body["id"]
    return product_id


def test_what_was_done_unheard_is_answered_as_if_it_had_been_heard(
    product_id: str, catalogue: Catalogue, admin: Administrator, calls: list[str]
) -> None:
    calls.clear()
    fail(0, Fault.UNHEARD)
    created = admin.create()
    assert (created.status, calls) == (201, ["TransactWriteItems", "GetItem"])
    assert catalogue.row(created.body["id"])["name"] == created.body["name"]
    calls.clear()
    fail(0, Fault.UNHEARD)
    adjusted = admin.adjust(product_id, -3)
    assert (adjusted.status, adjusted.body) == (200, {"stock": 7})
    assert calls == ["TransactWriteItems", "GetItem", "GetItem"]
    assert [entry["delta"] for entry in catalogue.ledger(product_id)] == [-3]


@pytest.mark.parametrize("send", SENDS.values(), ids=SENDS)
def test_what_was_not_done_may_be_sent_again(
    product_id: str, catalogue: Catalogue, admin: Administrator, calls: list[str], send: Send
) -> None:
    before = catalogue.everything()
    calls.clear()
    fail(0, Fault.REFUSED)
    assert send(admin, product_id).problem == (503, "unavailable")
    assert calls == ["TransactWriteItems", "GetItem"]
    assert catalogue.everything() == before


def test_earlier_adjustments_do_not_pass_for_it(
    product_id: str, catalogue: Catalogue, admin: Administrator
) -> None:
    admin.adjust(product_id, -3)
    fail(0, Fault.REFUSED)
    assert admin.adjust(product_id, -3).problem == (503, "unavailable")
    assert catalogue.row(product_id)["stock"] == 7


@pytest.mark.parametrize("send", SENDS.values(), ids=SENDS)
@pytest.mark.parametrize("look", UNDONE)
@pytest.mark.parametrize("fault", UNDONE)
def test_nobody_is_told_to_try_again_when_it_is_not_known_whether_it_was_done(
    product_id: str,
    catalogue: Catalogue,
    admin: Administrator,
    send: Send,
    fault: Fault,
    look: Fault,
) -> None:
    before = catalogue.everything()
    happened = [fail(1, look), fail(0, fault)]  # in this order both see the first call
    answer = send(admin, product_id)
    assert happened == [["GetItem"], ["TransactWriteItems"]]
    assert answer.problem == (500, "internal-error")
    assert "Nobody knows whether it was done" in answer.body["detail"]
    assert "Retry-After" not in answer.headers
    assert (catalogue.everything() != before) is (fault is Fault.UNHEARD)
