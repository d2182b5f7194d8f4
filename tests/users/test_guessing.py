"""Guessing passwords at the sign-in: what it costs, what it tells, how far one gets."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.users.faults import meanwhile
from tests.users.world import EMAIL, PASSWORD, WRONG
from users import composition, sessions
from users.errors import InvalidCredentials, TooManyAttempts
from users.models import Credentials
from users.rows import attempts_key, of_sign_in

if TYPE_CHECKING:
    from tests.users.world import Client, Clock, Store

pytestmark = pytest.mark.slow

BLOCKED = (429, "too-many-attempts")


def test_unknown_and_wrong_are_the_same_calls_and_the_same_work(
    visitor: Client, calls: list[str], checked: list[str]
) -> None:
    visitor.register()
    seen = []
    for email in (EMAIL, "unknown@example.com", "no address"):
        calls.clear()
        checked.clear()
        answer = visitor.sign_in(email, WRONG)
        answer.body.pop("requestId")
        seen.append((answer.status, answer.headers, answer.body, calls.copy(), len(checked)))
    assert seen[0] == seen[1] == seen[2]
    assert seen[0][3:] == (["GetItem", "BatchGetItem", "UpdateItem"], 1)


@pytest.mark.usefixtures("real_hashes")
def test_the_work_for_nobody_is_that_for_somebody(visitor: Client, checked: list[str]) -> None:
    visitor.register()
    visitor.sign_in(EMAIL, WRONG)
    visitor.sign_in("unknown@example.com", WRONG)
    somebody, nobody = (each.rsplit("$", 2)[0] for each in checked)
    assert somebody == nobody == "$argon2id$v=19$m=19456,t=2,p=1"


@pytest.mark.parametrize("email", [EMAIL, "unknown@example.com", "no address"])
def test_from_the_sixth_failure_on_one_waits_longer_and_longer(
    visitor: Client, clock: Clock, calls: list[str], checked: list[str], email: str
) -> None:
    visitor.register()
    for _ in range(6):
        assert visitor.sign_in(email, WRONG).problem == (401, "invalid-credentials")
    for seconds in (30, 60, 120, 240, 480, 900, 900):
        calls.clear()
        checked.clear()
        for _ in range(3):
            answer = visitor.sign_in(email, WRONG)
            assert answer.problem == BLOCKED
            assert answer.headers["Retry-After"] == str(seconds)
        clock.advance(seconds=seconds - 0.001)
        assert visitor.sign_in(email, WRONG).headers["Retry-After"] == "1"
        assert calls == ["GetItem", "BatchGetItem"] * 4
        assert checked == []
        clock.advance(seconds=0.001)
        assert visitor.sign_in(email, WRONG).problem == (401, "invalid-credentials")


def test_a_block_is_for_the_right_password_too_and_ends(visitor: Client, clock: Clock) -> None:
    visitor.register()
    for _ in range(6):
        visitor.sign_in(password=WRONG)
    assert visitor.sign_in().problem == BLOCKED
    clock.advance(seconds=30)
    assert visitor.sign_in().status == 201


def test_a_block_is_for_one_address_in_all_its_spellings(visitor: Client) -> None:
    visitor.register()
    visitor.register("other@example.com")
    for spelling in (EMAIL, EMAIL.upper(), "\uff52eader@example.com") * 2:
        visitor.sign_in(spelling, WRONG)
    assert visitor.sign_in("Reader@example.com").problem == BLOCKED
    assert visitor.sign_in("other@example.com").status == 201


def test_an_account_that_moves_to_another_address_takes_its_failures_along(
    reader: Client, visitor: Client
) -> None:
    """Else someone with a stolen session would have as many guesses as there are addresses."""
    for _ in range(6):
        assert visitor.sign_in(password=WRONG).status == 401
    assert reader.change(email="moved@example.com").status == 200
    assert visitor.sign_in("moved@example.com").problem == BLOCKED
    assert visitor.sign_in(password=WRONG).status == 401, "nobody's address by now"


def test_the_sixth_try_may_be_right(visitor: Client) -> None:
    visitor.register()
    for _ in range(5):
        visitor.sign_in(password=WRONG)
    assert visitor.sign_in().status == 201


def test_success_forgets_failures(visitor: Client, store: Store) -> None:
    visitor.register()
    for _ in range(3):
        for _ in range(5):
            assert visitor.sign_in(password=WRONG).status == 401
        assert visitor.sign_in().status == 201
        assert store.attempts() == []


@pytest.mark.parametrize("row_is_gone", [True, False], ids=["row gone", "row still there"])
def test_an_hour_forgets_failures(
    visitor: Client, store: Store, clock: Clock, *, row_is_gone: bool
) -> None:
    visitor.register()
    for _ in range(6):
        visitor.sign_in(password=WRONG)
    (row,) = store.attempts()
    assert row["expiresAt"] == clock.seconds + 3600
    clock.advance(hours=1)
    if row_is_gone:
        store.remove(row)
    for _ in range(6):
        assert visitor.sign_in(password=WRONG).status == 401
    assert visitor.sign_in().problem == BLOCKED


def test_what_is_counted_does_not_tell_the_address(visitor: Client, store: Store) -> None:
    visitor.sign_in(password=WRONG)
    (row,) = store.attempts()
    assert store.mentions("reader") == []
    assert row.keys() == {"pk", "sk", "failures", "blockedUntil", "expiresAt"}


def test_who_asks_all_the_time_shuts_an_owner_out_only_while_they_do(
    visitor: Client, clock: Clock
) -> None:
    visitor.register()
    for _ in range(12):
        waiting = visitor.sign_in(password=WRONG)
        if waiting.status == 429:  # the owner is always a moment too late
            clock.advance(seconds=int(waiting.headers["Retry-After"]))
            assert visitor.sign_in(password=WRONG).status == 401
            assert visitor.sign_in().problem == BLOCKED
    clock.advance(minutes=15)
    assert visitor.sign_in().status == 201


def test_guesses_side_by_side_get_no_further_than_one_after_the_other(
    visitor: Client, store: Store, checked: list[str]
) -> None:
    """Twenty requests that have all read that there were no failures before any of them counts."""
    visitor.register()
    outcomes: list[type[Exception]] = []
    wrong = Credentials.model_validate({"email": EMAIL, "password": WRONG})

    def guess() -> None:
        try:
            sessions.sign_in(
                composition.repository(),
                composition.session_repository(),
                composition.signer(),
                wrong,
            )
        except (InvalidCredentials, TooManyAttempts) as error:
            outcomes.append(type(error))

    with meanwhile("UpdateItem", guess, times=19):
        guess()
    assert len(outcomes) == 20
    assert outcomes.count(InvalidCredentials) == 6
    assert len(checked) == 6
    (row,) = store.attempts()
    assert row["failures"] == 6


def test_who_is_overtaken_again_and_again_is_told_to_wait(
    visitor: Client, store: Store, clock: Clock, checked: list[str]
) -> None:
    whose = of_sign_in(visitor.register().body["id"])

    def overtake() -> None:
        rows = store.attempts()
        row = rows[0] if rows else attempts_key(whose)
        seconds = clock.seconds + 60 + len(overtaken)  # never the same twice
        store.set(row, failures=1, blockedUntil=0, expiresAt=seconds)

    with meanwhile("UpdateItem", overtake, times=99) as overtaken:
        answer = visitor.sign_in()
    assert answer.problem == BLOCKED
    assert answer.headers["Retry-After"] == "1"
    assert len(overtaken) == 5
    assert checked == []


def test_right_passwords_side_by_side_all_get_in(visitor: Client, store: Store) -> None:
    visitor.register()
    right = Credentials.model_validate({"email": EMAIL, "password": PASSWORD})
    pairs: list[str] = []

    def sign_in() -> None:
        pair = sessions.sign_in(
            composition.repository(), composition.session_repository(), composition.signer(), right
        )
        pairs.append(pair.refresh_token)

    with meanwhile("TransactWriteItems", sign_in, times=4):
        sign_in()
    assert len(set(pairs)) == len(store.sessions()) == 5
    assert store.attempts() == []
