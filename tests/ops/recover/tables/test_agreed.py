"""What was shown and confirmed is what is written, whatever others do at the same time."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
import typer

from ops.errors import OperationError
from ops.recover.tables.repair_command import repair
from tests.ops.recover.tables.support import BESIDE, LIVE, SUBJECT, Crash, rows_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.ops.recover.tables.support import Stack

ALL: Any = {"restored": BESIDE, "everything": True}
NAMES = "abc"


@pytest.fixture
def broken(stack: Stack) -> Stack:
    """Three rows have another price than they should."""
    stack.fill(BESIDE, rows_of(*NAMES, price=1, stock=5))
    stack.fill(LIVE, rows_of(*NAMES, price=0, stock=5))
    return stack


def prices(stack: Stack) -> dict[str, Any]:
    return {key[0].removeprefix("USER#"): row["price"] for key, row in stack.rows(LIVE).items()}


def report(folder: Path) -> dict[str, Any]:
    (path,) = folder.glob("report-*.json")
    steps = json.loads(path.read_text())["steps"].values()
    return {name: value for step in steps for name, value in step["facts"].items()}


def asked(monkeypatch: pytest.MonkeyPatch, meanwhile: Callable[[], object]) -> None:
    """While a person is asked, something happens; then the answer is given."""

    def prompt(*_: Any, **__: Any) -> str:
        meanwhile()
        return SUBJECT

    monkeypatch.setattr(typer, "prompt", prompt)


@pytest.mark.parametrize(("mine", "other"), [(["a"], [*NAMES]), ([*NAMES], ["a"])])
def test_a_dry_run_of_others_changes_nothing_of_what_was_confirmed(
    broken: Stack,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    mine: list[str],
    other: list[str],
) -> None:
    def keys(names: list[str]) -> Any:
        return {"restored": BESIDE, "keys": [f"USER#{name}" for name in names], "folder": tmp_path}

    asked(monkeypatch, lambda: repair("Users", dry_run=True, **keys(other)))
    repair("Users", **keys(mine))
    assert prices(broken) == {name: int(name in mine) for name in NAMES}
    assert report(tmp_path)["outcomes"] == {"put right": len(mine)}


def test_what_was_not_shown_is_not_written(
    broken: Stack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rows that differ only since, one that changed, and one that came back."""
    broken.client.delete_item(TableName=LIVE, Key={"pk": {"S": "USER#c"}, "sk": {"S": "USER"}})
    broken.fill(BESIDE, rows_of("d", price=1))
    broken.fill(LIVE, rows_of("d", price=1))

    def others() -> None:
        broken.fill(LIVE, rows_of("b", "c", "d", price=7))

    asked(monkeypatch, others)
    with pytest.raises(typer.Exit) as exit_:
        repair("Users", keys=[f"USER#{name}" for name in "abcd"], restored=BESIDE, folder=tmp_path)
    assert exit_.value.exit_code == 1
    assert prices(broken) == {"a": 1, "b": 7, "c": 7, "d": 7}
    facts = report(tmp_path)
    assert facts["outcomes"] == {"put right": 1, "changed since, left as it is": 2}
    assert (facts["confirmed"], facts["stillDiffering"]) == (3, 2)
    (undo,) = tmp_path.glob("undo-*")
    assert ["USER#a" in line for line in undo.read_text().splitlines()] == [True]


