"""Conditions and reads that no route shows by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from shop import dynamo
from shop.ids import new_id
from users import composition, instants
from users.repository import AccountChanged

if TYPE_CHECKING:
    from tests.users.world import Client, Clock, Store


@pytest.mark.parametrize("other", [{"passwordHash": "another"}, {"sessionEpoch": 1}])
def test_a_session_starts_only_for_the_account_as_it_was_seen(
    reader: Client, store: Store, other: dict[str, Any]
) -> None:
    caller = reader.caller
    assert caller
    sessions = composition.session_repository()
    account, session = sessions.find(caller.user_id, caller.session_id)
    assert account
    assert session
    store.set(store.user(caller.user_id), **other)
    with pytest.raises(AccountChanged) as changed:
        sessions.start(session._replace(id=new_id()), account, None)
    assert changed.value.account == composition.repository().find(caller.user_id)
    assert len(store.sessions()) == 1


def test_what_decides_is_read_as_it_was_last_written(reader: Client) -> None:
    """An emulated table is always consistent, so this is about what is asked of it."""
    caller = reader.caller
    assert caller
    asked: list[bool] = []

    def note(params: dict[str, Any], **_: Any) -> None:
        tables = params.get("RequestItems", {"one": params}).values()
        asked.extend(each["ConsistentRead"] for each in tables)

    for call in ("GetItem", "BatchGetItem", "Query"):
        dynamo.client().meta.events.register(f"provide-client-params.dynamodb.{call}", note)
    composition.repository().find(caller.user_id)
    composition.repository().owner_of("reader@example.com")
    composition.repository().account_and_attempts(caller.user_id, "reader@example.com")
    composition.session_repository().find(caller.user_id, caller.session_id)
    composition.session_repository().delete_all(caller.user_id)
    assert asked == [True] * 5


def test_now_is_told_to_the_millisecond(clock: Clock) -> None:
    clock.advance(milliseconds=-1)
    assert instants.now_ms() % 1000 == 999
    assert instants.now_seconds() == instants.now_ms() // 1000 == clock.seconds
