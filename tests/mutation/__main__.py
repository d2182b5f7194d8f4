"""`python -m tests.mutation`: try every mutant, say which survived. See the package's docstring.

Ends with 0 when every mutant was killed, with 1 when one survived, with 2 when one could not be
judged: it no longer applies, or all that it did was to keep tests from running.
"""

from __future__ import annotations

import multiprocessing.connection
import os
import shutil
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table

from tests.mutation import sandbox
from tests.mutation.mutant import DoesNotApplyError
from tests.mutation.mutants import MUTANTS, NAMED, TESTS, judges

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from multiprocessing.context import ForkProcess

    from tests.mutation.mutant import Mutant
    from tests.mutation.sandbox import Outcome

CONTROL = "nothing is changed"
STARTED = time.monotonic()
console = Console(width=160, highlight=False)


def main(
    only: Annotated[
        list[str] | None, typer.Argument(help="Words; mutants with one in name or file")
    ] = None,
    *,
    quick: Annotated[bool, typer.Option(help="Only those that the first promises rest on")] = False,
    jobs: Annotated[int, typer.Option(help="How many at once")] = os.cpu_count() or 1,
    tests: Annotated[list[str] | None, typer.Option(help="Other judges than usual")] = None,
) -> None:
    """Break a copy of the code in one place after another; a test must notice each time."""
    words = only or [""]
    known = [each for each in MUTANTS if each.name in NAMED or not quick]
    wanted = [each for each in known if any(w in each.name or w in each.file for w in words)]
    sandbox.preload()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name).resolve()
        sandbox.copy_sources(folder / "original")
        # The other tests are run by make test anyway.
        firsts = {judge for each in wanted for judge in judges(each)[: -len(TESTS)]}
        control = tests or (sorted(firsts) if quick else TESTS)
        outcomes = dict(_tried(folder, [None, *wanted], tests, control, jobs))
    _report(wanted, outcomes)


def _tried(
    folder: Path,
    mutants: Sequence[Mutant | None],
    tests: list[str] | None,
    control: list[str],
    jobs: int,
) -> Iterator[tuple[str, Outcome]]:
    """Mutants by name with what came of them, as they end."""
    waiting = list(enumerate(mutants))
    running: dict[int, tuple[ForkProcess, str, Path]] = {}
    while waiting or running:
        while waiting and len(running) < jobs:
            number, mutant = waiting.pop(0)
            name, place = mutant.name if mutant else CONTROL, folder / f"copy-{number}"
            asked = (tests or judges(mutant)) if mutant else control
            try:
                process = sandbox.start(folder / "original", place, mutant, asked)
            except DoesNotApplyError as error:
                yield name, sandbox.Outcome("BROKEN", str(error), 0)
                continue
            running[process.sentinel] = process, name, place
        multiprocessing.connection.wait(list(running))
        for sentinel in [each for each, (process, *_) in running.items() if not process.is_alive()]:
            _, name, place = running.pop(sentinel)
            found = sandbox.outcome(place)
            console.print(f"{time.monotonic() - STARTED:4.0f} s {found.verdict}: {name}")
            yield name, found
            shutil.rmtree(place)


def _report(mutants: Sequence[Mutant], outcomes: dict[str, Outcome]) -> None:
    table = Table("mutant", "in", "", "by, or why not", title=f"{time.monotonic() - STARTED:.0f} s")
    for mutant in mutants:
        found = outcomes[mutant.name]
        shown = mutant.file.removeprefix("layers/shared/python/").removeprefix("functions/")
        table.add_row(mutant.name, shown, found.verdict, found.words.removeprefix("tests/"))
    console.print(table)
    control = outcomes.pop(CONTROL)
    console.print(f"Nothing changed (the control): {control.verdict}, {control.words}")
    verdicts = [each.verdict for each in outcomes.values()]
    counts = {each: verdicts.count(each) for each in ("killed", "SURVIVED", "BROKEN")}
    console.print(", ".join(f"{count} {verdict}" for verdict, count in counts.items()))
    green = control.verdict == "SURVIVED"
    sys.exit(2 if counts["BROKEN"] or not green else 1 if counts["SURVIVED"] else 0)


if __name__ == "__main__":
    typer.run(main)
