"""A moment says its zone, and has come."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from ops.errors import OperationError
from ops.recover.moments import parse_moment


@pytest.mark.parametrize(
    "text",
    ["2020-01-31T08:30:00Z", "2020-01-31T09:30:00+01:00", "2020-01-31 08:30:00.000+00:00"],
)
def test_a_moment_in_any_zone_is_one_in_utc(text: str) -> None:
    assert parse_moment(text) == datetime(2020, 1, 31, 8, 30, tzinfo=UTC)
    assert parse_moment(text).tzinfo is UTC


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("2020-01-31T08:30:00", "no time zone"),
        ("2999-01-31T08:30:00Z", "in the future"),
        ("2020-01-31", "not a time"),
        ("2020-13-31T08:30:00Z", "not a time"),
        ("noon", "not a time"),
        ("", "not a time"),
        ("0001-01-01T00:00:00+23:59", "before any time"),
        ("9999-12-31T23:59:59-23:59", "in the future"),
    ],
)
def test_what_is_none_is_told(text: str, sentence: str) -> None:
    with pytest.raises(OperationError, match=sentence):
        parse_moment(text)
