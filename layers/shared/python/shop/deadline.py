"""How long the present request may still take, so that it is answered before Lambda ends it.

A call to AWS asks first whether there is time for it at its longest; so an operation of many calls
ends as Unavailable, which a client may repeat, and not as a function that was cut off.
"""

import math
import time

from shop.errors import Unavailable

_ANSWER_SECONDS = 1  # to make an answer and log it

_end = math.inf


def begin(seconds: float) -> None:
    """Start the clock of a request that Lambda ends after ``seconds``."""
    global _end  # noqa: PLW0603  (a function handles one request at a time)
    _end = time.monotonic() + seconds - _ANSWER_SECONDS


def remaining() -> float:
    """Seconds left; infinitely many outside of a request."""
    return _end - time.monotonic()


def require(seconds: float) -> None:
    """Raise Unavailable unless ``seconds`` are left."""
    if remaining() < seconds:
        raise Unavailable


def clear() -> None:
    """Forget the request: there is no limit until the next one begins."""
    global _end  # noqa: PLW0603  (as above)
    _end = math.inf
