"""Which refresh tokens are good for what, and when a session ends."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from shop.errors import Unavailable
from tests.users.faults import RESENT, Calls, meanwhile
from tests.users.world import Client
from users import composition, refresh_tokens, sessions

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.users.world import Answer, Clock, Store
    from users.refresh_tokens import RefreshToken

pytestmark = pytest.mark.slow

REFUSED = (401, "invalid-refresh-token")


@pytest.fixture
def first(visitor: Client, clock: Clock) -> Answer:
    """A session that was begun an hour ago."""
    visitor.register()
    answer = visitor.sign_in()
    clock.advance(hours=1)
    return answer


def refreshed(visitor: Client, answer: Answer) -> Answer:
    again = visitor.refresh(answer.body["refreshToken"])
    assert again.status == 200
    return again


def parsed(answer: Answer) -> RefreshToken:
    token = refresh_tokens.parse(answer.body["refreshToken"])
    assert token
    return token


def test_a_lost_answer_is_given_again(visitor: Client, first: Answer, clock: Clock) -> None:
    second = refreshed(visitor, first)
    clock.advance(seconds=59)
    again = refreshed(visitor, first)
    assert again.body["refreshToken"] == second.body["refreshToken"]
    assert refreshed(visitor, again).status == 200


def test_the_answer_that_is_given_again_moves_nothing(
    visitor: Client, first: Answer, store: Store, clock: Clock
) -> None:
    refreshed(visitor, first)
    rows = store.sessions()
    clock.advance(seconds=30)
    refreshed(visitor, first)
    assert store.sessions() == rows


@pytest.mark.parametrize(("seconds", "good"), [(0, True), (59.9, True), (60, False), (3600, False)])
def test_a_spent_token_is_good_for_a_minute(
    visitor: Client, first: Answer, clock: Clock, seconds: float, *, good: bool
) -> None:
    refreshed(visitor, first)
    clock.advance(seconds=seconds)
    assert (visitor.refresh(first.body["refreshToken"]).status == 200) is good


def test_a_token_that_is_used_after_its_minute_ends_the_session(
    visitor: Client, first: Answer, clock: Clock, store: Store
) -> None:
    other = visitor.sign_in()
    second = refreshed(visitor, first)
    clock.advance(seconds=60)
    assert visitor.refresh(first.body["refreshToken"]).problem == REFUSED
    assert visitor.refresh(second.body["refreshToken"]).problem == REFUSED
    assert Client(visitor.context, first.caller).me().problem == (401, "unauthenticated")
    assert refreshed(visitor, other).status == 200
    assert len(store.sessions()) == 1


def test_a_token_of_two_rotations_ago_ends_the_session_at_once(
    visitor: Client, first: Answer
) -> None:
    third = refreshed(visitor, refreshed(visitor, first))
    assert visitor.refresh(first.body["refreshToken"]).problem == REFUSED
    assert visitor.refresh(third.body["refreshToken"]).problem == REFUSED


@pytest.mark.parametrize(
    "change",
    [
        lambda token: token._replace(family=bytes(16)),
        lambda token: token._replace(family=bytes(16), rotating=bytes(32)),
        lambda token: token._replace(session_id="0" * 32),
        lambda token: token._replace(user_id="0" * 32),
    ],
    ids=["family", "both secrets", "session", "user"],
)
def test_a_guess_changes_nothing(
    visitor: Client,
    first: Answer,
    store: Store,
    change: Callable[[RefreshToken], RefreshToken],
) -> None:
    rows = store.rows()
    assert visitor.refresh(change(parsed(first)).to_text()).problem == REFUSED
    assert store.rows() == rows
    assert refreshed(visitor, first).status == 200


def test_an_invented_secret_in_a_known_family_ends_the_session(
    visitor: Client, first: Answer, store: Store
) -> None:
    assert visitor.refresh(parsed(first)._replace(rotating=bytes(32)).to_text()).problem == REFUSED
    assert store.sessions() == []


def test_a_session_that_is_not_used_ends_after_30_days(
    visitor: Client, first: Answer, clock: Clock
) -> None:
    clock.advance(days=30, hours=-1, seconds=-1)
    second = refreshed(visitor, first)
    clock.advance(days=30)
    # The row is still there: time to live is late by days.
    assert visitor.refresh(second.body["refreshToken"]).problem == REFUSED
    assert Client(visitor.context, first.caller).me().problem == (401, "unauthenticated")


def test_a_session_ends_after_90_days_however_it_is_used(
    visitor: Client, first: Answer, clock: Clock, store: Store
) -> None:
    answer = first
    for _ in range(8):
        clock.advance(days=11)
        answer = refreshed(visitor, answer)
    (row,) = store.sessions()
    assert row["expiresAt"] == row["endsAt"] == clock.seconds + 2 * 86400 - 3600
    clock.advance(days=2, hours=-1, seconds=-1)
    answer = refreshed(visitor, answer)
    clock.advance(seconds=1)
    assert visitor.refresh(answer.body["refreshToken"]).problem == REFUSED


def test_a_session_of_an_epoch_that_is_over(visitor: Client, first: Answer, store: Store) -> None:
    rows = store.sessions()
    store.set(store.user(first.caller.user_id), sessionEpoch=1)
    assert visitor.refresh(first.body["refreshToken"]).problem == REFUSED
    assert Client(visitor.context, first.caller).me().problem == (401, "unauthenticated")
    assert store.sessions() == rows


def test_what_is_stored_is_not_enough_to_go_on(first: Answer, store: Store) -> None:
    """Neither the hashes nor the nonce are secrets that could be presented."""
    (row,) = store.sessions()
    token = parsed(first)
    for stored in (row["currentHash"], row["familyHash"]):
        assert bytes.fromhex(stored) not in {token.rotating, token.family}


def test_two_at_once_get_the_same_successor(visitor: Client, first: Answer, store: Store) -> None:
    """The second asks between the first one's read and write."""
    answers: list[str] = []

    def refresh() -> None:
        token = first.body["refreshToken"]
        pair = sessions.refresh(composition.session_repository(), composition.signer(), token)
        answers.append(pair.refresh_token)

    with meanwhile("UpdateItem", refresh) as done:
        refresh()
    assert done
    assert len(answers) == 2
    assert len(set(answers)) == 1
    assert visitor.refresh(answers[0]).status == 200


