"""A table that is gone: what can be told of the others is, and nothing is blamed on them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ops.recover.verify.facts import TABLES
from ops.recover.verify.reconcile import reconcile
from ops.recover.verify.rules import Rule
from ops.recover.verify.tables import Tables
from tests.ops.recover.verify.test_command import Stack
from tests.ops.recover.verify.world import NAMES

if TYPE_CHECKING:
    from ops.recover.verify.reconcile import Reconciled
    from tests.ops.recover.verify.scene import Scene

pytestmark = pytest.mark.slow


def look(scene: Scene) -> Reconciled:
    return reconcile(Tables.of(Stack(scene.shop)))  # type: ignore[arg-type]  # all that it asks


@pytest.mark.parametrize("table", TABLES)
def test_a_sound_shop_without_a_table_has_nothing_wrong_in_the_others(
    scene: Scene, table: str
) -> None:
    scene.shop.client.delete_table(TableName=NAMES[table])
    done = look(scene)
    assert (done.findings, done.unsettled, done.orders_of_gone_accounts) == ([], [], 0)
    assert done.left_out == [table]
    assert set(done.rows) == {*TABLES} - {table}


@pytest.mark.parametrize("table", ["orders", "users", "addresses"])
def test_what_is_wrong_in_the_others_is_told(scene: Scene, table: str) -> None:
    scene.shop.client.delete_table(TableName=NAMES[table])
    scene.shop.write("products", scene.product_row, version=0)
    assert [each.rule for each in look(scene).findings] == [Rule.PRODUCT_ROW]


def test_without_any_there_is_nothing_to_tell(scene: Scene) -> None:
    for name in NAMES.values():
        scene.shop.client.delete_table(TableName=name)
    done = look(scene)
    assert (done.findings, done.rows, done.left_out) == ([], {}, sorted(TABLES))


def test_all_there_leaves_nothing_out(scene: Scene) -> None:
    assert look(scene).left_out == []
