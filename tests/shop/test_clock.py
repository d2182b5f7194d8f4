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


# The last day of the calendar has nothing after it.
earlier_moments = st.datetimes(max_value=datetime(9999, 12, 30), timezones=st.just(UTC))  # noqa: DTZ001  (st.just)


@given(earlier_moments)
def test_what_is_updated_moves_on_whatever_the_clocks_say(moment: datetime) -> None:
    previous = clock.timestamp(moment)
    after = clock.after(previous)
    assert previous < after
    assert clock.timestamp(datetime.fromisoformat(after)) == after


def test_after_an_earlier_moment_comes_the_present_one() -> None:
    before = clock.now()
    assert before <= clock.after("2026-01-31T08:30:00.123Z") <= clock.now()


@pytest.mark.parametrize(
    ("previous", "after"),
    [
        ("2999-01-31T08:30:00.123Z", "2999-01-31T08:30:00.124Z"),
        ("2999-01-31T08:30:00.999Z", "2999-01-31T08:30:01.000Z"),
        ("2999-12-31T23:59:59.999Z", "3000-01-01T00:00:00.000Z"),
    ],
)
def test_after_a_moment_that_is_yet_to_come_is_a_millisecond_later(
    previous: str, after: str
) -> None:
    assert clock.after(previous) == after
    assert clock.after(after) > after


def test_updates_within_a_millisecond_are_told_apart() -> None:
    times = [clock.now()]
    for _ in range(50):
        times.append(clock.after(times[-1]))
    assert len(set(times)) == 51
    assert times == sorted(times)
