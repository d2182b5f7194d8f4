"""A recovery is shown, confirmed, done step by step, and taken up where it ended."""

from __future__ import annotations

import json
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest
import typer
from rich.console import Console

from ops.errors import OperationError
from ops.recover.operation import Operation, Step, run

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from ops.recover.operation import Facts, Work

SUBJECT = "shop-test/UsersTable"
NAMES = ("check", "restore", "verify")
quiet = Console(quiet=True)


class Crash(BaseException):
    pass


def lost(facts: Facts) -> float:
    return float(facts["checkDone"])


class Effects:
    """Steps that leave a trace, and may end before or after it."""

    def __init__(self) -> None:
        self.done: list[str] = []
        self.known: list[dict[str, Any]] = []
        self.at: Callable[[str, str], object] = lambda _when, _name: None

    def step(self, name: str, work: Work) -> dict[str, Any]:
        self.at("before", name)
        self.known.append(dict(work.facts))
        work.say("busy")
        self.done.append(name)
        self.at("after", name)
        return {f"{name}Done": len(self.done)}

    def operation(self, arguments: dict[str, str] | None = None) -> Operation:
        steps = [Step(name, f"what {name} does", partial(self.step, name)) for name in NAMES]
        return Operation("table restore", SUBJECT, arguments or {}, steps, lost)

    def crash(self, when: str, name: str) -> None:
        def at(now: str, here: str) -> None:
            if (now, here) == (when, name):
                raise Crash

        self.at = at


def test_steps_are_done_in_order_and_know_what_was_found_out(tmp_path: Path) -> None:
    effects = Effects()
    report = run(effects.operation(), quiet, tmp_path, confirmed=SUBJECT)
    assert effects.done == list(NAMES)
    assert effects.known == [{}, {"checkDone": 1}, {"checkDone": 1, "restoreDone": 2}]
    assert report
    assert report.facts == {"checkDone": 1, "restoreDone": 2, "verifyDone": 3}
    assert report.rpo_seconds == 1
    assert len(list(tmp_path.iterdir())) == 2, "the report twice, and no journal"


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("when", ["before", "after"])
def test_after_a_crash_it_goes_on_with_the_step_that_was_not_noted(
    tmp_path: Path, when: str, name: str
) -> None:
    effects = Effects()
    effects.crash(when, name)
    with pytest.raises(Crash):
        run(effects.operation(), quiet, tmp_path, confirmed=SUBJECT)
    assert not list(tmp_path.glob("report-*"))
    noted = json.loads(next(tmp_path.iterdir()).read_text())
    began = noted["began"]
    assert list(noted["steps"]) == list(NAMES[: NAMES.index(name)])
    effects.at = lambda *_: None
    report = run(effects.operation(), quiet, tmp_path, confirmed=SUBJECT)
    assert report
    assert report.began == began
    twice = [name] if when == "after" else []
    assert sorted(effects.done) == sorted([*NAMES, *twice])
    assert list(report.steps) == list(NAMES)


def test_other_arguments_do_not_go_on_with_it(tmp_path: Path) -> None:
    effects = Effects()
    effects.crash("after", "restore")
    with pytest.raises(Crash):
        run(effects.operation({"at": "1"}), quiet, tmp_path, confirmed=SUBJECT)
    effects.at = lambda *_: None
    effects.done.clear()
    run(effects.operation({"at": "2"}), quiet, tmp_path, confirmed=SUBJECT)
    assert effects.done == list(NAMES)


def test_a_failed_step_is_named_and_what_came_before_is_noted(tmp_path: Path) -> None:
    effects = Effects()

    def fail(when: str, name: str) -> None:
        if (when, name) == ("before", "verify"):
            raise OperationError("The table is not whole.")

    effects.at = fail
    with pytest.raises(OperationError, match=r"verify: The table is not whole\.\n.* goes on here"):
        run(effects.operation(), quiet, tmp_path, confirmed=SUBJECT)
    effects.at = lambda *_: None
    run(effects.operation(), quiet, tmp_path, confirmed=SUBJECT)
    assert effects.done == list(NAMES)


@pytest.mark.parametrize("name", ["UsersTable", "shop-prod/UsersTable", "yes", SUBJECT.lower()])
def test_another_name_changes_nothing(tmp_path: Path, name: str) -> None:
    effects = Effects()
    with pytest.raises(OperationError, match=f"that was not {SUBJECT}"):
        run(effects.operation(), quiet, tmp_path / "none", confirmed=name)
    assert effects.done == []
    assert not (tmp_path / "none").exists()


