"""Read, decide, write on the condition that nobody came in between; else read again."""

import time
from collections.abc import Callable

from shop.errors import Unavailable
from shop.retry import full_jitter

_ATTEMPTS = 6


class Outdated(Exception):
    """What a write rested on has changed since it was read. Nothing was written: read again."""


def settled[Result](attempt: Callable[[], Result]) -> Result:
    """What ``attempt``, which reads and then writes, returns once no one came in between.

    It raises Outdated when someone did, and is then tried again, after a wait that grows and is
    never the same. Raises Unavailable when that does not end.
    """
    for number in range(_ATTEMPTS):
        if number:
            time.sleep(full_jitter(number, first=0.05, most=1))
        try:
            return attempt()
        except Outdated:
            continue
    raise Unavailable
