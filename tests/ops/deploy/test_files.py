"""What the later steps would stumble over is found before anything is deployed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cdk.schema.plan import read_baseline
from ops.deploy import files
from ops.deploy.files import require_good_files
from ops.errors import OperationError
from ops.migrate import migration
from ops.seed.catalogue import BadFiles
from ops.seed.reference import require_good_file

if TYPE_CHECKING:
    from pathlib import Path

TABLES = read_baseline().keys()


def test_those_of_this_checkout_are_good() -> None:
    require_good_files(TABLES)


def test_a_migration_of_a_table_that_will_not_be_there() -> None:
    with pytest.raises(OperationError, match=r"0001 .*: the stack has no table ProductsTable"):
        require_good_files(TABLES - {"ProductsTable"})


def test_a_migration_that_cannot_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "0001_bread.py").write_text("MIGRATION = None")
    monkeypatch.setattr(files, "migrations", lambda: migration.migrations(tmp_path))
    with pytest.raises(OperationError, match=r"0001_bread\.py cannot be loaded"):
        require_good_files(TABLES)


def test_reference_data_that_cannot_be_loaded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "categories.csv"
    path.write_text("name,description\n,Nameless\n")
    monkeypatch.setattr(require_good_file, "__defaults__", (path,))
    with pytest.raises(BadFiles, match="line 2: name is missing"):
        require_good_files(TABLES)
