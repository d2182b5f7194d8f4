"""Times are written as RFC 3339 in UTC with milliseconds, so that they sort as text."""

import re
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shop import clock

moments = st.datetimes(timezones=st.just(UTC))


@pytest.mark.parametrize(
    ("moment", "text"),
    [
        (datetime(2026, 1, 31, 8, 30, 0, 123_456, UTC), "2026-01-31T08:30:00.123Z"),
        (datetime(2026, 1, 31, 8, 30, tzinfo=UTC), "2026-01-31T08:30:00.000Z"),
        (
            datetime(2026, 1, 1, 1, 0, tzinfo=timezone(timedelta(hours=2))),
            "2025-12-31T23:00:00.000Z",
        ),
    ],
)
def test_a_moment_is_written_in_utc_with_milliseconds(moment: datetime, text: str) -> None:
    assert clock.timestamp(moment) == text


@given(moments, moments)
def test_timestamps_sort_as_the_moments_do(one: datetime, other: datetime) -> None:
    earlier, later = sorted([one, other])
    assert clock.timestamp(earlier) <= clock.timestamp(later)


def test_now_is_the_present_moment() -> None:
    before = clock.timestamp(datetime.now(UTC))
    now = clock.now()
    assert before <= now <= clock.timestamp(datetime.now(UTC))
    assert re.fullmatch(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z", now)
