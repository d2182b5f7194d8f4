"""Only a restore of a table is compared with it, and gives it rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from ops.errors import OperationError
from ops.recover.tables.command import compare
from ops.recover.tables.origin import require_same_origin, source_of
from ops.recover.tables.repair_command import repair
from tests.ops.recover.tables.support import BESIDE, LIVE, SUBJECT, rows_of

if TYPE_CHECKING:
    from pathlib import Path

    from tests.ops.recover.tables.support import Stack

OTHER = "shop-test-AddressesTable-DEF"
ARN = "arn:aws:dynamodb:eu-central-1:123456789012:table"


def test_no_row_comes_from_another_table(stack: Stack, tmp_path: Path) -> None:
    stack.table(OTHER)
    stack.fill(OTHER, rows_of("a", secret="hash"))
    told = f"{OTHER} is no restore of {LIVE}: .* {LIVE}-restored-…"
    with pytest.raises(OperationError, match=told):
        repair("Users", restored=OTHER, everything=True, yes=SUBJECT, folder=tmp_path)
    with pytest.raises(OperationError, match=told):
        compare("Users", OTHER)
    assert stack.rows(LIVE) == {}


def test_a_restore_by_hand_may_have_any_name(stack: Stack, tmp_path: Path) -> None:
    stack.fill(LIVE, rows_of("a", price=1))
    restored(stack, LIVE, "by-hand")
    stack.fill(LIVE, rows_of("a", price=0))
    repair("Users", restored="by-hand", everything=True, yes=SUBJECT, folder=tmp_path)
    assert stack.rows(LIVE)["USER#a", "USER"]["price"] == 1
    compare("Users", "by-hand")


def test_a_name_does_not_make_a_restore(stack: Stack) -> None:
    stack.table(OTHER)
    restored(stack, OTHER, f"{LIVE}-restored-20260202T000000")
    with pytest.raises(OperationError, match="is no restore of"):
        compare("Users", f"{LIVE}-restored-20260202T000000")


def test_two_restores_of_a_table_are_compared(stack: Stack) -> None:
    restored(stack, BESIDE, "of-a-restore")
    restored(stack, LIVE, "by-hand")
    for one, other in (("of-a-restore", "by-hand"), (BESIDE, LIVE), ("by-hand", BESIDE)):
        require_same_origin(stack.client, one, other)


def restored(stack: Stack, source: str, name: str) -> None:
    stack.client.restore_table_to_point_in_time(
        SourceTableName=source, TargetTableName=name, UseLatestRestorableTime=True
    )


@pytest.mark.parametrize(
    ("summary", "source"),
    [
        (None, None),
        ({"SourceTableArn": f"{ARN}/{LIVE}"}, LIVE),
        ({"SourceBackupArn": f"{ARN}/{LIVE}/backup/017"}, LIVE),
        ({"SourceBackupArn": f"{ARN}/x/backup/1", "SourceTableArn": f"{ARN}/{LIVE}"}, LIVE),
        ({"SourceBackupArn": "arn:aws:backup:eu-central-1:1:recovery-point:2"}, None),
    ],
)
def test_the_source_is_what_dynamodb_says(summary: Any, source: str | None) -> None:
    table: Any = {"TableName": "t"} | ({"RestoreSummary": summary} if summary else {})
    assert source_of(table) == source


def test_a_table_that_is_gone_is_told(stack: Stack) -> None:
    stack.client.delete_table(TableName=LIVE)
    with pytest.raises(OperationError, match=f"There is no table {LIVE}.* shop recover table adop"):
        compare("Users", BESIDE)


def test_a_moment_that_was_not_restored_is_told_with_those_that_were(stack: Stack) -> None:
    stack.table(f"{LIVE}-restored-by-hand")
    with pytest.raises(OperationError) as told:
        compare("Users", "Users@2026-01-02T01:00:00+01:00")
    assert str(told.value) == (
        f"There is no table {LIVE}-restored-20260102T000000. Restored beside {LIVE} are:"
        f" Users@2026-01-01T00:00:00Z, {LIVE}-restored-by-hand. To make it: shop recover table"
        " restore Users --at 2026-01-02T00:00:00Z"
    )
    for name in (BESIDE, f"{LIVE}-restored-by-hand"):
        stack.client.delete_table(TableName=name)
    with pytest.raises(OperationError, match="are: none"):
        compare("Users", "Users@2026-01-02T00:00:00Z")
