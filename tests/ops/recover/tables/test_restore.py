"""A table restored beside itself: the window, the settings, and a crash at any call."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from rich.console import Console

from ops.errors import OperationError
from ops.recover.operation import run
from ops.recover.tables import command, settings, waiting
from ops.recover.tables.locate import find_table, stack_tables, table_name
from ops.recover.tables.restore import (
    Window,
    require_within,
    restorable_window,
    restore,
    restored_name,
)
from tests.ops.recover.tables.support import (
    BESIDE,
    LIVE,
    LOGICAL,
    SUBJECT,
    Crash,
    crash_after,
    rows_of,
)

if TYPE_CHECKING:
    from pathlib import Path

    from tests.ops.recover.tables.support import Stack

MOMENT = datetime(2026, 1, 31, 8, 30, 0, 700_000, tzinfo=UTC)
MADE = f"{LIVE}-restored-20260131T083000"
ROWS = rows_of("a", "b", price=1)
quiet = Console(quiet=True)


def ready(stack: Stack) -> Any:
    """The live table, as the template says, with rows."""
    table = find_table(stack.target, LOGICAL)
    stack.fill(LIVE, ROWS)
    settings.apply(stack.client, LIVE, table.wanted)
    return table


def test_it_is_restored_to_the_second_with_all_settings(stack: Stack, tmp_path: Path) -> None:
    table = ready(stack)
    asked: list[Any] = []
    stack.client.meta.events.register(
        "provide-client-params.dynamodb.RestoreTableToPointInTime",
        lambda params, **_: asked.append(params),
    )
    operation = restore(stack.target, [table], MOMENT, SUBJECT)
    report = run(operation, quiet, tmp_path, confirmed=SUBJECT)
    assert report
    second = MOMENT.replace(microsecond=0)
    assert asked == [{"SourceTableName": LIVE, "TargetTableName": MADE, "RestoreDateTime": second}]
    assert stack.rows(MADE) == stack.rows(LIVE)
    settings.require(stack.client, MADE, table.wanted)
    facts = report.facts
    assert (facts["tables"], facts["begun"], facts["settingsDiffer"]) == ({LIVE: MADE}, 1, 0)
    began = datetime.fromisoformat(report.began)
    assert report.rpo_seconds == pytest.approx((began - second).total_seconds(), abs=60)
    assert report.arguments["at"] == "2026-01-31T08:30:00.000Z"


def test_a_restore_alone_does_not_bring_the_settings(stack: Stack) -> None:
    """Else the step that sets them would have nothing to do, and no test would notice."""
    table = ready(stack)
    stack.client.restore_table_to_point_in_time(
        SourceTableName=LIVE, TargetTableName=MADE, RestoreDateTime=MOMENT
    )
    missing = settings.differences(table.wanted, settings.present_settings(stack.client, MADE))
    named = {each.split(" should")[0] for each in missing}
    assert named >= {"recovery", "time to live", "stream", "tags", "protection"}


@pytest.mark.exhaustive
@pytest.mark.parametrize("when", ["before-call", "after-call"])
def test_a_crash_at_any_call_is_made_up_for_by_the_same_command(
    stack: Stack, tmp_path: Path, when: str
) -> None:
    table = ready(stack)
    calls = 0
    place = 0
    finished = False
    while not finished:
        place, calls = place + 1, 0

        def crash(at: str, _: str, place: int = place) -> None:
            nonlocal calls
            calls += at == when
            if at == when and calls == place:
                raise Crash

        folder = tmp_path / str(place)
        stack.on_call = crash
        try:
            run(restore(stack.target, [table], MOMENT, SUBJECT), quiet, folder, confirmed=SUBJECT)
            finished = True
        except Crash:
            stack.on_call = lambda *_: None
            report = run(
                restore(stack.target, [table], MOMENT, SUBJECT), quiet, folder, confirmed=SUBJECT
            )
            assert report
        stack.on_call = lambda *_: None
        settings.require(stack.client, MADE, table.wanted)
        assert stack.rows(MADE) == stack.rows(LIVE)
        stack.client.update_table(TableName=MADE, DeletionProtectionEnabled=False)
        stack.client.delete_table(TableName=MADE)
    assert place > 20


def test_a_settings_step_that_achieves_nothing_is_found_out(
    stack: Stack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = ready(stack)
    monkeypatch.setattr(settings, "apply", lambda *_: [])
    with pytest.raises(OperationError, match=r"settings: .* not as the template says"):
        run(restore(stack.target, [table], MOMENT, SUBJECT), quiet, tmp_path, confirmed=SUBJECT)


def test_a_table_of_that_name_from_elsewhere_is_not_taken_for_it(
    stack: Stack, tmp_path: Path
) -> None:
    table = ready(stack)
    stack.client.restore_table_to_point_in_time(
        SourceTableName=BESIDE, TargetTableName=MADE, RestoreDateTime=MOMENT
    )
    with pytest.raises(OperationError, match="which came from"):
        run(restore(stack.target, [table], MOMENT, SUBJECT), quiet, tmp_path, confirmed=SUBJECT)


@pytest.mark.parametrize("ended", ["begin", "wait", "settings"])
def test_one_that_was_discarded_since_a_crash_is_restored_again(
    stack: Stack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ended: str
) -> None:
    table = ready(stack)
    operation = restore(stack.target, [table], MOMENT, SUBJECT)
    with monkeypatch.context() as patch:
        crash_after(patch, ended)
        with pytest.raises(Crash):
            run(operation, quiet, tmp_path, confirmed=SUBJECT)
    stack.client.update_table(TableName=MADE, DeletionProtectionEnabled=False)
    stack.client.delete_table(TableName=MADE)
    assert run(operation, quiet, tmp_path, confirmed=SUBJECT)
    assert stack.rows(MADE) == stack.rows(LIVE)
    settings.require(stack.client, MADE, table.wanted)


EARLIEST, LATEST = MOMENT - timedelta(days=35), MOMENT - timedelta(minutes=5)


@pytest.mark.parametrize("moment", [EARLIEST, LATEST, LATEST - timedelta(days=1)])
def test_moments_within_the_window_are_taken(moment: datetime) -> None:
    require_within(Window(EARLIEST, LATEST), LIVE, moment)


@pytest.mark.parametrize("moment", [EARLIEST - timedelta(seconds=1), LATEST + timedelta(seconds=1)])
def test_others_are_refused_with_the_window(moment: datetime) -> None:
    with pytest.raises(OperationError, match=r"from 2025-12-27T08:30:00\.700Z to 2026-01-31T08:25"):
        require_within(Window(EARLIEST, LATEST), LIVE, moment)


def test_where_there_is_history_the_window_counts(
    stack: Stack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = ready(stack)
    monkeypatch.setattr(type(stack), "keeps_history", True)
    with pytest.raises(OperationError, match="can be restored to moments from"):
        run(restore(stack.target, [table], MOMENT, SUBJECT), quiet, tmp_path, confirmed=SUBJECT)
    assert not table_is_there(stack, MADE)


def table_is_there(stack: Stack, name: str) -> bool:
    return name in stack.client.list_tables()["TableNames"]


def test_without_recovery_or_table_there_is_nothing_to_restore(stack: Stack) -> None:
    with pytest.raises(OperationError, match="is off"):
        restorable_window(stack.client, LIVE)
    with pytest.raises(OperationError, match="shop recover table adopt"):
        restorable_window(stack.client, "gone")


def test_a_name_that_would_be_too_long_is_refused() -> None:
    with pytest.raises(OperationError, match="longer than"):
        restored_name("x" * 240, MOMENT)


def test_tables_are_found_by_any_of_their_names(stack: Stack) -> None:
    for name in ("Users", "UsersTable", LIVE):
        assert find_table(stack.target, name).name == LIVE
        assert table_name(stack.target, name) == LIVE
    assert table_name(stack.target, BESIDE) == BESIDE
    for find in (find_table, table_name):
        with pytest.raises(OperationError, match=r"no table 'Nobody'\. It has: UsersTable"):
            find(stack.target, "Nobody")
    assert [each.subject for each in stack_tables(stack.target)] == [SUBJECT]


def test_waiting_has_an_end(stack: Stack) -> None:
    said: list[str] = []
    with pytest.raises(OperationError, match="in vain"):
        waiting.wait_for(lambda: False, "Godot", said.append, seconds=-1)
    answers = iter([False, False, True])
    waiting.wait_for(lambda: next(answers), "Godot", said.append)
    assert len(said) == 2
    with pytest.raises(OperationError, match="not there any more"):
        waiting.is_active(stack.client, "gone")


def test_the_command_says_a_table_or_all(stack: Stack, tmp_path: Path) -> None:
    ready(stack)
    at = "2026-01-31T08:30:00Z"
    for name, all_tables in ((None, False), ("Users", True)):
        with pytest.raises(OperationError, match="Name a table, or say --all"):
            command.restore(name, at=at, all_tables=all_tables, folder=tmp_path)
    command.restore(None, at=at, all_tables=True, yes="shop-test", folder=tmp_path)
    assert stack.rows(MADE) == stack.rows(LIVE)
    command.restore("Users", at=at, dry_run=True, folder=tmp_path / "none")
    assert not (tmp_path / "none").exists()
