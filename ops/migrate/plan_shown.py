"""A plan of the tables as ``shop migrate plan`` shows and writes it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from rich.console import Console

from cdk.schema.plan import described
from cdk.schema.refusal import ACCEPT
from cdk.schema.steps import Deployment

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from cdk.schema.plan import Plan

type Told = Callable[[Deployment], list[str]]
"""The commands of a deployment."""
console = Console(highlight=False, soft_wrap=True, markup=False)


def show(made: Plan, told: Told | None, *, is_new: bool) -> None:
    """Refusals with their ways out, or deployments; without ``told`` whoever asks does them all."""
    if is_new:
        console.print("There is no such stack yet: every table is new.")
    for refusal in made.refusals:
        console.print(f"✗ {refusal}")
        for number, step in enumerate(refusal.way_out, 1):
            console.print(f"    {number}. {step}")
    if made.refusals:
        console.print("This cannot be deployed as it is.")
    elif not made.deployments:
        console.print("✓ The tables are as they are deployed: there is nothing to do.")
    else:
        _show_deployments(made, told)


def is_drifted(made: Plan, stack: str | None) -> bool:
    """Whether anything differs; says so, and what to do if that is enough."""
    then = "" if stack or made.refusals else f" If this is how it is to be: {ACCEPT}"
    if then and not made.is_one_step:
        then += ", each of those above in turn; make deploy then takes one at a time."
    if made.deployments:
        console.print(f"✗ {stack or 'cdk/tables.json'} is not what the code says.{then}")
    return bool(made.deployments)


def _show_deployments(made: Plan, told: Told | None) -> None:
    if made.is_one_step:
        console.print("✓ One deployment does it:")
    else:
        mark = "✗" if told else "✓"
        console.print(f"{mark} AWS changes one index of a table at a time. One after the other:")
    for number, each in enumerate(made.deployments, 1):
        console.print(f"  {number}. {described(each)}")
        for command in told(each) if told else ():
            console.print(f"       {command}")
    for note in made.notes:
        console.print(f"  ! {note}")


def plan_as_json(made: Plan, told: Told) -> dict[str, Any]:
    """The same for a program."""
    return {
        "oneStep": made.is_one_step,
        "refusals": [
            {
                "table": each.table,
                "rule": each.rule,
                "reason": each.reason,
                "wayOut": list(each.way_out),
                "onPurpose": each.possible,
            }
            for each in made.refusals
        ],
        "deployments": [
            {
                "makes": [change.subject for change in each.changes if change.made],
                "deletes": [change.subject for change in each.changes if not change.made],
                "holdBack": [change.subject for change in each.hold_back],
                "keep": [change.subject for change in each.keep],
                "others": list(each.others),
                "commands": told(each),
            }
            for each in made.deployments
        ],
        "notes": made.notes,
    }


def say_accepted(path: Path, on_purpose: Sequence[str]) -> None:
    """That the baseline at ``path`` was written, and what was done ``on_purpose`` still needs."""
    console.print(f"✓ {path.name} has the tables as they are now. Commit it.")
    if on_purpose:
        again = " ".join(f"--on-purpose {each}" for each in on_purpose)
        console.print(f'  A stage has to be told, too: make deploy STAGE=... ARGS="{again}"')
