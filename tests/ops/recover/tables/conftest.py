from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ops.recover.tables import command, repair_command, scan, waiting
from tests.emulated import emulated_aws
from tests.ops.recover.tables.support import BESIDE, LIVE, Stack

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def stack(monkeypatch: pytest.MonkeyPatch) -> Iterator[Stack]:
    """A stack with one table, and an empty one beside it that it is compared with."""
    monkeypatch.setattr(scan, "SEGMENTS", 1)  # moto's tables are not for several threads
    monkeypatch.setattr(waiting, "POLL_SECONDS", 0)
    with emulated_aws():
        made = Stack()
        made.table(LIVE)
        made.table(BESIDE)
        for module in (command, repair_command):
            monkeypatch.setattr(module, "find_target", lambda *_: made)
        yield made
