"""Now, as a number: for what is compared and counted rather than shown."""

from datetime import datetime

from shop import clock


def now_ms() -> int:
    """Milliseconds since 1970, by the clock that also writes createdAt."""
    return round(datetime.fromisoformat(clock.now()).timestamp() * 1000)


def now_seconds() -> int:
    """Whole seconds since 1970, as DynamoDB's time to live and tokens have them."""
    return now_ms() // 1000