@pytest.mark.parametrize(("typed", "is_done"), [(SUBJECT, True), ("", False), ("y", False)])
def test_without_a_name_a_person_is_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, typed: str, *, is_done: bool
) -> None:
    asked: list[str] = []

    def prompt(text: str, **_: Any) -> str:
        asked.append(text)
        return typed

    monkeypatch.setattr(typer, "prompt", prompt)
    effects = Effects()
    try:
        run(effects.operation(), quiet, tmp_path)
    except OperationError:
        assert not is_done
    assert bool(effects.done) is is_done
    assert asked == [f"Type {SUBJECT} to go on"]


def test_a_dry_run_shows_the_plan_and_changes_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    effects = Effects()
    folder = tmp_path / "none"
    assert run(effects.operation(), Console(width=200), folder, dry_run=True) is None
    assert effects.done == []
    assert not folder.exists()
    out = capsys.readouterr().out
    for text in (f"table restore: {SUBJECT}", *(f"what {name} does" for name in NAMES)):
        assert text in out
    assert "Nothing was changed: this was a dry run." in out


def test_what_is_taken_up_again_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    effects = Effects()
    effects.crash("before", "verify")
    with pytest.raises(Crash):
        run(effects.operation(), quiet, tmp_path, confirmed=SUBJECT)
    run(effects.operation(), Console(width=200), tmp_path, dry_run=True)
    out = capsys.readouterr().out
    assert "(taken up again)" in out
    assert out.count("✓") == 2


@pytest.mark.parametrize("number", [0, 1, 2])
def test_a_first_step_that_refuses_leaves_nothing(tmp_path: Path, number: int) -> None:
    effects = Effects()

    def fail(when: str, name: str) -> None:
        if (when, name) == ("before", NAMES[number]):
            raise OperationError("No.")

    effects.at = fail
    with pytest.raises(OperationError) as told:
        run(effects.operation(), quiet, tmp_path, confirmed=SUBJECT)
    noted = "What was done is noted; the same command goes on here."
    says = noted if number else "Nothing was changed."
    assert str(told.value) == f"{NAMES[number]}: No.\n{says}"
    assert len(list(tmp_path.iterdir())) == bool(number)


def test_the_only_step_is_no_mere_look(tmp_path: Path) -> None:
    def fail(_: Work) -> Facts:
        raise OperationError("No.")

    only = Operation("undo", SUBJECT, {}, [Step("undo", "takes back", fail)])
    with pytest.raises(OperationError, match="goes on here"):
        run(only, quiet, tmp_path, confirmed=SUBJECT)
    assert list(tmp_path.glob("*.json"))


def test_what_was_undone_since_is_done_again(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    effects = Effects()
    effects.crash("before", "verify")
    with pytest.raises(Crash):
        run(effects.operation(), quiet, tmp_path, confirmed=SUBJECT)
    effects.at = lambda *_: None
    asked: list[dict[str, Any]] = []

    def is_undone(facts: Facts) -> bool:
        asked.append(dict(facts))
        return True

    operation = effects.operation()._replace(is_undone=is_undone)
    run(operation, Console(width=200), tmp_path, dry_run=True)
    assert run(operation, quiet, tmp_path, confirmed=SUBJECT)
    assert effects.done == ["check", "restore", *NAMES]
    assert asked == [{"checkDone": 1, "restoreDone": 2}] * 2
    assert "is not there any more: this begins anew." in capsys.readouterr().out
    run(operation, quiet, tmp_path, confirmed=SUBJECT)
    assert len(asked) == 2, "what was not begun cannot be undone"


@pytest.mark.parametrize("left", [KeyboardInterrupt, EOFError])
def test_to_leave_without_an_answer_changes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, left: type[BaseException]
) -> None:
    class Terminal:
        def readline(self, *_: Any) -> str:
            raise left

    monkeypatch.setattr("sys.stdin", Terminal())
    effects = Effects()
    with pytest.raises(
        OperationError, match=f"Nothing was changed: there was no .* --yes {SUBJECT}"
    ):
        run(effects.operation(), quiet, tmp_path / "none")
    assert effects.done == []
    assert not (tmp_path / "none").exists()


def test_another_run_of_the_same_is_kept_out(tmp_path: Path) -> None:
    effects = Effects()

    def again(when: str, name: str) -> None:
        if (when, name) == ("before", "restore"):
            effects.at = lambda *_: None
            with pytest.raises(OperationError, match="another run of this command is at it"):
                run(effects.operation(), quiet, tmp_path, confirmed=SUBJECT)
            assert run(effects.operation({"at": "2"}), quiet, tmp_path, confirmed=SUBJECT)

    effects.at = again
    assert run(effects.operation(), quiet, tmp_path, confirmed=SUBJECT)
    assert effects.done == ["check", *NAMES, "restore", "verify"]
