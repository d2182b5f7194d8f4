"""What is noted outlives a crash, and what is no journal is not taken for one."""

from __future__ import annotations

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
