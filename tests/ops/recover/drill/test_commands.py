"""The drill's commands: what one did not do is told with what it said."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from ops.errors import OperationError
from ops.recover.drill.commands import Commands, Ran

if TYPE_CHECKING:
    from pathlib import Path

RAN = Ran("shop recover verify", 1, 0.1, "Traceback", {})


def test_a_file_that_was_not_written_is_told_with_what_was_said(tmp_path: Path) -> None:
    commands = Commands(tmp_path / "local", tmp_path / "out")
    with pytest.raises(OperationError, match=r"verify` did not write told.json:\nTraceback"):
        commands.written(RAN, "told.json")
    (tmp_path / "out" / "told.json").write_text(json.dumps({"rows": 1}))
    assert commands.written(RAN, "told.json") == {"rows": 1}
