"""The very commands that a person would give, each as a process of its own."""

from __future__ import annotations

import itertools
import json
import shlex
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from ops import processes
from ops.errors import OperationError
from ops.recover.journal import slug

if TYPE_CHECKING:
    from collections.abc import Collection

_SHOP = str(Path(sys.executable).with_name("shop"))
_SECONDS = 300


class Ran(NamedTuple):
    """``report`` is the JSON of the one that the command wrote, if it did."""

    command: str
    code: int
    seconds: float
    output: str
    report: dict[str, Any]

    @property
    def facts(self) -> dict[str, Any]:
        """What its steps found out."""
        steps = self.report["steps"].values()
        return {name: value for step in steps for name, value in step["facts"].items()}


class Commands:
    """Runs ``shop recover …`` on the stack of ``local``, with ``folder`` for what they write."""

    def __init__(self, local: Path, folder: Path) -> None:
        self.folder = folder
        self._log = folder / "commands.log"
        self._numbers = itertools.count(1)
        self._variables = processes.clean_environment() | {
            "SHOP_LOCAL": str(local),
            "COLUMNS": "160",
            "NO_COLOR": "1",
        }
        folder.mkdir(parents=True, exist_ok=True)

    def run(self, *arguments: str, codes: Collection[int] = (0,), writes: bool = True) -> Ran:
        """Raises OperationError, with what it said, when it ends with another code."""
        words = ["recover", *arguments]
        reports = self.folder / f"{next(self._numbers):02}-{slug(' '.join(arguments[:2]))}"
        more = ["--folder", str(reports)] if writes else []
        began = time.monotonic()
        done = subprocess.run(
            [_SHOP, *words, *more],
            env=self._variables,
            cwd=self.folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=_SECONDS,
            check=False,
        )
        command = shlex.join(["shop", *words])
        with self._log.open("a") as log:
            log.write(f"$ {command}\n{done.stdout}(exit code {done.returncode})\n\n")
        if done.returncode not in codes:
            raise OperationError(f"`{command}` ended with {done.returncode}:\n{done.stdout}")
        seconds = time.monotonic() - began
        return Ran(command, done.returncode, seconds, done.stdout, _report(reports))

    def written(self, ran: Ran, name: str) -> Any:
        """What is in the JSON file ``name`` that the command was told to write.

        Raises OperationError, with what it said, when there is none.
        """
        path = self.folder / name
        if not path.exists():
            raise OperationError(f"`{ran.command}` did not write {name}:\n{ran.output}")
        return json.loads(path.read_text())


def _report(folder: Path) -> dict[str, Any]:
    found = sorted(folder.glob("report-*.json"))
    report: dict[str, Any] = json.loads(found[-1].read_text()) if found else {}
    return report
