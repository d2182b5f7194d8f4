"""Runs the tests against a copy of the sources, in a process of its own."""

from __future__ import annotations

import json
import multiprocessing
import os
import shutil
import sys
import sysconfig
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Literal, NamedTuple

import pytest

from ops.paths import ROOT
from tests.mutation.witness import Witness, strangers

if TYPE_CHECKING:
    from multiprocessing.context import ForkProcess

    from tests.mutation.mutant import Mutant

SOURCES = ("functions", "layers", "tests", "pyproject.toml")
# The root of the copy comes before the checkout, which the environment's own .pth file names.
OPTIONS = [
    "-q",
    "--no-header",
    "--override-ini=pythonpath=. functions layers/shared/python",
    "--override-ini=timeout=60",
    "-p", "no:cacheprovider",
    "-p", "no:xdist",
    "-m", "not exhaustive and not e2e",
]  # fmt: skip
# What the tests of orders need that is not ours. A process that is made by forking has it already,
# which takes most of the time that a new one would need.
OTHERS = (
    "aws_lambda_powertools.event_handler.openapi.params", "boto3.dynamodb.types",
    "botocore.httpsession", "jwt", "moto.dynamodb.responses", "pydantic",
)  # fmt: skip

Verdict = Literal["killed", "SURVIVED", "BROKEN"]
_context = multiprocessing.get_context("fork")


class Outcome(NamedTuple):
    verdict: Verdict
    """BROKEN: no test could judge, as nothing ran, or what ran did not get as far as that."""

    words: str
    passed: int


def preload() -> None:
    for name in OTHERS:
        import_module(name)


def copy_sources(folder: Path) -> None:
    folder.mkdir(parents=True)
    for name in SOURCES:
        source = ROOT / name
        if source.is_dir():
            # With its bytecode: the times of the files are copied too.
            shutil.copytree(source, folder / name)
        else:
            shutil.copy2(source, folder)


def start(original: Path, folder: Path, mutant: Mutant | None, tests: list[str]) -> ForkProcess:
    """Begin to try ``mutant``, or none for a control, on a copy of ``original`` in ``folder``."""
    shutil.copytree(original, folder)
    if mutant:
        mutant.apply(folder)
    process = _context.Process(target=_judge, args=(folder, tests))
    process.start()
    return process


def outcome(folder: Path) -> Outcome:
    """What came of it."""
    result = folder / "outcome.json"
    if not result.exists():
        return Outcome("BROKEN", _last_line(folder), 0)
    return Outcome(**json.loads(result.read_text()))


def _judge(folder: Path, tests: list[str]) -> None:
    os.chdir(folder)
    log = os.open("log.txt", os.O_CREAT | os.O_WRONLY)
    os.dup2(log, sys.stdout.fileno())
    os.dup2(log, sys.stderr.fileno())
    # This very package came from the checkout.
    for name in [each for each in sys.modules if each.partition(".")[0] in {"ops", "tests"}]:
        del sys.modules[name]
    witness = Witness()
    for test in tests:  # one by one: the first ones are likely to notice, and quickly collected
        code = pytest.main([*OPTIONS, f"--rootdir={folder}", test], plugins=[witness])
        witness.complete = code == pytest.ExitCode.OK
        if not witness.complete:
            break
    result = _verdict(witness, strangers(ROOT, Path(sysconfig.get_paths()["purelib"])))
    Path("outcome.json").write_text(json.dumps(result._asdict()))


def _verdict(witness: Witness, foreign: list[str]) -> Outcome:
    if foreign:
        return Outcome("BROKEN", f"imported from the checkout: {foreign[:3]}", witness.passed)
    if witness.noticed:
        return Outcome("killed", f"{witness.noticed}: {witness.why}", witness.passed)
    if witness.fell:
        return Outcome("BROKEN", f"nobody judged: {witness.fell[0]}", witness.passed)
    if not witness.complete:
        return Outcome("BROKEN", "pytest did not run", witness.passed)
    return Outcome("SURVIVED", f"{witness.passed} tests passed", witness.passed)


def _last_line(folder: Path) -> str:
    lines = (folder / "log.txt").read_text().splitlines() if (folder / "log.txt").exists() else []
    return lines[-1] if lines else "the process ended without a word"
