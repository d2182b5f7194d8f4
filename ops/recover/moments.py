"""Moments that a person names: RFC 3339 with a zone, never in the future."""

from __future__ import annotations

from datetime import UTC, datetime

from ops.errors import OperationError


def parse_moment(text: str) -> datetime:
    """The moment in UTC. Raises OperationError for one without a zone, and for one to come."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        moment = None
    if moment is None or "T" not in text.upper().replace(" ", "T", 1):
        raise OperationError(f"{text!r} is not a time such as 2026-11-22T12:00:00Z.")
    if moment.tzinfo is None:
        raise OperationError(f"{text!r} has no time zone; write Z or +01:00 behind it.")
    if moment > datetime.now(UTC):
        raise OperationError(f"{text!r} is in the future.")
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        raise OperationError(f"{text!r} is before any time that there is in UTC.") from None
