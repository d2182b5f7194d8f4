"""Others write too, DynamoDB gets busy, calls fail: the table and the report stay true."""

from __future__ import annotations

import json
from threading import Event
from typing import TYPE_CHECKING, Any

import pytest

from ops.errors import OperationError
from ops.seed.load import Counts, load
from ops.seed.plan import Change, Outcome, ProductEntry
from ops.seed.writer import (
    ATTEMPTS,
    MAX_ACTIONS,
    MAX_BYTES,
    Planned,
    Tally,
    Writer,
    packed,
)
from products.models import NewCategory, NewProduct
from tests.ops.seed.support import (
    IMAGES_URL,
    Calls,
    cancelled,
    catalogue,
    change_row,
    new_product,
    numbered,
    product_rows,
    table_rows,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from ops.seed.store import Store

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("pauses")]


def once(action: Callable[[], object]) -> Callable[[int], None]:
    """Let the first call wait until ``action`` is done: between a read and its write."""

    def answer(number: int) -> None:
        if number == 1:
            action()

    return answer


def test_another_seeding_of_the_same_file_is_met_half_way(store: Store) -> None:
    products = numbered(3, description="The same in both")
    theirs: list[Counts] = []

    def other_seeding() -> None:
        theirs.append(load(store, catalogue(*products[:2])).products)

    Calls(once(other_seeding)).listen(store, "TransactWriteItems")
    ours = load(store, catalogue(*products)).products

    # (The other one's own write is the hook's second call, so it passes.)
    assert theirs == [Counts(2, 0, 0)]
    assert ours == Counts(1, 0, 2)
    assert {row["version"] for row in product_rows(store).values()} == {1}


def test_what_was_written_since_the_read_is_read_again(store: Store) -> None:
    load(store, catalogue(new_product()))
    row = product_rows(store)["Chai"]
    seen = Calls(once(lambda: change_row(store, row, version=2, price=19))).listen(
        store, "TransactWriteItems"
    )

    summary = load(store, catalogue(new_product(price="20.00")))

    assert summary.products == Counts(0, 1, 0)
    assert seen.count == 2
    after = product_rows(store)["Chai"]
    assert (after["price"], after["version"]) == (20, 3)


def test_a_sale_in_between_is_not_undone(store: Store) -> None:
    """Whether or not a sale moves the version."""
    load(store, catalogue(new_product(stock=39)))
    row = product_rows(store)["Chai"]
    Calls(once(lambda: change_row(store, row, stock=38))).listen(store, "TransactWriteItems")

    load(store, catalogue(new_product(price="20.00", stock=39)))

    assert product_rows(store)["Chai"]["stock"] == 38


@pytest.mark.parametrize("before", ["Tea", None])
def test_a_category_changed_in_between_is_read_again(store: Store, before: str | None) -> None:
    load(store, catalogue(NewCategory(name="Drinks", description=before)))
    row = {"pk": "CATEGORY", "sk": "Drinks", "description": "Juice"}
    seen = Calls(once(lambda: change_row(store, row))).listen(store, "TransactWriteItems")

    summary = load(store, catalogue(NewCategory(name="Drinks", description="Coffee")))

    assert summary.categories == Counts(0, 1, 0)
    assert seen.count == 2
    assert table_rows(store)["CATEGORY", "Drinks"]["description"] == "Coffee"


def test_a_category_deleted_in_between_is_created(store: Store) -> None:
    load(store, catalogue(NewCategory(name="Drinks", description=None)))
    key = {"pk": {"S": "CATEGORY"}, "sk": {"S": "Drinks"}}
    Calls(once(lambda: store.client.delete_item(TableName=store.table, Key=key))).listen(
        store, "TransactWriteItems"
    )

    summary = load(store, catalogue(NewCategory(name="Drinks", description="Coffee")))

    assert summary.categories == Counts(1, 0, 0)


@pytest.mark.parametrize(
    "reasons",
    [
        ["None", "TransactionConflict"],
        ["ThrottlingError", "None"],
        ["ProvisionedThroughputExceeded", "ConditionalCheckFailed"],
    ],
)
def test_what_passes_is_tried_again(store: Store, pauses: list[float], reasons: list[str]) -> None:
    calls = Calls(lambda number: cancelled(reasons) if number < 4 else None)
    calls.listen(store, "TransactWriteItems")

    summary = load(store, catalogue(*numbered(2)))

    assert summary.products == Counts(2, 0, 0)
    assert calls.count == 4
    assert pauses == sorted(set(pauses))  # ever longer
    assert len(pauses) == 3


def test_it_gives_up_and_says_how_far_it_came(store: Store, pauses: list[float]) -> None:
    calls = Calls(lambda number: cancelled(["ThrottlingError"]) if number > 2 else None)
    calls.listen(store, "TransactWriteItems")

    with pytest.raises(OperationError) as error:
        load(store, catalogue(NewCategory(name="Drinks", description=None), *numbered(60)))

    written = len(product_rows(store))
    assert written in {10, 50}
    assert str(error.value) == (
        "DynamoDB was too busy, or others kept writing to the same products."
        f" Written until then: categories 1, products {written}."
        " Run the same again to go on; that is safe."
    )
    assert len(pauses) == ATTEMPTS - 1
    assert calls.count == 2 + ATTEMPTS


