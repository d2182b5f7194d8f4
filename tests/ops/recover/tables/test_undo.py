"""The undo file: on the disk before a row is written, whole after a crash, read from its end."""

from __future__ import annotations

import json
import stat
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from rich.console import Console

from ops.errors import OperationError
from ops.recover.operation import run
from ops.recover.tables import repair as repairs
from ops.recover.tables import undo
from ops.recover.tables.canonical import canonical
from ops.recover.tables.locate import find_table
from ops.recover.tables.rows import Change
from tests.ops.recover.tables.repairs import prepared
from tests.ops.recover.tables.support import BESIDE, LIVE, SUBJECT, rows_of

if TYPE_CHECKING:
    from tests.ops.recover.tables.support import Stack

quiet = Console(quiet=True)


def change(name: str, before: str | None, after: str | None) -> Change:
    key = {"pk": {"S": name}, "sk": {"S": ""}}

    def row(value: str | None) -> Any:
        return None if value is None else {**key, "value": {"B": value.encode()}}

    return Change(canonical(key), row(before), row(after))


CHANGES = [change("é", "1", "2"), change("b", None, "2"), change("c", "1", None)]


def test_it_is_read_from_its_end_with_before_and_after_exchanged(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "undo.jsonl"
    undo.note(path, LIVE, CHANGES[:1])
    undo.note(path, LIVE, CHANGES[1:])
    backwards = [Change(each.key, each.wanted, each.seen) for each in reversed(CHANGES)]
    assert list(undo.undoing(path, LIVE)) == backwards
    assert undo.require_undo_file(path, LIVE) == 3
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


@pytest.mark.parametrize("cut", range(2, 40, 6))
def test_a_line_that_a_crash_cut_off_is_none(tmp_path: Path, cut: int) -> None:
    path = tmp_path / "undo.jsonl"
    undo.note(path, LIVE, CHANGES[:2])
    whole = path.read_bytes()
    path.write_bytes(whole[:-cut])
    assert undo.require_undo_file(path, LIVE) == 1
    undo.note(path, LIVE, CHANGES[2:])
    assert [each.key for each in undo.undoing(path, LIVE)] == [CHANGES[2].key, CHANGES[0].key]


@pytest.mark.parametrize(
    "line",
    [
        "[]",
        "{}",
        "7",
        "root:x:0:0:root:/root:/bin/bash",
        "\xff\xfe",
        json.dumps({"table": LIVE, "key": {"pk": 1}, "before": None, "after": None}),
    ],
)
@pytest.mark.parametrize("more", [0, 1])
def test_a_file_that_is_none_is_refused(tmp_path: Path, line: str, more: int) -> None:
    path = tmp_path / "undo.jsonl"
    undo.note(path, LIVE, CHANGES[:more])
    with path.open("a") as file:
        file.write(line + "\n")
    with pytest.raises(OperationError, match="is not an undo file"):
        undo.require_undo_file(path, LIVE)


@pytest.mark.parametrize("text", ["", '{"ta', '{"table": "x", "ke'])
def test_one_without_a_row_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "undo.jsonl"
    path.write_text(text)
    with pytest.raises(OperationError, match=r"There is no row in .*: there is nothing to take"):
        undo.require_undo_file(path, LIVE)


def test_what_was_noted_is_known(tmp_path: Path) -> None:
    path = tmp_path / "undo.jsonl"
    with undo.noted(path, LIVE) as was_noted:
        assert not was_noted(CHANGES[0].key)
    undo.note(path, LIVE, CHANGES[:2])
    undo.note(path, LIVE, CHANGES[:1])
    with undo.noted(path, LIVE) as was_noted:
        assert [was_noted(each.key) for each in CHANGES] == [True, True, False]


def test_that_of_another_table_and_one_that_is_not_there_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "undo.jsonl"
    undo.note(path, "other", CHANGES)
    with pytest.raises(OperationError, match="of the table other"):
        undo.require_undo_file(path, LIVE)
    with pytest.raises(OperationError, match="cannot be read"):
        undo.require_undo_file(tmp_path / "none", LIVE)


def test_a_line_is_on_the_disk_before_its_row_is_written(
    stack: Stack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stack.fill(LIVE, rows_of("a", "b", bad=1))
    stack.fill(BESIDE, rows_of("a", "b", good=1))
    done: list[str] = []
    monkeypatch.setattr("os.fsync", lambda _: done.append("fsync"))
    stack.on_call = lambda when, name: done.append(name) if when == "before-call" else None
    operation = prepared(stack, tmp_path)
    done.clear()
    run(operation, quiet, tmp_path, confirmed=SUBJECT)
    writes = [name for name in done if name in ("fsync", "UpdateItem")]
    # The journal's, the list's, the journal's, the undo file's, the writes, the journal's two.
    assert writes == [*["fsync"] * 4, "UpdateItem", "UpdateItem", "fsync", "fsync"]


def test_what_somebody_changed_since_is_not_taken_back(stack: Stack, tmp_path: Path) -> None:
    stack.fill(LIVE, rows_of("a", "b", bad=1))
    stack.fill(BESIDE, rows_of("a", "b", good=1))
    table = find_table(stack.target, LIVE)
    report = run(prepared(stack, tmp_path), quiet, tmp_path, confirmed=SUBJECT)
    assert report
    path = Path(report.facts["undoFile"])
    stack.fill(LIVE, rows_of("b", better=1))
    undone = run(repairs.taking_back(stack.client, table, path), quiet, tmp_path, confirmed=SUBJECT)
    assert undone
    assert undone.facts["outcomes"] == {"put right": 1, "changed since, left as it is": 1}
    names = {key[0]: {*row} - {"pk", "sk", "name"} for key, row in stack.rows(LIVE).items()}
    assert names == {"USER#a": {"bad"}, "USER#b": {"better"}}
