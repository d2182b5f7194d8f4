"""A table that was restored beside a live one is deleted again, and no other is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from rich.console import Console

from ops.errors import OperationError
from ops.recover.moments import parse_moment
from ops.recover.operation import run
from ops.recover.tables import command
from ops.recover.tables.command import compare, discard
from ops.recover.tables.discard import discard as discarding
from ops.recover.tables.locate import find_table
from tests.ops.recover.tables.support import (
    LIVE,
    STACK,
    SUBJECT,
    Crash,
    crash_after,
    rows_of,
)

if TYPE_CHECKING:
    from pathlib import Path

    from tests.ops.recover.tables.support import Stack

pytestmark = pytest.mark.slow
MOMENT = "2026-01-31T08:30:00Z"
MADE, OTHER = f"{LIVE}-restored-20260131T083000", f"{LIVE}-restored-20260131T083001"
NAMED = f"{SUBJECT}@{MOMENT}"
quiet = Console(quiet=True)


@pytest.fixture
def tables(stack: Stack) -> set[str]:
    """All that there are, two of them restored and protected."""
    for name in (MADE, OTHER):
        stack.table(name)
        stack.client.update_table(TableName=name, DeletionProtectionEnabled=True)
    return present(stack)


def present(stack: Stack) -> set[str]:
    return set(stack.client.list_tables()["TableNames"])


@pytest.mark.parametrize(
    ("name", "at"),
    [("Users", MOMENT), (LIVE, "2026-01-31T09:30:00.9+01:00"), (None, MOMENT)],
)
def test_it_goes_once_it_is_confirmed_and_nothing_else_does(
    stack: Stack, tables: set[str], tmp_path: Path, name: str | None, at: str
) -> None:
    which: Any = {"name": name, "all_tables": name is None, "at": at, "folder": tmp_path}
    named = NAMED if name else f"{STACK}@{MOMENT}"
    discard(**which, dry_run=True)
    for wrong in (SUBJECT, STACK):
        with pytest.raises(OperationError, match="that was not"):
            discard(**which, yes=wrong)
    assert present(stack) == tables
    discard(**which, yes=named)
    assert tables - present(stack) == {MADE}
    with pytest.raises(OperationError, match="There is no table"):
        discard(**which, yes=named)


@pytest.mark.parametrize(
    ("name", "at", "sentence"),
    [
        (None, MOMENT, "Name a table, or say --all"),
        (MADE, MOMENT, "no table"),
        ("Nobody", MOMENT, "no table 'Nobody'"),
        ("Users", "yesterday", "is not a time"),
    ],
)
def test_what_is_not_named_well_stays(
    stack: Stack, tables: set[str], tmp_path: Path, name: str | None, at: str, sentence: str
) -> None:
    with pytest.raises(OperationError, match=sentence):
        discard(name, at=at, yes=NAMED, folder=tmp_path)
    assert present(stack) == tables


@pytest.mark.parametrize("when", ["before-call", "after-call"])
def test_a_crash_at_any_call_is_made_up_for_by_the_same_command(
    stack: Stack, tables: set[str], tmp_path: Path, when: str
) -> None:
    place, crashed = 0, True
    while crashed:
        place += 1
        crashed = _crashes(stack, tmp_path / str(place), when, place)
        assert tables - present(stack) == {MADE}
        stack.table(MADE)
        stack.client.update_table(TableName=MADE, DeletionProtectionEnabled=True)
    assert place > 5


def _crashes(stack: Stack, folder: Path, when: str, place: int) -> bool:
    """Whether there was a call number ``place``, at which it crashed; it is gone in the end."""
    calls = 0

    def crash(at: str, _: str) -> None:
        nonlocal calls
        calls += at == when
        if at == when and calls == place:
            raise Crash

    table = find_table(stack.target, "Users")
    operation = discarding(stack.target, [table], parse_moment(MOMENT), SUBJECT)
    stack.on_call = crash
    try:
        run(operation, quiet, folder, confirmed=NAMED)
    except Crash:
        stack.on_call = lambda *_: None
        assert run(operation, quiet, folder, confirmed=NAMED)
        return True
    finally:
        stack.on_call = lambda *_: None
    return False


@pytest.mark.parametrize("ended", ["unprotect", "delete"])
def test_one_that_was_restored_again_since_a_crash_is_deleted_again(
    stack: Stack,
    tables: set[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    ended: str,
) -> None:
    crash_after(monkeypatch, ended)
    with pytest.raises(Crash):
        discard("Users", at=MOMENT, yes=NAMED, folder=tmp_path)
    monkeypatch.undo()
    monkeypatch.setattr(command, "find_target", lambda *_: stack)
    if MADE not in present(stack):
        stack.table(MADE)
    stack.client.update_table(TableName=MADE, DeletionProtectionEnabled=True)
    discard("Users", at=MOMENT, yes=NAMED, folder=tmp_path)
    assert tables - present(stack) == {MADE}


def test_where_there_is_none_nothing_is_left(stack: Stack, tmp_path: Path) -> None:
    with pytest.raises(OperationError, match=r"There is no table .*\nNothing was changed\.$"):
        discard("Users", at=MOMENT, yes=NAMED, folder=tmp_path)
    assert not list(tmp_path.iterdir())


def test_the_others_take_the_same_name_for_it(
    stack: Stack, tables: set[str], capsys: pytest.CaptureFixture[str]
) -> None:
    stack.fill(MADE, rows_of("a"))
    stack.fill(LIVE, rows_of("a"))
    compare("Users", f"Users@{MOMENT}")
    assert f"{MADE}: 1 items" in capsys.readouterr().out