def test_once_stopped_it_tries_no_more(store: Store) -> None:
    stop = Event()

    def stopped_meanwhile(_: int) -> tuple[int, dict[str, Any]]:
        stop.set()
        return cancelled(["ThrottlingError"])

    calls = Calls(stopped_meanwhile).listen(store, "TransactWriteItems")
    Writer(store, Tally(lambda _: None), stop, dry_run=False).write(
        [ProductEntry(new_product(), IMAGES_URL)]
    )

    assert calls.count == 1
    assert table_rows(store) == {}


def test_a_final_reason_is_not_tried_again(store: Store) -> None:
    calls = Calls(lambda _: cancelled(["ConditionalCheckFailed", "ValidationError"]))
    calls.listen(store, "TransactWriteItems")

    with pytest.raises(
        OperationError, match=r"Transaction cancelled\. Written until then: categories 0"
    ):
        load(store, catalogue(*numbered(2)))
    assert calls.count == 1


def test_a_refused_call_is_a_sentence(store: Store) -> None:
    denied = {"Error": {"Code": "AccessDeniedException", "Message": "Not you."}}
    Calls(lambda _: (400, denied)).listen(store, "TransactWriteItems")

    with pytest.raises(
        OperationError, match=r"\(AccessDeniedException\).*Not you\. Written until then"
    ):
        load(store, catalogue(*numbered(2)))


def test_a_busy_table_is_a_sentence_and_a_dry_run_wrote_nothing(store: Store) -> None:
    busy = {"Error": {"Code": "ThrottlingException", "Message": "Slow down."}}
    Calls(lambda _: (400, busy)).listen(store, "BatchGetItem")

    with pytest.raises(OperationError) as error:
        load(store, catalogue(*numbered(2)), dry_run=True)
    assert str(error.value) == "DynamoDB is busy or out of reach."


def test_keys_left_unprocessed_are_read_after_a_pause(store: Store, pauses: list[float]) -> None:
    products = numbered(3, description="Long")
    load(store, catalogue(*products))
    asked: list[int] = []

    def leave_some(params: dict[str, Any], **_: object) -> None:
        """Take some keys out of the request, as if DynamoDB had put them off."""
        request = params["RequestItems"][store.table]
        assert request["ConsistentRead"]
        asked.append(len(request["Keys"]))
        request["Keys"], put_off[:] = request["Keys"][:2], request["Keys"][2:]

    def give_back(parsed: dict[str, Any], **_: object) -> None:
        if put_off:
            parsed["UnprocessedKeys"] = {
                store.table: {"Keys": list(put_off), "ConsistentRead": True}
            }

    put_off: list[dict[str, Any]] = []
    events = store.client.meta.events
    events.register("provide-client-params.dynamodb.BatchGetItem", leave_some)
    events.register("after-call.dynamodb.BatchGetItem", give_back)

    summary = load(store, catalogue(*products))

    assert summary.products == Counts(0, 0, 3)
    assert asked == [6, 4, 2]
    assert len(pauses) == 2


def test_a_product_is_whole_or_not_there(store: Store) -> None:
    """Each transaction has both rows of its products, however it is cut."""
    seen: list[list[str]] = []

    def hear(params: dict[str, Any], **_: object) -> None:
        puts = [action["Put"]["Item"]["pk"]["S"] for action in params["TransactItems"]]
        seen.append(puts)

    store.client.meta.events.register("provide-client-params.dynamodb.TransactWriteItems", hear)
    load(store, catalogue(*numbered(120, description="Long")))

    assert [len(puts) for puts in seen] == [100, 100, 40]
    assert all(puts.count(pk) == 2 for puts in seen for pk in puts)


def planned(product: NewProduct) -> Planned:
    entry = ProductEntry(product, IMAGES_URL)
    return Planned(entry, entry.change("products", {}, "2026-01-01T00:00:00.000Z"))


def test_a_transaction_stays_below_the_limits() -> None:
    large = [
        planned(each) for each in numbered(100, description="\N{TEACUP WITHOUT HANDLE}" * 10_000)
    ]

    parts = list(packed(large))

    assert [each for part in parts for each in part] == large
    assert len(parts) > 1
    for part in parts:
        actions = [action for each in part for action in each.change.actions]
        assert len(json.dumps(actions)) <= MAX_BYTES + 2 * len(part)
        assert len(actions) <= MAX_ACTIONS
    assert len(parts) < 5


def test_a_change_is_never_cut() -> None:
    odd = Planned(
        ProductEntry(new_product(), IMAGES_URL),
        Change(Outcome.CREATED, [{"Put": {"TableName": "t", "Item": {}}}] * 3),
    )
    assert [len(part) for part in packed([odd] * 40)] == [33, 7]


def test_nothing_to_write_is_no_transaction() -> None:
    assert list(packed([])) == []
