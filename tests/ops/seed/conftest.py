from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ops.seed import parallel
from ops.seed.store import Store
from tests.emulated import emulated_aws
from tests.ops.seed.support import TABLE, EmulatedTarget
from tests.products.tables import create_products_table

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.ops.seed.files import Write


@pytest.fixture
def target(monkeypatch: pytest.MonkeyPatch) -> Iterator[EmulatedTarget]:
    """A stack with an empty products table."""
    # moto's transactions are no transactions to each other.
    monkeypatch.setattr(parallel, "WORKERS", 1)
    with emulated_aws():
        target = EmulatedTarget()
        create_products_table(target.client, TABLE)
        yield target


@pytest.fixture
def store(target: EmulatedTarget) -> Store:
    return Store.of(target)


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Write a file; where it is."""

    def to_file(name: str, content: bytes) -> Path:
        path = tmp_path / name
        path.write_bytes(content)
        return path

    return to_file
