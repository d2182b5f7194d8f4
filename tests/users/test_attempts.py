"""How long failed attempts make one wait."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from users import attempts
from users.attempts import Attempts

NOW = 1_795_000_000_000  # ms


def after(count: int, *, step_ms: int = 1) -> tuple[Attempts, int]:
    """What is known after ``count`` attempts, each made as soon as it is allowed; and when."""
    seen: Attempts | None = None
    now = NOW
    for _ in range(count):
        now = max(now, seen.blocked_until if seen else 0) + step_ms
        assert attempts.seconds_to_wait(seen, now) == 0
        seen = attempts.with_one_more(seen, now)
    assert seen
    return seen, now


@pytest.mark.parametrize(
    ("count", "seconds"),
    [(1, 0), (4, 0), (5, 0), (6, 30), (7, 60), (8, 120), (9, 240), (10, 480), (11, 900), (12, 900),
     (13, 900), (60, 900)],
)  # fmt: skip
def test_blocks_double_up_to_a_quarter_of_an_hour(count: int, seconds: int) -> None:
    seen, now = after(count)
    assert attempts.seconds_to_wait(seen, now) == seconds


def test_nobody_attempted_anything() -> None:
    assert attempts.seconds_to_wait(None, NOW) == 0


@pytest.mark.parametrize(
    ("later_ms", "seconds"),
    [(0, 30), (1, 30), (999, 30), (1000, 29), (29_000, 1), (29_999, 1), (30_000, 0), (40_000, 0)],
)
def test_the_wait_is_told_in_whole_seconds_that_suffice(later_ms: int, seconds: int) -> None:
    seen, now = after(6)
    assert attempts.seconds_to_wait(seen, now + later_ms) == seconds


@pytest.mark.parametrize(("later_s", "failures"), [(3598, 7), (3600, 1), (10**9, 1)])
def test_an_hour_after_the_last_attempt_all_are_forgotten(later_s: int, failures: int) -> None:
    seen, now = after(6)
    assert attempts.with_one_more(seen, now + later_s * 1000).failures == failures


def test_what_is_forgotten_blocks_no_longer() -> None:
    stale = Attempts(failures=50, blocked_until=NOW + 10**9, expires_at=NOW // 1000)
    assert attempts.seconds_to_wait(stale, NOW) == 0
    assert attempts.seconds_to_wait(stale, NOW - 1000) > 0


@given(st.integers(min_value=1, max_value=200), st.integers(min_value=1, max_value=3_000_000))
def test_a_block_always_ends_before_it_is_forgotten(count: int, step_ms: int) -> None:
    seen, now = after(count, step_ms=step_ms)
    assert 0 <= attempts.seconds_to_wait(seen, now) <= 900
    assert seen.blocked_until < seen.expires_at * 1000


@given(st.lists(st.integers(min_value=0, max_value=1_000_000), max_size=60))
def test_guessing_is_slow_however_it_is_spread(pauses: list[int]) -> None:
    """In an hour nobody gets more tries than five, and one for each block that has passed."""
    seen: Attempts | None = None
    now, tries = NOW, 0
    for pause in pauses:
        now += pause
        if now >= NOW + 3_600_000:
            break
        if attempts.seconds_to_wait(seen, now) == 0:
            seen = attempts.with_one_more(seen, now)
            tries += 1
    # 30 + 60 + 120 + 240 + 480 + 900 + 900 = 2730 s is what seven blocks take.
    assert tries <= 5 + 8
