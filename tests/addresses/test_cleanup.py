"""When an account is gone its addresses go too; the users table's stream tells."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from addresses.repository import BOOK
from shop.contracts.addresses import address_key
from shop.errors import Unavailable
from tests.addresses.faults import Accident, Faults
from tests.addresses.world import ADDRESS, NOW, Customer, deliver, numbered, removal

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext

    from tests.addresses.world import Store
    from tests.shop.wire import Wire

pytestmark = pytest.mark.slow


def test_all_rows_of_the_user_go_and_no_others(
    customer: Customer, other: Customer, store: Store, context: LambdaContext
) -> None:
    for _ in range(3):
        customer.created()
    kept = other.created()
    deliver(context, removal(customer.user_id))
    assert store.rows(customer.user_id) == {}
    assert other.everything() == [kept]
    store.assert_sound(other.user_id)


def test_an_empty_book_goes_too(customer: Customer, store: Store, context: LambdaContext) -> None:
    customer.delete(customer.created()["id"])
    assert store.rows(customer.user_id).keys() == {BOOK}
    deliver(context, removal(customer.user_id))
    assert store.count() == 0


def test_the_same_news_again_is_nothing_new(
    customer: Customer, other: Customer, store: Store, context: LambdaContext, calls: list[str]
) -> None:
    customer.created()
    other.created()
    records = [removal(each.user_id, number) for number, each in enumerate([customer, other])]
    deliver(context, *records)
    calls.clear()
    deliver(context, *records, *records)
    assert calls == ["Query"] * 4
    assert store.count() == 0


@pytest.mark.parametrize("count", [1, 50])
def test_a_book_of_any_size_takes_two_calls(
    customer: Customer, store: Store, context: LambdaContext, calls: list[str], count: int
) -> None:
    ids = numbered(count)
    store.fill(customer.user_id, ids, ids[0])
    calls.clear()
    deliver(context, removal(customer.user_id))
    assert calls == ["Query", "TransactWriteItems"]
    assert store.count() == 0


@pytest.mark.parametrize(
    "changes",
    [
        {"eventName": "INSERT"},
        {"eventName": "MODIFY"},
        {"sk": "EMAIL"},
        {"sk": "USER#SESSION"},
        {"sk": "SESSION#1"},
    ],
    ids=str,
)
def test_other_news_of_users_means_nothing(
    untouched: Wire, context: LambdaContext, changes: dict[str, Any]
) -> None:
    deliver(context, removal("0" * 32, **changes))
    assert untouched.requests == []


def test_a_failure_is_raised_so_that_the_news_comes_again(
    customer: Customer, other: Customer, store: Store, context: LambdaContext
) -> None:
    customer.created()
    other.created()

    faults = Faults(store.client)
    faults.plan(2, Accident.REFUSED)  # two calls for the first
    records = [removal(each.user_id, number) for number, each in enumerate([customer, other])]
    with pytest.raises(Unavailable):
        deliver(context, *records)
    assert faults.over()
    assert store.rows(customer.user_id) == {}
    assert len(store.rows(other.user_id)) == 2
    deliver(context, *records)
    assert store.count() == 0


def test_a_row_that_goes_by_itself_meanwhile_is_no_failure(
    customer: Customer, store: Store, context: LambdaContext, calls: list[str], pauses: list[float]
) -> None:
    gone, _ = customer.created(), customer.created()
    calls.clear()

    def go(model: Any, **_: Any) -> None:
        if model.name == "TransactWriteItems":
            store.delete(address_key(customer.user_id, gone["id"]))

    store.client.meta.events.register("before-call.dynamodb", go)
    deliver(context, removal(customer.user_id))
    assert [each for each in calls if each != "DeleteItem"] == ["Query", "TransactWriteItems"] * 2
    assert len(pauses) == 1
    assert store.count() == 0


def test_of_an_account_half_cleared_nothing_is_left_to_see_or_to_touch(
    customer: Customer, store: Store
) -> None:
    """The book goes first, and with it all that the addresses without it are."""
    key = address_key(customer.user_id, numbered(1)[0])
    store.put({**key, **ADDRESS, "createdAt": NOW, "updatedAt": NOW})
    before = store.rows(customer.user_id)
    [address_id] = numbered(1)
    for answer in (
        customer.get(address_id),
        customer.change(address_id, {"city": "Cork"}),
        customer.change(address_id, {"isDefault": True}),
        customer.delete(address_id),
    ):
        assert answer.problem == (404, "not-found")
    assert customer.everything() == []
    assert store.rows(customer.user_id) == before


def test_what_is_too_much_for_one_transaction_loses_its_book_first(
    customer: Customer, store: Store, context: LambdaContext
) -> None:
    store.fill(customer.user_id, numbered(120), None)
    left: list[set[str]] = []
    store.client.meta.events.register(
        "after-call.dynamodb.TransactWriteItems",
        lambda **_: left.append(set(store.rows(customer.user_id))),
    )
    deliver(context, removal(customer.user_id))
    assert [len(each) for each in left] == [21, 0]
    assert BOOK not in left[0]


def test_no_change_after_the_end_brings_anything_back(
    customer: Customer, store: Store, context: LambdaContext
) -> None:
    """A token outlives its account for minutes."""
    address = customer.created()
    store.delete_user(customer.user_id)
    deliver(context, removal(customer.user_id))
    statuses = [
        customer.get(address["id"]).status,
        customer.change(address["id"], {"isDefault": True}).status,
        customer.delete(address["id"]).status,
        customer.create().status,
        customer.page().status,
    ]
    assert statuses == [404, 404, 404, 401, 200]
    assert store.count() == 0
