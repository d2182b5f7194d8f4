"""A signed-in user confirms by the password; who is not the owner may guess it a few times."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.users.faults import meanwhile
from tests.users.world import EMAIL, PASSWORD, WRONG
from users import composition, service, sessions
from users.errors import InvalidCredentials
from users.rows import attempts_key

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.users.world import Answer, Client, Store

pytestmark = pytest.mark.slow

BLOCKED = (429, "too-many-attempts")
NEW = "five words of my own"


@pytest.mark.parametrize(
    "guess",
    [
        lambda client: client.change_password(WRONG, NEW),
        lambda client: client.delete(WRONG),
    ],
    ids=["change of password", "deletion"],
)
def test_all_that_a_user_confirms_counts_together(
    reader: Client, guess: Callable[[Client], Answer], checked: list[str]
) -> None:
    for _ in range(2):
        assert reader.change_password(WRONG, NEW).problem == (401, "invalid-credentials")
        assert reader.delete(WRONG).problem == (401, "invalid-credentials")
    for _ in range(2):
        assert guess(reader).problem == (401, "invalid-credentials")
    checked.clear()
    for answer in (guess(reader), reader.change_password(PASSWORD, NEW), reader.delete()):
        assert answer.problem == BLOCKED
        assert answer.headers["Retry-After"] == "30"
    assert checked == []
    assert reader.me().status == 200


def test_another_address_brings_a_signed_in_user_no_more_guesses(
    reader: Client, visitor: Client, checked: list[str]
) -> None:
    statuses = []
    for number in range(10):
        assert reader.change(email=f"{number}@example.com").status == 200
        guess = reader.delete(WRONG) if number % 2 else reader.change_password(WRONG, NEW)
        statuses.append(guess.status)
    assert statuses == [401] * 6 + [429] * 4
    assert len(checked) == 6
    assert reader.delete().problem == BLOCKED


def test_guesses_at_the_sign_in_do_not_keep_a_signed_in_user_from_confirming(
    reader: Client, visitor: Client
) -> None:
    for _ in range(6):
        visitor.sign_in(password=WRONG)
    assert visitor.sign_in().problem == BLOCKED
    assert reader.change_password(PASSWORD, NEW).status == 204
    assert visitor.sign_in(password=NEW).problem == BLOCKED
    assert reader.delete(NEW).status == 204


def test_what_a_user_confirms_is_counted_without_an_address(reader: Client, store: Store) -> None:
    reader.delete(WRONG)
    (row,) = store.attempts()
    assert row["pk"] != attempts_key(EMAIL)["pk"]
    assert row.keys() == {"pk", "sk", "failures", "blockedUntil", "expiresAt"}
    assert reader.caller
    assert reader.caller.user_id not in str(row)


def test_a_right_confirmation_forgets_the_wrong_ones(reader: Client, store: Store) -> None:
    for _ in range(3):
        for _ in range(5):
            assert reader.change_password(WRONG, NEW).status == 401
        assert reader.change_password(PASSWORD, PASSWORD).status == 204
        assert store.attempts() == []


def test_guesses_at_the_same_moment_are_not_taken_for_one(
    reader: Client, store: Store, checked: list[str]
) -> None:
    """They write the very same row, so the row cannot tell whose it is."""
    assert reader.caller
    account = sessions.signed_in(composition.session_repository(), reader.caller)

    def guess() -> None:
        with pytest.raises(InvalidCredentials):
            service.delete(composition.repository(), account, WRONG)

    with meanwhile("UpdateItem", guess):
        guess()
    (row,) = store.attempts()
    assert row["failures"] == len(checked) == 2


def test_the_attempts_of_one_user_are_not_those_of_another(reader: Client, visitor: Client) -> None:
    visitor.register("other@example.com")
    other = visitor.signed_in("other@example.com")
    for _ in range(6):
        reader.delete(WRONG)
    assert reader.delete().problem == BLOCKED
    assert other.delete().status == 204
