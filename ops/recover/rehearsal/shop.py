"""The local stack while it is rehearsed on: what each kind of harm needs of it."""

from __future__ import annotations

import json
import math
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, NamedTuple

from ops.errors import OperationError
from ops.recover.drill.snapshot import Reader
from ops.target import Target, local_target

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ops.local.folder import LocalFolder

_AFTER = 1.1
"""Seconds from the last good moment to the harm: S3 knows whole seconds only."""


class Shop(NamedTuple):
    local: LocalFolder
    target: Target
    """Through the double."""
    reader: Reader
    api_url: str
    admin: Mapping[str, str]


def rehearsed_shop(local: LocalFolder) -> Shop:
    """Raises OperationError when nobody rehearses on the stack in ``local``."""
    target = local_target(local.root)
    if not target.rehearsed:
        raise OperationError(
            "Nothing is broken outside of a rehearsal. Begin one in another terminal:"
            " shop recover rehearse"
        )
    outputs = json.loads(local.outputs.read_text())
    return Shop(local, target, Reader(target), outputs["apiUrl"], outputs["admin"])


def last_good_moment() -> datetime:
    """The next whole second; returns when it is over, so that what is done now comes later."""
    second = math.ceil(time.time())
    time.sleep(max(0.0, second + _AFTER - time.time()))
    return datetime.fromtimestamp(second, UTC)
