"""Sessions go after their account, told by the table's own stream."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from shop.errors import Unavailable
from shop.ids import new_id
from tests.users.faults import LOST, REFUSED, Calls, meanwhile
from tests.users.world import EMAIL, PASSWORD, Client, deliver, removal
from users import composition, sessions
from users.errors import InvalidCredentials
from users.models import Credentials

if TYPE_CHECKING:
    from tests.users.world import Store

pytestmark = pytest.mark.slow


@pytest.fixture
def deleted(visitor: Client) -> str:
    """The id of someone who had five sessions."""
    user_id: str = visitor.register().body["id"]
    clients = [visitor.signed_in() for _ in range(5)]
    clients[0].delete()
    return user_id


def test_all_sessions_of_the_account_go_and_no_others(
    deleted: str, visitor: Client, store: Store
) -> None:
    visitor.register("other@example.com")
    other = visitor.signed_in("other@example.com")
    assert len(store.sessions(deleted)) == 5
    deliver(visitor.context, removal(deleted))
    assert store.sessions(deleted) == []
    assert other.me().status == 200


def test_nothing_of_a_deleted_account_is_left(deleted: str, visitor: Client, store: Store) -> None:
    deliver(visitor.context, removal(deleted))
    assert store.rows() == []


def test_a_record_that_comes_twice_does_no_harm(
    deleted: str, visitor: Client, store: Store
) -> None:
    deliver(visitor.context, removal(deleted))
    rows = store.rows()
    deliver(visitor.context, removal(deleted), removal(new_id()))
    assert store.rows() == rows


@pytest.mark.parametrize("name", ["INSERT", "MODIFY"])
def test_records_that_are_no_deletion_are_no_news(
    visitor: Client, store: Store, calls: list[str], name: str
) -> None:
    user_id = visitor.register().body["id"]
    client = visitor.signed_in()
    calls.clear()
    record = removal(user_id) | {"eventName": name}
    deliver(visitor.context, record)
    assert calls == []
    assert client.me().status == 200


@pytest.mark.parametrize("sort_key", ["SESSION#of-the-account", "EMAIL", "ATTEMPTS"])
def test_the_removal_of_another_row_is_no_news(
    visitor: Client, calls: list[str], sort_key: str
) -> None:
    """Among them the sessions that go by this very consumer, or by time to live."""
    user_id = visitor.register().body["id"]
    client = visitor.signed_in()
    calls.clear()
    deliver(visitor.context, removal(user_id, sort_key))
    assert calls == []
    assert client.me().status == 200


def test_an_account_that_is_there_again_keeps_its_row(reader: Client, calls: list[str]) -> None:
    """As after a restore, when old records come late."""
    assert reader.caller
    deliver(reader.context, removal(reader.caller.user_id))
    assert calls == ["Query", "DeleteItem"]
    assert composition.repository().find(reader.caller.user_id)


def test_a_crash_half_way_is_finished_by_the_next_delivery(
    deleted: str, visitor: Client, store: Store
) -> None:
    calls = Calls()
    for place in range(3):
        for kind in (REFUSED, LOST):
            # What is raised is what makes Lambda deliver it again.
            with calls.breaking(place, kind), pytest.raises(Unavailable):
                deliver(visitor.context, removal(deleted))
    assert 0 < len(store.sessions(deleted)) < 5
    deliver(visitor.context, removal(deleted))
    assert store.sessions(deleted) == []


def test_all_sessions_are_found_however_many(
    deleted: str, visitor: Client, store: Store, calls: list[str]
) -> None:
    row = store.sessions(deleted)[0]
    for number in range(120):
        store.set(row, sk=f"SESSION#{number:032}")
    calls.clear()
    deliver(visitor.context, removal(deleted))
    assert calls == ["Query", *["DeleteItem"] * 100, "Query", *["DeleteItem"] * 25]
    assert store.sessions(deleted) == []


def test_however_little_time_there_is_each_delivery_gets_on(
    deleted: str, visitor: Client, store: Store
) -> None:
    """It is cut off when it looks for more, so what it had found by then must be gone."""
    row = store.sessions(deleted)[0]
    for number in range(245):
        store.set(row, sk=f"SESSION#{number:032}")
    calls = Calls()
    for left in (150, 50):
        with calls.breaking(101, REFUSED), pytest.raises(Unavailable):
            deliver(visitor.context, removal(deleted))
        assert len(store.sessions(deleted)) == left
    deliver(visitor.context, removal(deleted))
    assert store.sessions(deleted) == []


def test_a_hundred_sessions_are_looked_for_once_more(
    deleted: str, visitor: Client, store: Store, calls: list[str]
) -> None:
    row = store.sessions(deleted)[0]
    for number in range(95):
        store.set(row, sk=f"SESSION#{number:032}")
    calls.clear()
    deliver(visitor.context, removal(deleted))
    assert calls == ["Query", *["DeleteItem"] * 100, "Query"]


def test_no_session_can_begin_once_the_account_is_gone(visitor: Client, store: Store) -> None:
    """The sign-in had seen the account; its deletion and the stream were faster."""
    user_id = visitor.register().body["id"]
    repository = composition.repository()

    def delete() -> None:
        account = repository.find(user_id)
        assert account
        repository.delete(account)
        composition.session_repository().delete_all(user_id)

    right = Credentials.model_validate({"email": EMAIL, "password": PASSWORD})
    with meanwhile("TransactWriteItems", delete), pytest.raises(InvalidCredentials):
        sessions.sign_in(repository, composition.session_repository(), composition.signer(), right)
    assert store.sessions() == []


def test_no_refresh_brings_a_deleted_session_back(visitor: Client, store: Store) -> None:
    user_id = visitor.register().body["id"]
    token = visitor.sign_in().body["refreshToken"]

    def forget() -> None:
        store.remove(store.user(user_id))
        composition.session_repository().delete_all(user_id)

    with meanwhile("UpdateItem", forget):
        assert visitor.refresh(token).problem == (401, "invalid-refresh-token")
    assert store.sessions() == []
