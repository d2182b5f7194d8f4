"""How long to wait before trying again."""

import random


def full_jitter(attempt: int, *, first: float, most: float) -> float:
    """Seconds to wait before the ``attempt``-th retry, counted from 1: anything up to a limit.

    The limit starts at ``first`` and doubles up to ``most``. That those who met once do not meet
    again matters more than that each waits long: "Exponential Backoff And Jitter", AWS Architecture
    Blog, 2015.
    """
    limit = min(most, first * 2.0 ** (attempt - 1))
    return random.uniform(0, limit)  # noqa: S311  (no secret)
