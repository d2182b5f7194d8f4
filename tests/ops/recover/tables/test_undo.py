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
from ops.recover.tables.choose import Choice
from ops.recover.tables.locate import find_table
from ops.recover.tables.rows import Change
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
    ["[]", "{}", "7", json.dumps({"table": LIVE, "key": {"pk": 1}, "before": None, "after": None})],
)
def test_a_file_that_is_none_is_refused(tmp_path: Path, line: str) -> None:
    path = tmp_path / "undo.jsonl"
    path.write_text(line + "\n")
    with pytest.raises(OperationError, match="is not an undo file"):
        undo.require_undo_file(path, LIVE)


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
    keys = tmp_path / "keys"
    repairs.write_differing_keys(stack.client, LIVE, BESIDE, keys)
    made = repairs.Repair(stack.client, find_table(stack.target, LIVE), BESIDE, keys, Choice())
    done.clear()
    run(repairs.repairing(made, tmp_path, {}), quiet, tmp_path, confirmed=SUBJECT)
    writes = [name for name in done if name in ("fsync", "UpdateItem")]
    # The journal's two, the undo file's, the writes, and the journal's two.
    assert writes == [*["fsync"] * 3, "UpdateItem", "UpdateItem", "fsync", "fsync"]


def test_what_somebody_changed_since_is_not_taken_back(stack: Stack, tmp_path: Path) -> None:
    stack.fill(LIVE, rows_of("a", "b", bad=1))
    stack.fill(BESIDE, rows_of("a", "b", good=1))
    keys = tmp_path / "keys"
    repairs.write_differing_keys(stack.client, LIVE, BESIDE, keys)
    table = find_table(stack.target, LIVE)
    made = repairs.Repair(stack.client, table, BESIDE, keys, Choice())
    report = run(repairs.repairing(made, tmp_path, {}), quiet, tmp_path, confirmed=SUBJECT)
    assert report
    path = Path(report.facts["undoFile"])
    stack.fill(LIVE, rows_of("b", better=1))
    undone = run(repairs.taking_back(stack.client, table, path), quiet, tmp_path, confirmed=SUBJECT)
    assert undone
    assert undone.facts["outcomes"] == {"put right": 1, "changed since, left as it is": 1}
    names = {key[0]: {*row} - {"pk", "sk", "name"} for key, row in stack.rows(LIVE).items()}
    assert names == {"USER#a": {"bad"}, "USER#b": {"better"}}
