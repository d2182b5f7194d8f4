"""What is told before anything is done, when the command was given what is not there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import boto3
import pytest

from ops.errors import OperationError
from ops.recover.region import command
from ops.recover.region.command import region
from ops.recover.tables.locate import StackTable
from ops.target import Target
from tests.ops.recover.region.conftest import EXPORTS

if TYPE_CHECKING:
    from tests.ops.recover.region.conftest import Regions

pytestmark = pytest.mark.slow


@pytest.fixture(autouse=True)
def _stack(regions: Regions, monkeypatch: pytest.MonkeyPatch) -> None:
    target = Target("shop-test", boto3.Session(region_name="eu-central-1"))
    tables = [StackTable("shop-test", "ThingsTable", "new", {})]
    monkeypatch.setattr(command, "find_target", lambda *_: target)
    monkeypatch.setattr(command, "stack_tables", lambda _: tables)


def test_exports_that_are_nowhere_are_told_in_a_sentence() -> None:
    with pytest.raises(OperationError, match="no bucket nosuch for --exports-bucket"):
        region(exports_bucket="nosuch")


def test_images_that_are_nowhere_are_told_before_a_row_is_written(regions: Regions) -> None:
    regions.put("old", {"pk": "THING#1", "sk": "THING"})
    regions.export()
    with pytest.raises(OperationError, match="no bucket nosuch for --images-bucket"):
        region(exports_bucket=EXPORTS, images_bucket="nosuch", yes="shop-test")
    assert regions.rows("new") == []
