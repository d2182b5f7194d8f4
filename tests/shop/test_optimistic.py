"""Who finds that others came in between reads again, a few times, after waits that grow."""

from __future__ import annotations

import time

import pytest

from shop.errors import NotFound, Unavailable
from shop.optimistic import Outdated, settled

ATTEMPTS = 6


class Attempt:
    """Meets others a number of times, and then gets through."""

    def __init__(self, meetings: int) -> None:
        self.made = 0
        self._meetings = meetings

    def __call__(self) -> int:
        self.made += 1
        if self.made <= self._meetings:
            raise Outdated
        return self.made


def test_what_meets_nobody_is_done_once_and_at_once(sleeps: list[float]) -> None:
    assert settled(Attempt(0)) == 1
    assert sleeps == []


@pytest.mark.parametrize("meetings", range(1, ATTEMPTS))
def test_who_meets_others_tries_again(sleeps: list[float], meetings: int) -> None:
    assert settled(Attempt(meetings)) == meetings + 1
    assert len(sleeps) == meetings


def test_meetings_without_end_are_unavailable_after_growing_waits_with_jitter(
    sleeps: list[float],
) -> None:
    for _ in range(30):
        attempt = Attempt(ATTEMPTS)
        with pytest.raises(Unavailable):
            settled(attempt)
        assert attempt.made == ATTEMPTS
    assert len(set(sleeps)) == len(sleeps) == 30 * (ATTEMPTS - 1)
    for retry, longest in enumerate([0.05, 0.1, 0.2, 0.4, 0.8]):
        waits = sleeps[retry :: ATTEMPTS - 1]
        assert 0 <= min(waits) < longest / 2 < max(waits) <= longest


@pytest.mark.parametrize("error", [NotFound("x"), Unavailable(), KeyError("x")], ids=repr)
def test_any_other_error_ends_it(sleeps: list[float], error: Exception) -> None:
    made: list[int] = []

    def attempt() -> None:
        made.append(1)
        if len(made) == 1:
            raise Outdated
        raise error

    with pytest.raises(type(error)) as caught:
        settled(attempt)
    assert caught.value is error
    assert len(made) == 2


def test_what_is_nothing_is_a_result_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time, "sleep", lambda _: None)
    results = iter([Outdated, None])

    def attempt() -> None:
        if (result := next(results)) is not None:
            raise result

    settled(attempt)
    assert next(results, "done") == "done"
