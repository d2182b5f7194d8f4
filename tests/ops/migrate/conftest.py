from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from ops.migrate import apply, run
from ops.target import Target, local_session
from tests.emulated import emulated_aws
from tests.ops.migrate.planning import ONE, Command
from tests.ops.migrate.things import Things

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(autouse=True)
def _no_pause_between_passes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(apply, "SETTLE_SECONDS", 0)


@pytest.fixture
def things(monkeypatch: pytest.MonkeyPatch, pauses: list[float]) -> Iterator[Things]:
    """An empty table; a page of a scan is three items."""
    monkeypatch.setattr(run, "PAGE", 3)
    monkeypatch.setattr(time, "sleep", lambda _: None)  # the SDK's and ours, between attempts
    with emulated_aws():
        yield Things(Target("shop", local_session()).dynamodb())


@pytest.fixture
def command(tmp_path: Path) -> Command:
    made = Command(tmp_path)
    made.deployed(ONE)
    made.wanted(ONE)
    return made
