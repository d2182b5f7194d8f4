"""How long to wait after failed attempts at a password.

Five are free. The sixth blocks for 30 s, and each one after that for twice as long as the last, up
to 15 minutes. An hour after the last one that counted, all are forgotten. What comes during a block
does not count, so it makes no block longer. But the first to ask after a block gets the one attempt
that there is before the next: someone who asks all the time can take each of them, and so keep an
owner from signing in for as long as they go on, and for 15 minutes after that at most.
"""

from typing import NamedTuple

FREE = 5
FIRST_BLOCK_SECONDS = 30
LONGEST_BLOCK_SECONDS = 15 * 60
MEMORY_SECONDS = 60 * 60

_SECOND = 1000  # ms
_MOST_DOUBLINGS = 5  # 30 s * 2 ** 5 is past the longest block


class Attempts(NamedTuple):
    """Attempts at one e-mail address, or by one user, that counted; none of them was right."""

    failures: int
    blocked_until: int
    """Milliseconds since 1970; 0 when there was no block."""
    expires_at: int
    """Seconds since 1970 from when on they are forgotten."""


def seconds_to_wait(seen: Attempts | None, now_ms: int) -> int:
    """Whole seconds until the next attempt is allowed; 0 when it is."""
    if seen is None or _forgotten(seen, now_ms):
        return 0
    return max(0, -((now_ms - seen.blocked_until) // _SECOND))


def with_one_more(seen: Attempts | None, now_ms: int) -> Attempts:
    """What is known once another attempt at ``now_ms`` is counted."""
    failures = 1 if seen is None or _forgotten(seen, now_ms) else seen.failures + 1
    block = _block_seconds(failures)
    return Attempts(
        failures=failures,
        blocked_until=now_ms + block * _SECOND if block else 0,
        expires_at=now_ms // _SECOND + MEMORY_SECONDS,
    )


def _block_seconds(failures: int) -> int:
    if failures <= FREE:
        return 0
    doublings = min(failures - FREE - 1, _MOST_DOUBLINGS)
    return min(FIRST_BLOCK_SECONDS << doublings, LONGEST_BLOCK_SECONDS)


def _forgotten(seen: Attempts, now_ms: int) -> bool:
    return seen.expires_at * _SECOND <= now_ms
