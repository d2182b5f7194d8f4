"""A write happens as a whole while its conditions hold, and else says what was in the way."""

from __future__ import annotations

import traceback
from typing import TYPE_CHECKING

import pytest
from botocore.exceptions import ClientError, ParamValidationError, ReadTimeoutError
from moto.core.models import botocore_stubber

from shop import writes
from shop.writes import ConditionFailed
from tests.shop.notes import CANARY
from tests.shop.shelf import key, row

if TYPE_CHECKING:
    from collections.abc import Callable

    from botocore.awsrequest import AWSPreparedRequest

    from shop import dynamo
    from shop.dynamo import Item
    from shop.writes import Action


def store(shelf: dynamo.Table, *rows: Item) -> None:
    for each in rows:
        writes.apply(shelf.client, writes.put(shelf, each))


def refused(attempt: Callable[[], object]) -> ConditionFailed:
    with pytest.raises(ConditionFailed) as caught:
        attempt()
    return caught.value


def test_a_new_row_is_written_once(shelf: dynamo.Table, calls: list[str]) -> None:
    assert writes.apply(shelf.client, writes.put(shelf, row("a", n=1, absent=None))) == {}
    again = writes.put(shelf, row("a", n=2))
    failed = refused(lambda: writes.apply(shelf.client, again))
    assert failed.rows == [row("a", n=1)]
    assert failed.failed(0)
    assert calls == ["PutItem", "PutItem"]
    assert shelf.get(key("a")) == row("a", n=1)


def test_a_row_can_be_replaced_under_a_condition(shelf: dynamo.Table) -> None:
    store(shelf, row("a", n=1, old=True))
    replace = writes.put(shelf, row("a", n=2), "#n = :was", {":was": 1})
    assert writes.apply(shelf.client, replace) == {}
    assert shelf.get(key("a")) == row("a", n=2)
    assert refused(lambda: writes.apply(shelf.client, replace)).rows == [row("a", n=2)]


@pytest.mark.parametrize(
    ("attributes", "after"),
    [
        ({"name": "new"}, {"name": "new", "size": 1, "status": "on"}),
        ({"size": None}, {"name": "old", "status": "on"}),
        (
            {"name": None, "status": "off", "date": "d", "never": None},
            {"size": 1, "status": "off", "date": "d"},
        ),
    ],
)
def test_an_update_answers_the_row_as_it_is_then(
    shelf: dynamo.Table, calls: list[str], attributes: Item, after: Item
) -> None:
    store(shelf, row("a", name="old", size=1, status="on"))
    calls.clear()
    expression, values = writes.setting(attributes)
    action = writes.update(shelf, key("a"), expression, writes.THERE, values)
    assert writes.apply(shelf.client, action) == row("a", **after)
    assert calls == ["UpdateItem"]
    assert shelf.get(key("a")) == row("a", **after)


def test_an_update_makes_no_row_where_there_is_none(shelf: dynamo.Table) -> None:
    action = writes.update(shelf, key("a"), "SET #n = :n", writes.THERE, {":n": 1})
    failed = refused(lambda: writes.apply(shelf.client, action))
    assert failed.rows == [{}]
    assert failed.failed(0), "though there is no row to show"
    assert shelf.get(key("a")) is None


def test_a_row_is_deleted_once(shelf: dynamo.Table, calls: list[str]) -> None:
    store(shelf, row("a", n=1))
    calls.clear()
    other = writes.delete(shelf, key("a"), "#n = :n", {":n": 2})
    assert refused(lambda: writes.apply(shelf.client, other)).rows == [row("a", n=1)]
    assert writes.apply(shelf.client, writes.delete(shelf, key("a"))) == {}
    gone = writes.delete(shelf, key("a"))
    assert refused(lambda: writes.apply(shelf.client, gone)).rows == [{}]
    assert calls == ["DeleteItem"] * 3


def everything(shelf: dynamo.Table) -> list[Action]:
    """One action of each kind, which succeed while there are "old", "gone" and "fixed" only."""
    return [
        writes.put(shelf, row("new", n=1)),
        writes.update(shelf, key("old"), "SET #n = :n", writes.THERE, {":n": 2}),
        writes.delete(shelf, key("gone")),
        writes.check(shelf, key("fixed")),
    ]


