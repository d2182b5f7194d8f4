"""The files of ops/migrations, and what is no such file."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ops.errors import OperationError
from ops.migrate.migration import migrations

if TYPE_CHECKING:
    from pathlib import Path

FILES = {
    "0002_x.py": "import nothing_of_the_kind",
    "0002_y.py": "MIGRATION = 1",
    "2_z.py": "",
    "0002-a.py": "",
}


@pytest.mark.parametrize("name", FILES)
def test_a_file_that_is_no_migration_is_told(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / name).write_text(FILES[name])
    monkeypatch.setattr("ops.migrations.__path__", [str(tmp_path)])
    with pytest.raises(OperationError, match=name):
        migrations(tmp_path)


def test_two_of_one_number_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("0003_a.py", "0003_b.py"):
        (tmp_path / name).write_text("from tests.ops.migrate.things import MIGRATION")
    monkeypatch.setattr("ops.migrations.__path__", [str(tmp_path)])
    with pytest.raises(OperationError, match="0003"):
        migrations(tmp_path)


def test_those_of_the_shop_are_in_order_and_whole() -> None:
    found = migrations()
    assert [each.number for each in found] == sorted({each.number for each in found})
    for each in found:
        assert each.name
        assert len(each.digest) == 16
