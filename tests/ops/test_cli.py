"""What a person can mend is one sentence on the error stream, and exit code 1."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from botocore.exceptions import ClientError, NoRegionError

from ops import cli
from ops.errors import OperationError
from ops.local import command
from ops.local.folder import LocalFolder

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (OperationError("could not read /tmp/[red]none.csv"), "could not read /tmp/[red]none.csv"),
        (NoRegionError(), "You must specify a region."),
        (
            ClientError({"Error": {"Code": "X", "Message": "no"}}, "Y"),
            "calling the Y operation: no",
        ),
    ],
)
def test_an_error_is_a_sentence(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    error: Exception,
    sentence: str,
) -> None:
    def fail() -> None:
        raise error

    monkeypatch.setattr(cli, "app", fail)
    with pytest.raises(SystemExit) as ended:
        cli.run()
    assert ended.value.code == 1
    said = capsys.readouterr().err
    assert sentence in said
    assert "Traceback" not in said


def test_a_mistake_of_ours_is_not_hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> None:
        raise KeyError("ours")

    monkeypatch.setattr(cli, "app", fail)
    with pytest.raises(KeyError):
        cli.run()


@pytest.mark.parametrize(
    "arguments",
    [
        ["admin", "grant", "ren\udce9@example.com"],
        ["admin", "revoke", "a@example.com", "--stack", "\udcff"],
        ["seed", "--products", "ren\udce9.csv"],
        ["redrive", "--region", "\udce9"],
        ["local", "deploy", "-c", "shop:stage=\udce9"],
        ["\udce9"],
    ],
    ids=ascii,
)
def test_bytes_that_are_no_text_are_refused_and_shown(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], arguments: list[str]
) -> None:
    monkeypatch.setattr("sys.argv", ["shop", *arguments])
    monkeypatch.setattr(cli, "app", lambda: pytest.fail("nothing was to be done"))
    with pytest.raises(SystemExit) as ended:
        cli.run()
    assert ended.value.code == 1
    said = capsys.readouterr().err
    assert "is not UTF-8" in said
    assert "\\udc" in said


def test_text_of_any_script_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    called: list[str] = []
    monkeypatch.setattr("sys.argv", ["shop", "admin", "grant", "ren\u00e9@\U0001f600.example"])
    monkeypatch.setattr(cli, "app", lambda: called.append("app"))
    cli.run()
    assert called == ["app"]


@pytest.mark.parametrize(
    ("stage", "sentence"),
    [
        ("prod", "Here shop:stage is always local"),
        ("Local", "Here shop:stage is always local"),
        ("local", "The local stack is not running"),
    ],
)
def test_the_local_stack_has_one_stage(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, stage: str, sentence: str
) -> None:
    monkeypatch.setattr(command, "folder", LocalFolder(tmp_path))
    with pytest.raises(OperationError, match=sentence):
        command.deploy(context=[f"shop:stage={stage}"])
