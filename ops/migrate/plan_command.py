"""``shop migrate plan``: what a change of the tables means for those that are deployed."""

import json
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import typer
from botocore.exceptions import BotoCoreError, ClientError
from rich.console import Console

from cdk.schema import plan as planning
from cdk.schema.plan import Plan, commands, described
from cdk.schema.rules import ACCEPT
from cdk.schema.shapes import SchemaError, Shape, as_json
from cdk.schema.steps import Deployment
from ops.errors import OperationError
from ops.migrate.tables import committed, deployed, nameless, read_template, synthesized
from ops.recover.options import Region
from ops.target import LOCAL_STACK, Target, find_target

console = Console(highlight=False, soft_wrap=True, markup=False)
type _Told = Callable[[Deployment], list[str]]
UNKNOWN = 2
"""Exit code when the plan could not be made."""

_Stack = Annotated[
    str | None,
    typer.Option(
        help=f"Against what CloudFormation has of this stack in AWS; {LOCAL_STACK} is the local one"
    ),
]
_Baseline = Annotated[
    Path | None, typer.Option(help="Against this file, or a template; else cdk/tables.json")
]
_Template = Annotated[
    Path | None, typer.Option(help="Take this template, instead of making one from the code")
]
_Context = Annotated[
    list[str] | None,
    typer.Option("--context", "-c", help="A setting, as the CDK takes it: shop:name=value"),
]
_Accept = Annotated[
    bool, typer.Option("--accept", help="Note the tables as deployed, if it is one step to them")
]
_OnPurpose = Annotated[
    list[str] | None,
    typer.Option(
        "--on-purpose", metavar="TABLE", help="Do to this table what is refused but possible"
    ),
]
_Check = Annotated[bool, typer.Option("--check", help="Fail when anything differs at all")]
_Json = Annotated[Path | None, typer.Option("--json", help="Write the plan to this file, too")]


def plan(  # noqa: PLR0913  # the options of a command are its parameters
    *,
    stack: _Stack = None,
    region: Region = None,
    baseline: _Baseline = None,
    template: _Template = None,
    context: _Context = None,
    accept: _Accept = False,
    on_purpose: _OnPurpose = None,
    check: _Check = False,
    json_file: _Json = None,
) -> None:
    """Tell how the tables get from what is deployed to what the code says. Changes nothing in AWS.

    Exit code 0: there is nothing to do, or one deployment does it. 1: it is refused, or takes
    several. 2: it could not be found out.
    """
    settings, path = context or [], baseline or planning.BASELINE
    told = partial(commands, settings=settings, stack=stack)
    try:
        _require_one_side(stack, baseline, accept=accept)
        present = deployed(_target(stack, region)) if stack else committed(path)
        made = _planned(template, settings, present, local=stack == LOCAL_STACK)
        made = _on_purpose(made, on_purpose or [])
        _show(made, told, is_new=present is None)
        wrong = (check and _is_drifted(made)) or not made.is_one_step
        if accept and made.is_one_step:
            path.write_text(as_json(made.wanted))
            console.print(f"✓ {path.name} has the tables as they are now. Commit it.")
        if json_file:
            json_file.write_text(json.dumps(_as_json(made, told), indent=2) + "\n")
    except (OperationError, BotoCoreError, ClientError, OSError) as error:
        Console(stderr=True, highlight=False, soft_wrap=True, markup=False).print(f"✗ {error}")
        raise typer.Exit(UNKNOWN) from error
    raise typer.Exit(1 if wrong else 0)


def _require_one_side(stack: str | None, baseline: Path | None, *, accept: bool) -> None:
    if stack and (baseline or accept):
        raise OperationError("With --stack there is neither --baseline nor --accept.")


def _target(stack: str, region: str | None) -> Target:
    return find_target(None if stack == LOCAL_STACK else stack, region)


def _planned(
    template: Path | None,
    settings: Sequence[str],
    present: dict[str, Shape] | None,
    *,
    local: bool,
) -> Plan:
    wanted = read_template(template) if template else synthesized(settings, local=local)
    try:
        return planning.plan(nameless(wanted) if local else wanted, present or {})
    except SchemaError as error:
        raise OperationError(f"{error}.") from error


def _on_purpose(made: Plan, tables: Sequence[str]) -> Plan:
    """The same without what is done to the ``tables`` on purpose.

    Raises OperationError when something is left that another name was given for. A name for which
    nothing is refused any more is fine: the same command goes on where it stopped.
    """
    meant = {each.table for each in made.refusals if each.possible}
    left = made.without(tables)
    for table in tables:
        if left.refusals and table not in meant:
            raise OperationError(
                f"There is nothing to do to {table} on purpose; there is to: "
                f"{', '.join(sorted(meant)) or 'none'}."
            )
    return left


def show_plan(
    stack: str,
    target: Callable[[], Target],
    settings: Sequence[str],
    on_purpose: Sequence[str],
    *,
    local: bool,
) -> Plan:
    """Print how ``stack`` gets to what the code makes with ``settings``, and hand it over.

    Raises OperationError, or what boto3 does, when it cannot be found out.
    """
    present = deployed(target())
    made = _on_purpose(_planned(None, settings, present, local=local), on_purpose)
    _show(made, partial(commands, settings=settings, stack=stack), is_new=present is None)
    return made


def _show(made: Plan, told: _Told, *, is_new: bool) -> None:
    """``told`` are the commands of a deployment."""
    if is_new:
        console.print("There is no such stack yet: every table is new.")
    for refusal in made.refusals:
        console.print(f"✗ {refusal}")
        for number, step in enumerate(refusal.way_out, 1):
            console.print(f"    {number}. {step}")
    if not made.deployments:
        console.print("✓ The tables are as they are deployed: there is nothing to do.")
    elif made.refusals:
        console.print("This cannot be deployed as it is.")
    else:
        _show_deployments(made, told)


def _is_drifted(made: Plan) -> bool:
    """Whether anything differs; says what to do then."""
    if made.deployments:
        console.print(
            f"✗ cdk/tables.json is not what the code says. If this is how it is to be: {ACCEPT}"
        )
    return bool(made.deployments)


def _show_deployments(made: Plan, told: _Told) -> None:
    if made.is_one_step:
        console.print("✓ One deployment does it:")
    else:
        console.print("✗ AWS changes one index of a table at a time. One after the other:")
    for number, each in enumerate(made.deployments, 1):
        console.print(f"  {number}. {described(each)}")
        for command in told(each):
            console.print(f"       {command}")
    for note in made.notes:
        console.print(f"  ! {note}")


def _as_json(made: Plan, told: _Told) -> dict[str, Any]:
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
                "commands": told(each),
            }
            for each in made.deployments
        ],
        "notes": made.notes,
    }
