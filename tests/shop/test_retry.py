"""Waits before retries grow, up to a limit, and are spread over all of it."""

import pytest

from shop.retry import full_jitter


@pytest.mark.parametrize(("attempt", "limit"), [(1, 0.1), (2, 0.2), (3, 0.4), (5, 1.0), (50, 1.0)])
def test_a_wait_is_anything_up_to_a_limit_that_doubles(attempt: int, limit: float) -> None:
    waits = [full_jitter(attempt, first=0.1, most=1) for _ in range(500)]
    assert 0 <= min(waits) < limit / 4
    assert limit * 3 / 4 < max(waits) <= limit