@pytest.mark.parametrize("rotations", [0, 1, 2, 3])
def test_a_rotation_whose_answer_was_lost_ends_no_session(
    visitor: Client, first: Answer, rotations: int
) -> None:
    """The SDK sends it again; meanwhile another tab has asked, and gone on from there."""
    tabs: list[str] = [first.body["refreshToken"]]

    def go_on() -> None:
        for _ in range(rotations + 1 if rotations else 0):  # the first only asks for the same again
            store = composition.session_repository()
            tabs.append(sessions.refresh(store, composition.signer(), tabs[-1]).refresh_token)

    calls = Calls()
    calls.before_resending = go_on
    with calls.breaking(2, RESENT):
        answer = visitor.refresh(tabs[0])
    if rotations < 2:  # its own write is still to be seen
        assert answer.status == 200
        assert tabs[1:2] in ([], [answer.body["refreshToken"]])
    else:
        assert answer.problem == REFUSED
    latest = tabs[-1] if rotations else answer.body["refreshToken"]
    assert visitor.refresh(latest).status == 200


def test_a_rotation_that_was_sent_twice_is_seen_to_be_done(visitor: Client, first: Answer) -> None:
    calls = Calls()
    with calls.breaking(2, RESENT):
        answer = visitor.refresh(first.body["refreshToken"])
    assert answer.status == 200
    assert calls.names == ["BatchGetItem", "Sign", "UpdateItem"]


def test_a_session_that_ends_meanwhile_is_not_brought_back(
    visitor: Client, first: Answer, store: Store
) -> None:
    client = first.caller

    def end() -> None:
        composition.session_repository().end(client.user_id, client.session_id)

    with meanwhile("UpdateItem", end) as done:
        answer = visitor.refresh(first.body["refreshToken"])
    assert done
    assert answer.problem == REFUSED
    assert store.sessions() == []


def test_a_race_that_is_lost_again_and_again_comes_to_an_end(
    first: Answer, store: Store, clock: Clock
) -> None:
    """As when a row changes under our hands for a reason that nobody foresaw."""

    def spoil() -> None:
        (row,) = store.sessions()
        store.set(row, currentHash="spoilt")

    def mend() -> None:
        (row,) = store.sessions()
        store.set(row, currentHash=good)

    (row,) = store.sessions()
    good = row["currentHash"]
    with (
        meanwhile("BatchGetItem", mend, times=9),
        meanwhile("UpdateItem", spoil, times=9) as spoilt,
        pytest.raises(Unavailable),
    ):
        sessions.refresh(
            composition.session_repository(), composition.signer(), first.body["refreshToken"]
        )
    assert len(spoilt) == 4
