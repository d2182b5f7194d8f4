"""In what order a product was given its images, by upload or by hand: the last one stays.

An order is 28 hexadecimal digits: 12 of milliseconds since 1970, and 16 more. It sorts by time as
text.
"""

import secrets
import time


def of_upload() -> str:
    """For an upload that begins now; also its id, as there is no other like it."""
    return f"{_milliseconds()}{secrets.token_hex(8)}"


def by_hand(previous: str) -> str:
    """For an address that is given now: no upload that was begun until now is later.

    Nor is ``previous``, the order that the product's image has, by a clock that was ahead.
    """
    return max(previous, f"{_milliseconds()}{'f' * 16}")


def _milliseconds() -> str:
    return f"{time.time_ns() // 1_000_000:012x}"
