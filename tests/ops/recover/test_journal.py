"""What is noted outlives a crash, and what is no journal is not taken for one."""

from __future__ import annotations

import fcntl
import json
from typing import TYPE_CHECKING, Any

import pytest

from ops.errors import OperationError
from ops.recover.journal import Journal

if TYPE_CHECKING:
    from pathlib import Path

ARGUMENTS = {"at": "2026-01-31T08:30:00.000Z"}


def journal(folder: Path, arguments: dict[str, str] = ARGUMENTS) -> Journal:
    return Journal.of(folder / "new", "table restore", "shop-test/UsersTable", arguments)


def test_what_was_noted_is_there_again(tmp_path: Path) -> None:
    first = journal(tmp_path)
    first.begin()
    first.done("check", Journal.now(), {"window": [1]})
    first.done("begin", Journal.now(), {"begun": 2})
    second = journal(tmp_path)
    assert (first.begun, second.begun) == (False, True)
    assert second.began == first.began
    assert second.steps == first.steps
    assert second.facts == {"window": [1], "begun": 2}
    assert (second.is_done("begin"), second.is_done("wait")) == (True, False)
    assert second.arguments == ARGUMENTS


def test_the_beginning_is_noted_before_anything_is_done(tmp_path: Path) -> None:
    first = journal(tmp_path)
    first.begin()
    second = journal(tmp_path)
    second.begin()
    assert (second.begun, second.began) == (True, first.began)


def test_other_arguments_are_another_recovery(tmp_path: Path) -> None:
    journal(tmp_path).done("check", Journal.now(), {})
    assert not journal(tmp_path, {"at": "2026-01-31T08:31:00.000Z"}).is_done("check")


def test_what_is_finished_begins_anew(tmp_path: Path) -> None:
    first = journal(tmp_path)
    first.done("check", Journal.now(), {})
    first.finish()
    first.finish()
    assert not journal(tmp_path).begun


def test_a_crash_while_it_is_written_leaves_what_was_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = journal(tmp_path)
    first.done("check", Journal.now(), {"window": 1})
    dump = json.dump

    def cut_off(state: Any, file: Any, **how: Any) -> None:
        dump(state, file, **how)
        file.truncate(10)
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(json, "dump", cut_off)
        with pytest.raises(KeyboardInterrupt):
            first.done("begin", Journal.now(), {})
    again = journal(tmp_path)
    assert again.facts == {"window": 1}
    again.done("begin", Journal.now(), {"begun": 1})
    assert journal(tmp_path).is_done("begin")


@pytest.mark.parametrize(
    "break_it",
    [
        lambda _: "",
        lambda state: json.dumps(state)[:-5],
        lambda _: "[]",
        lambda _: "null",
        lambda state: json.dumps({**state, "steps": []}),
        lambda state: json.dumps({**state, "steps": {"check": 1}}),
        lambda state: json.dumps({**state, "steps": {"check": {"began": ""}}}),
        lambda state: json.dumps({**state, "began": "yesterday"}),
        lambda state: json.dumps({**state, "subject": "shop-prod/UsersTable"}),
        lambda state: json.dumps({each: state[each] for each in state if each != "began"}),
    ],
)
def test_a_file_that_is_none_is_refused(tmp_path: Path, break_it: Any) -> None:
    first = journal(tmp_path)
    first.done("check", Journal.now(), {})
    first.path.write_text(break_it(json.loads(first.path.read_text())))
    with pytest.raises(OperationError, match="cannot be read; move it away to begin anew"):
        journal(tmp_path)


def test_one_run_at_a_time_has_it(tmp_path: Path) -> None:
    one, other = journal(tmp_path), journal(tmp_path)
    third = journal(tmp_path, {"at": "2026-01-31T08:31:00.000Z"})
    with one.held():
        with (
            pytest.raises(OperationError, match="another run of this command is at it"),
            other.held(),
        ):
            pass
        with third.held():
            pass
    with other.held():
        pass
    assert not list(one.path.parent.glob("*.lock"))


def test_a_run_that_was_killed_does_not_have_it(tmp_path: Path) -> None:
    one = journal(tmp_path)
    one.path.parent.mkdir()
    one.path.with_suffix(".lock").touch()
    with one.held():
        pass


@pytest.mark.parametrize("is_there", [False, True])
def test_it_is_not_had_once_another_run_has_written_to_it(
    tmp_path: Path, *, is_there: bool
) -> None:
    if is_there:
        journal(tmp_path).begin()
    one, other = journal(tmp_path), journal(tmp_path)
    with other.held():
        other.done("check", Journal.now(), {})
    with pytest.raises(OperationError, match="was at it meanwhile"), one.held():
        pass
    with journal(tmp_path).held():
        pass


def test_a_lock_that_was_taken_away_meanwhile_is_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between opening and locking it another run ends; a third could lock a new file."""
    one = journal(tmp_path)
    flock = fcntl.flock

    def late(file: Any, how: int) -> None:
        one.path.with_suffix(".lock").unlink()
        flock(file, how)

    monkeypatch.setattr(fcntl, "flock", late)
    with pytest.raises(OperationError, match="was at it meanwhile"), one.held():
        pass


def test_steps_that_have_to_be_done_again_are_forgotten_for_good(tmp_path: Path) -> None:
    first = journal(tmp_path)
    first.done("check", Journal.now(), {"window": 1})
    again = journal(tmp_path)
    again.forget(["check", "begin"])
    assert journal(tmp_path).is_done("check"), "a dry run changes nothing"
    again.begin()
    assert (journal(tmp_path).steps, journal(tmp_path).began) == ({}, first.began)


def test_its_rows_go_with_it(tmp_path: Path) -> None:
    first = journal(tmp_path)
    first.begin()
    first.rows.touch()
    first.finish()
    assert list(first.path.parent.iterdir()) == []
