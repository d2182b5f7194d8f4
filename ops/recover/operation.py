"""A recovery as a plan that a person sees first, confirms by name, and can take up again.

Steps are done one after the other. What each found out (its facts: JSON values by name) is written
to a file before the next one begins, so that the same command goes on where a crash has ended it.
A step may have been done and not noted: it must bear being done twice.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import typer
from rich.table import Table

from ops.errors import OperationError
from ops.recover.journal import Journal
from ops.recover.report import Report
from ops.recover.trouble import AWS_ERRORS, told

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from rich.console import Console

type Facts = Mapping[str, Any]
"""What is known so far, by name: JSON values."""


class Work:
    """What a step gets to work with: the facts of the steps before it, and a voice."""

    def __init__(self, facts: Facts, say: Callable[[str], None]) -> None:
        self.facts = facts
        self.say = say
        """Shows a line while the step goes on; the next one replaces it."""


class Step(NamedTuple):
    """``name`` is what the journal knows it by; ``plan`` says what it will do, to a person.

    ``lasts``: what it has done cannot be undone, and must not be done again.
    """

    name: str
    plan: str
    do: Callable[[Work], Facts]
    lasts: bool = False


class Operation(NamedTuple):
    """A recovery of ``subject``, which a person names to confirm it.

    ``arguments`` tell it from others of its kind: the same ones take up what was begun.
    The first of several ``steps`` only looks whether it can be done, and changes nothing.
    ``losses`` says, from all facts, how many seconds of writes are lost (RPO); None: not known.
    ``is_undone`` says, from all facts, whether what an earlier run did was undone since: then all
    steps are done again, but those that last.
    """

    name: str
    subject: str
    arguments: Mapping[str, str]
    steps: Sequence[Step]
    losses: Callable[[Facts], float | None] = lambda _: None
    is_undone: Callable[[Facts], bool] = lambda _: False


def run(
    operation: Operation,
    console: Console,
    folder: Path,
    *,
    dry_run: bool = False,
    confirmed: str | None = None,
) -> Report | None:
    """Show the plan, have it confirmed, do it, and write the report; None after a dry run.

    ``confirmed`` is the subject as given on the command line; without it a person is asked. Raises
    OperationError when that is another name, or a step fails; then the same command goes on.
    """
    journal = Journal.of(folder, operation.name, operation.subject, operation.arguments)
    if journal.steps and operation.is_undone(journal.facts):
        console.print("What an earlier run did is not there any more: this begins anew.")
        journal.forget(step.name for step in operation.steps if not step.lasts)
    _show(operation, journal, console)
    if dry_run:
        console.print("Nothing was changed: this was a dry run.")
        return None
    _confirm(operation, confirmed)
    with journal.held():
        return _carry_out(operation, journal, console, folder)


def _carry_out(operation: Operation, journal: Journal, console: Console, folder: Path) -> Report:
    journal.begin()
    for step in operation.steps:
        if not journal.is_done(step.name):
            _do(step, operation, journal, console)
    report = Report.of(operation.name, operation.subject, journal, operation.losses(journal.facts))
    written = report.write(folder)
    journal.finish()
    console.print(f"Done. The report is in {written}", soft_wrap=True)
    return report


def _show(operation: Operation, journal: Journal, console: Console) -> None:
    title = f"{operation.name}: {operation.subject}"
    if journal.begun:
        title += " (taken up again)"
    plan = Table("", "step", title=title, title_justify="left")
    plan.add_column("what it does", overflow="fold")
    for number, step in enumerate(operation.steps, start=1):
        mark = "[green]✓[/]" if journal.is_done(step.name) else str(number)
        plan.add_row(mark, step.name, step.plan)
    console.print(plan)


def _confirm(operation: Operation, confirmed: str | None) -> None:
    """Raises OperationError unless the subject was named."""
    try:
        name = confirmed or typer.prompt(f"Type {operation.subject} to go on", default="")
    except typer.Abort:
        typer.echo()  # the sentence goes below the question
        raise OperationError(
            f"Nothing was changed: there was no answer; --yes {operation.subject} confirms it, too."
        ) from None
    if name != operation.subject:
        raise OperationError(f"Nothing was changed: that was not {operation.subject}.")


def _do(step: Step, operation: Operation, journal: Journal, console: Console) -> None:
    with console.status(step.name) as status:
        began = journal.now()
        work = Work(journal.facts, lambda text: status.update(f"{step.name}: {text}"))
        try:
            facts = step.do(work)
        except (OperationError, *AWS_ERRORS) as error:
            text = told(error) if isinstance(error, AWS_ERRORS) else str(error)
            raise OperationError(f"{step.name}: {text}\n{_left(operation, journal)}") from error
        journal.done(step.name, began, facts)
    console.print(f"[green]✓[/] {step.name}")


def _left(operation: Operation, journal: Journal) -> str:
    """What a failed step leaves behind, in a sentence; a mere look leaves no journal either."""
    if not journal.steps and len(operation.steps) > 1:
        journal.finish()
        return "Nothing was changed."
    return "What was done is noted; the same command goes on here."
