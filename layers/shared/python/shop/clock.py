"""Times as the API writes them: RFC 3339, UTC, milliseconds, so that they sort as text."""

from datetime import UTC, datetime, timedelta


def timestamp(moment: datetime) -> str:
    """``2026-01-31T08:30:00.123Z`` for an aware ``moment``."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def now() -> str:
    return timestamp(datetime.now(UTC))


def after(previous: str) -> str:
    """Now, or just after ``previous`` where clocks disagree: what is updated moves on, always."""
    return max(now(), timestamp(datetime.fromisoformat(previous) + timedelta(milliseconds=1)))