def test_of_some_attributes_only_those_count(
    broken: Stack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked(monkeypatch, lambda: broken.fill(LIVE, rows_of(*NAMES, price=0, stock=4)))
    repair("Users", attributes=["price"], folder=tmp_path, **ALL)
    assert set(prices(broken).values()) == {1}
    assert {row["stock"] for row in broken.rows(LIVE).values()} == {4}


def test_the_same_command_is_not_done_twice_at_once(broken: Stack, tmp_path: Path) -> None:
    again: list[str] = []

    def at_once(when: str, name: str) -> None:
        if (when, name) == ("before-call", "UpdateItem"):
            broken.on_call = lambda *_: None
            with pytest.raises(OperationError, match="another run of this command is at it") as no:
                repair("Users", yes=SUBJECT, folder=tmp_path, **ALL)
            again.append(str(no.value))

    broken.on_call = at_once
    repair("Users", yes=SUBJECT, folder=tmp_path, **ALL)
    assert again
    assert report(tmp_path)["outcomes"] == {"put right": 3}
    assert [path.suffix for path in tmp_path.iterdir() if path.suffix in (".lock", ".rows")] == []


def test_what_another_run_has_done_meanwhile_is_looked_at_first(
    broken: Stack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It has crashed half-way: what is to be done now is not what was shown."""

    def crashing() -> None:
        _crash_at(broken, "UpdateItem", 2)
        with pytest.raises(Crash):
            repair("Users", yes=SUBJECT, folder=tmp_path, **ALL)
        broken.on_call = lambda *_: None

    asked(monkeypatch, crashing)
    with pytest.raises(OperationError, match="another run of this command was at it meanwhile"):
        repair("Users", folder=tmp_path, **ALL)
    assert sorted(prices(broken).values()) == [0, 0, 1]
    repair("Users", yes=SUBJECT, folder=tmp_path, **ALL)
    assert set(prices(broken).values()) == {1}


def test_nor_what_it_has_done_while_this_one_looked(broken: Stack, tmp_path: Path) -> None:
    """Its rows are three, and only two of them are shown here."""

    def at_once(when: str, name: str) -> None:
        if (when, name) == ("before-call", "GetItem"):
            _crash_at(broken, "UpdateItem", 2)
            with pytest.raises(Crash):
                repair("Users", yes=SUBJECT, folder=tmp_path, **ALL)
            broken.on_call = lambda *_: None

    broken.on_call = at_once
    with pytest.raises(OperationError, match="its rows are not those that were shown here"):
        repair("Users", yes=SUBJECT, folder=tmp_path, **ALL)
    assert sorted(prices(broken).values()) == [0, 0, 1]
    repair("Users", yes=SUBJECT, folder=tmp_path, **ALL)
    assert report(tmp_path)["outcomes"] == {"put right": 3}


def _crash_at(stack: Stack, name: str, number: int) -> None:
    calls = 0

    def crash(when: str, call: str) -> None:
        nonlocal calls
        calls += (when, call) == ("before-call", name)
        if (when, call) == ("before-call", name) and calls == number:
            raise Crash

    stack.on_call = crash


def test_a_repair_of_other_rows_goes_on_beside_it(broken: Stack, tmp_path: Path) -> None:
    def at_once(when: str, name: str) -> None:
        if (when, name) == ("before-call", "UpdateItem"):
            broken.on_call = lambda *_: None
            repair("Users", keys=["USER#b"], restored=BESIDE, yes=SUBJECT, folder=tmp_path)

    broken.on_call = at_once
    repair("Users", keys=["USER#a"], restored=BESIDE, yes=SUBJECT, folder=tmp_path)
    assert prices(broken) == {"a": 1, "b": 1, "c": 0}
    undone = [len(path.read_text().splitlines()) for path in tmp_path.glob("undo-*")]
    assert undone == [1, 1]


@pytest.mark.parametrize("number", [1, 2, 3])
def test_taken_up_again_it_is_about_its_own_rows_and_tells_of_all(
    broken: Stack, tmp_path: Path, capsys: pytest.CaptureFixture[str], number: int
) -> None:
    _crash_at(broken, "UpdateItem", number)
    with pytest.raises(Crash):
        repair("Users", yes=SUBJECT, folder=tmp_path, **ALL)
    broken.on_call = lambda *_: None
    broken.fill(LIVE, rows_of("new", price=3))
    broken.fill(BESIDE, rows_of("new", price=1))
    repair("Users", restored=BESIDE, keys=["USER#new"], dry_run=True, folder=tmp_path)
    capsys.readouterr()
    repair("Users", yes=SUBJECT, folder=tmp_path, **ALL)
    assert f"overwrite {4 - number} row" in capsys.readouterr().out
    assert prices(broken) == {"a": 1, "b": 1, "c": 1, "new": 3}
    facts = report(tmp_path)
    assert (facts["outcomes"], facts["confirmed"]) == ({"put right": 3}, 3)
    assert not list(tmp_path.glob("*.rows"))


def test_what_was_right_already_is_not_taken_for_its_own(broken: Stack, tmp_path: Path) -> None:
    """Another one puts a row right while it works; nothing is noted of that."""

    def others(when: str, name: str) -> None:
        if (when, name) == ("after-call", "DescribeTable"):
            _after_the_look(broken)

    broken.on_call = others
    repair("Users", yes=SUBJECT, folder=tmp_path, **ALL)
    assert report(tmp_path)["outcomes"] == {"put right": 2, "right already": 1}


def _after_the_look(stack: Stack) -> None:
    """The fourth read of a row is that of the repair itself."""
    reads = 0

    def others(when: str, name: str) -> None:
        nonlocal reads
        reads += (when, name) == ("before-call", "GetItem")
        if reads == 2 * len(NAMES) + 1:
            stack.on_call = lambda *_: None
            stack.fill(LIVE, rows_of("a", price=1, stock=5))

    stack.on_call = others


def test_without_its_list_it_begins_anew(
    broken: Stack, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _crash_at(broken, "UpdateItem", 3)
    with pytest.raises(Crash):
        repair("Users", yes=SUBJECT, folder=tmp_path, **ALL)
    broken.on_call = lambda *_: None
    for path in tmp_path.glob("*.rows"):
        path.unlink()
    repair("Users", yes=SUBJECT, folder=tmp_path, **ALL)
    assert "this begins anew" in capsys.readouterr().out
    assert set(prices(broken).values()) == {1}