def contents(shelf: dynamo.Table) -> dict[str, Item]:
    rows = shelf.query("pk = :pk", {":pk": "SHELF"}, consistent=True)
    return {each["sk"]: each for each in rows}


def test_a_transaction_is_all_of_its_actions_in_one_call(
    shelf: dynamo.Table, calls: list[str], sleeps: list[float]
) -> None:
    store(shelf, row("old", n=1), row("gone"), row("fixed"))
    calls.clear()
    writes.transact(shelf.client, everything(shelf))
    assert calls == ["TransactWriteItems"]
    assert sleeps == []
    expected = [row("fixed"), row("new", n=1), row("old", n=2)]
    assert list(contents(shelf).values()) == expected


@pytest.mark.parametrize(
    ("present", "rows"),
    [
        (["old", "gone"], [None, None, None, {}]),
        (["new", "old", "gone", "fixed"], [row("new"), None, None, None]),
        (["new", "old", "fixed"], [row("new"), None, {}, None]),
        ([], [None, {}, {}, {}]),
    ],
)
def test_a_transaction_that_fails_does_nothing_and_tells_what_was_in_the_way(
    shelf: dynamo.Table,
    calls: list[str],
    sleeps: list[float],
    present: list[str],
    rows: list[Item | None],
) -> None:
    store(shelf, *[row(name) for name in present])
    calls.clear()
    failed = refused(lambda: writes.transact(shelf.client, everything(shelf)))
    assert calls == ["TransactWriteItems"], "a failed condition is final"
    assert sleeps == []
    assert failed.rows == rows
    assert [failed.failed(place) for place in range(4)] == [each is not None for each in rows]
    assert contents(shelf) == {name: row(name) for name in sorted(present)}


def test_a_transaction_takes_a_hundred_actions(shelf: dynamo.Table) -> None:
    writes.transact(shelf.client, [writes.put(shelf, row(f"{n:03}")) for n in range(100)])
    assert len(contents(shelf)) == 100


def test_a_mistake_of_ours_is_told_at_once(
    shelf: dynamo.Table, calls: list[str], sleeps: list[float]
) -> None:
    wrong = writes.update(shelf, key("a"), "SET nonsense", writes.THERE)
    for attempt in (
        lambda: writes.apply(shelf.client, wrong),
        lambda: writes.transact(shelf.client, [wrong]),
        lambda: writes.transact(shelf.client, [writes.put(shelf, row("a"))] * 2),
    ):
        with pytest.raises(ClientError, match="ValidationException"):
            attempt()
    with pytest.raises(ParamValidationError):
        writes.transact(shelf.client, [])
    assert calls == ["UpdateItem", "TransactWriteItems", "TransactWriteItems"]
    assert sleeps == []
    assert contents(shelf) == {}


def test_a_failed_condition_keeps_the_rows_out_of_the_log(shelf: dynamo.Table) -> None:
    store(shelf, row("a", secret=CANARY))
    again = writes.put(shelf, row("a", other=CANARY))
    fixed = writes.check(shelf, key("b"), writes.NOT_THERE)
    for attempt in (
        lambda: writes.apply(shelf.client, again),
        lambda: writes.transact(shelf.client, [fixed, again]),
    ):
        failed = refused(attempt)
        assert CANARY in str(failed.rows)
        assert CANARY not in "".join(traceback.format_exception(failed))


def test_a_failed_condition_says_which_one_it_was() -> None:
    assert str(ConditionFailed([None, {}, row("a")])) == "conditions failed at [1, 2]"


def test_after_a_lost_answer_the_row_in_the_way_is_the_one_just_written(
    shelf: dynamo.Table, calls: list[str]
) -> None:
    sent: list[AWSPreparedRequest] = []

    def lose_the_first_answer(request: AWSPreparedRequest, event_name: str, **_: object) -> None:
        sent.append(request)
        if len(sent) == 1:
            botocore_stubber(event_name, request)
            raise ReadTimeoutError(endpoint_url=str(request.url))

    shelf.client.meta.events.register_first("before-send.dynamodb", lose_the_first_answer)
    own = row("a", id="mine")
    failed = refused(lambda: writes.apply(shelf.client, writes.put(shelf, own)))
    assert failed.rows == [own]
    assert len(sent) == 2
    assert calls == ["PutItem"]
