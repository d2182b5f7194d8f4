"""What a person can mend is one sentence on the error stream, and exit code 1."""

from __future__ import annotations

import pytest
from botocore.exceptions import ClientError, NoRegionError

from ops import cli
from ops.errors import OperationError


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
