"""What others may rely on of accounts: that one is there, and to hear when it is gone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from shop import writes
from shop.contracts import users
from shop.ids import new_id
from tests.shop.shelf import key, row

if TYPE_CHECKING:
    from collections.abc import Mapping

    from shop.dynamo import Table


def test_what_needs_an_account_happens_only_while_there_is_one(
    shelf: Table, calls: list[str]
) -> None:
    user_id = new_id()
    account = writes.put(shelf, {**users.user_key(user_id), "email": "a@example.com"})
    needing = [writes.put(shelf, row("needs it")), users.user_exists(shelf, user_id)]
    with pytest.raises(writes.ConditionFailed) as caught:
        writes.transact(shelf.client, needing)
    assert caught.value.rows == [None, {}]
    assert shelf.get(key("needs it")) is None
    writes.apply(shelf.client, account)
    calls.clear()
    writes.transact(shelf.client, needing)
    assert calls == ["TransactWriteItems"]
    assert shelf.get(key("needs it")) == row("needs it")


def test_to_see_that_an_account_is_there_changes_nothing(shelf: Table) -> None:
    user_id = new_id()
    account = {**users.user_key(user_id), "email": "a@example.com", "version": 3}
    writes.apply(shelf.client, writes.put(shelf, account))
    writes.transact(shelf.client, [users.user_exists(shelf, user_id)])
    assert shelf.get(users.user_key(user_id)) == account


def test_another_account_or_another_row_of_the_same_one_does_not_count(shelf: Table) -> None:
    user_id, other_id = new_id(), new_id()
    writes.apply(shelf.client, writes.put(shelf, users.user_key(other_id)))
    session = {**users.user_key(user_id), "sk": "SESSION#1"}
    writes.apply(shelf.client, writes.put(shelf, session))
    with pytest.raises(writes.ConditionFailed):
        writes.transact(shelf.client, [users.user_exists(shelf, user_id)])


def record(kind: str, at: Mapping[str, str]) -> dict[str, Any]:
    """A record of a stream of keys, as Lambda gets it."""
    return {
        "eventID": "c81e728d9d4c2f636f067f89cc14862c",
        "eventName": kind,
        "eventVersion": "1.1",
        "eventSource": "aws:dynamodb",
        "awsRegion": "eu-central-1",
        "dynamodb": {
            "ApproximateCreationDateTime": 1795359845,
            "Keys": {name: {"S": value} for name, value in at.items()},
            "SequenceNumber": "111",
            "SizeBytes": 26,
            "StreamViewType": "KEYS_ONLY",
        },
        "eventSourceARN": "arn:aws:dynamodb:eu-central-1:123456789012:table/users/stream/2026",
    }


def matches(pattern: Mapping[str, Any], event: Mapping[str, Any]) -> bool:
    """Whether an event filter lets ``event`` through, of what such a pattern can say: equality."""
    return all(
        name in event
        and (event[name] in want if isinstance(want, list) else matches(want, event[name]))
        for name, want in pattern.items()
    )


def test_the_removal_of_an_account_is_heard_with_its_id() -> None:
    user_id = new_id()
    removal = record("REMOVE", {**users.user_key(user_id)})
    assert matches(users.DELETED_USERS, removal)
    assert users.deleted_user_id(removal) == user_id


@pytest.mark.parametrize(
    "unheard",
    [
        record("INSERT", {"pk": "USER#1", "sk": "USER"}),
        record("MODIFY", {"pk": "USER#1", "sk": "USER"}),
        record("REMOVE", {"pk": "USER#1", "sk": "SESSION#1"}),
        record("REMOVE", {"pk": "EMAIL#a@example.com", "sk": "EMAIL"}),
    ],
    ids=lambda record: f"{record['eventName']} {record['dynamodb']['Keys']['sk']['S']}",
)
def test_nothing_else_is_heard(unheard: Mapping[str, Any]) -> None:
    assert not matches(users.DELETED_USERS, unheard)
