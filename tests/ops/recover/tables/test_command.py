"""The commands compare and repair, as a person gives them."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest
import typer
from typer.testing import CliRunner

from ops.cli import app
from ops.errors import OperationError
from ops.recover.tables.command import compare
from ops.recover.tables.repair_command import repair
from tests.ops.recover.tables.support import BESIDE, LIVE, SUBJECT, Crash, rows_of

if TYPE_CHECKING:
    from pathlib import Path

    from tests.ops.recover.tables.support import Stack

OLD, NEW = "2026-01-01T00:00:00.000Z", "2026-02-01T00:00:00.000Z"
GOOD = rows_of("a", "b", "c", price=1, updatedAt=OLD)


def broken(stack: Stack) -> None:
    """a was spoilt, b changed for good later, c is gone, d came."""
    stack.fill(BESIDE, GOOD)
    stack.fill(LIVE, rows_of("a", price=0, updatedAt=NEW) | rows_of("b", price=2, updatedAt=OLD))
    stack.fill(LIVE, rows_of("d", updatedAt=NEW))


def prices(stack: Stack) -> dict[str, Any]:
    rows = stack.rows(LIVE).items()
    return {pk.removeprefix("USER#"): row.get("price") for (pk, _), row in rows}


def test_equal_tables_are_the_same(stack: Stack, capsys: pytest.CaptureFixture[str]) -> None:
    for name in (LIVE, BESIDE):
        stack.fill(name, GOOD)
    compare("Users", BESIDE)
    assert "They are the same." in capsys.readouterr().out


def test_a_difference_is_told_by_table_file_and_exit_code(
    stack: Stack, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    broken(stack)
    with pytest.raises(typer.Exit) as exit_:
        compare("Users", BESIDE, json_file=tmp_path / "found.json")
    assert exit_.value.exit_code == 1
    out = capsys.readouterr().out
    found = json.loads((tmp_path / "found.json").read_text())
    assert "They differ: 1 only live, 1 only restored, 2 different." in out
    assert found["live"]["sha256"] in out
    assert found["restored"]["sha256"] in out
    assert found["samples"][2]["attributes"] == ["price", "updatedAt"]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["compare", "Nobody", BESIDE], "no table 'Nobody'"),
        (["compare", "Users", BESIDE, "--json", "/"], "Is a directory"),
        (["repair", "Users", "--from", LIVE, "--everything"], "cannot be repaired from itself"),
        (["repair", "Users", "--from", BESIDE, "--everything", "--folder", "/dev/null"], "'/dev/"),
    ],
)
def test_trouble_has_an_exit_code_of_its_own(
    stack: Stack, arguments: list[str], sentence: str
) -> None:
    stack.fill(BESIDE, GOOD)
    done = CliRunner().invoke(app, ["recover", "table", *arguments])
    assert (done.exit_code, sentence in done.output) == (2, True), done.output
    assert "Traceback" not in done.output


@pytest.mark.parametrize(
    ("how", "after"),
    [
        ({"keys": ["USER#a"]}, {"a": 1, "b": 2, "d": None}),
        ({"keys": ["USER#c"]}, {"a": 0, "b": 2, "c": 1, "d": None}),
        ({"keys": ["USER#d"]}, {"a": 0, "b": 2, "d": None}),
        ({"keys": ['{"pk": "USER#c", "sk": {"S": "USER"}}']}, {"a": 0, "b": 2, "c": 1, "d": None}),
        ({"keys": ["@FILE"]}, {"a": 1, "b": 2, "c": 1, "d": None}),
        ({"keys": ["USER#d"], "delete_added": True}, {"a": 0, "b": 2}),
        ({"since": NEW}, {"a": 1, "b": 2, "c": 1, "d": None}),
        ({"since": NEW, "delete_added": True}, {"a": 1, "b": 2, "c": 1}),
        ({"everything": True}, {"a": 1, "b": 1, "c": 1, "d": None}),
        ({"everything": True, "delete_added": True}, {"a": 1, "b": 1, "c": 1}),
    ],
)
def test_only_what_was_chosen_is_put_right_and_can_be_undone(
    stack: Stack, tmp_path: Path, how: dict[str, Any], after: dict[str, Any]
) -> None:
    broken(stack)
    before = stack.rows(LIVE)
    if how.get("keys") == ["@FILE"]:
        (tmp_path / "keys").write_text("USER#a\n\n" + '{"pk": "USER#c", "sk": "USER"}\n')
        how = {"keys": [f"@{tmp_path / 'keys'}"]}
    folder = tmp_path / "folder"
    repair("Users", restored=BESIDE, dry_run=True, folder=folder, **how)
    assert stack.rows(LIVE) == before
    with pytest.raises(OperationError, match="that was not"):
        repair("Users", restored=BESIDE, yes="UsersTable", folder=folder, **how)
    assert stack.rows(LIVE) == before
    repair("Users", restored=BESIDE, yes=SUBJECT, folder=folder, **how)
    assert prices(stack) == after
    for undo in folder.glob("undo-*"):
        repair("Users", undo=undo, yes=SUBJECT, folder=folder)
    assert stack.rows(LIVE) == before


def test_it_says_what_it_would_do_first(
    stack: Stack, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    broken(stack)
    every: Any = {"restored": BESIDE, "everything": True, "folder": tmp_path}
    repair("Users", delete_added=True, dry_run=True, **every)
    out = capsys.readouterr().out
    assert "now: delete 1 row, bring back 1 row, overwrite 2 rows." in out
    assert "What is overwritten in them: price in 2, updatedAt in 1." in out
    assert "price, updatedAt" in out
    assert not list(tmp_path.glob("undo-*"))
    repair("Users", yes=SUBJECT, **every)
    assert "3 put right" in capsys.readouterr().out
    repair("Users", yes=SUBJECT, **every)
    assert "There is nothing to put right." in capsys.readouterr().out


def test_what_changed_meanwhile_is_left_told_and_fails(
    stack: Stack, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    broken(stack)

    def others(when: str, name: str) -> None:
        if (when, name) == ("before-call", "UpdateItem"):
            stack.on_call = lambda *_: None
            stack.fill(LIVE, rows_of("a", price=7, updatedAt=NEW))

    stack.on_call = others
    with pytest.raises(typer.Exit) as exit_:
        repair("Users", restored=BESIDE, keys=["USER#a"], yes=SUBJECT, folder=tmp_path)
    assert exit_.value.exit_code == 1
    assert prices(stack)["a"] == 7
    assert 'USER#a"},"sk":{"S":"USER"}} changed since, left as it is' in re.sub(
        r"\s+", " ", capsys.readouterr().out
    )


@pytest.mark.exhaustive
@pytest.mark.parametrize("when", ["before-call", "after-call"])
def test_a_crash_at_any_call_is_made_up_for_and_can_be_undone(
    stack: Stack, tmp_path: Path, when: str
) -> None:
    broken(stack)
    before = stack.rows(LIVE)
    place, calls, finished = 0, 0, False
    while not finished:
        place, calls = place + 1, 0

        def crash(at: str, _: str, place: int = place) -> None:
            nonlocal calls
            calls += at == when
            if at == when and calls == place:
                raise Crash

        folder = tmp_path / str(place)
        every: Any = {"restored": BESIDE, "everything": True, "yes": SUBJECT, "folder": folder}
        stack.on_call = crash
        try:
            repair("Users", delete_added=True, **every)
            finished = True
        except Crash:
            stack.on_call = lambda *_: None
            repair("Users", delete_added=True, **every)
        stack.on_call = lambda *_: None
        assert prices(stack) == {"a": 1, "b": 1, "c": 1}
        (undo,) = folder.glob("undo-*")
        repair("Users", undo=undo, yes=SUBJECT, folder=folder)
        assert stack.rows(LIVE) == before
    assert place > 30


@pytest.mark.parametrize(
    ("how", "sentence"),
    [
        ({}, "Say --from"),
        ({"restored": BESIDE}, "Say which rows"),
        ({"restored": BESIDE, "everything": True, "keys": ["a"]}, "Say which rows"),
        ({"restored": LIVE, "everything": True}, "cannot be repaired from itself"),
        ({"restored": BESIDE, "since": "2026-01-01"}, "is not a time"),
        ({"restored": BESIDE, "keys": ['{"pk": "a"}']}, "is not a key: it has pk and sk"),
        ({"restored": BESIDE, "keys": ['{"pk": 1, "sk": "a"}']}, "is not a key"),
        ({"restored": BESIDE, "keys": ["{"]}, "is not a key"),
        ({"restored": BESIDE, "keys": ["@none"]}, "none cannot be read"),
        ({"undo": "FILE", "everything": True}, "--undo goes without"),
    ],
)
def test_an_unclear_wish_changes_nothing(
    stack: Stack, tmp_path: Path, how: dict[str, Any], sentence: str
) -> None:
    broken(stack)
    before = stack.rows(LIVE)
    with pytest.raises(OperationError, match=sentence):
        repair("Users", yes=SUBJECT, folder=tmp_path, **how)
    assert stack.rows(LIVE) == before


def test_a_row_with_too_many_attributes_is_left(stack: Stack, tmp_path: Path) -> None:
    wide = {f"a{number}": 1 for number in range(100)}
    stack.fill(LIVE, rows_of("w", **wide))
    stack.fill(BESIDE, rows_of("w", **(wide | {"a0": 2})))
    with pytest.raises(typer.Exit):
        repair("Users", restored=BESIDE, everything=True, yes=SUBJECT, folder=tmp_path)
    assert stack.rows(LIVE)["USER#w", "USER"]["a0"] == 1
