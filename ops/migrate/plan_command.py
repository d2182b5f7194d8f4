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
from cdk.schema.plan import Plan, commands
from cdk.schema.refusal import ACCEPT
from cdk.schema.shapes import SchemaError, Shape, as_json
from ops.errors import OperationError
from ops.migrate.plan_shown import is_drifted, plan_as_json, say_accepted, show
from ops.migrate.tables import committed, deployed, nameless, read_template, synthesized
from ops.recover.options import Region
from ops.target import LOCAL_STACK, Target, find_target

_STAGE = "shop:stage="
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
    path = baseline or planning.BASELINE
    settings = _settings(stack, context or [])
    told = partial(commands, settings=settings, stack=stack)
    try:
        _require_one_side(stack, baseline, accept=accept)
        present = deployed(_target(stack, region)) if stack else committed(path)
        wanted = _wanted(template, settings, local=stack == LOCAL_STACK)
        made = _planned(wanted, present, _asking(stack, region, context or []))
        made = _on_purpose(made, on_purpose or [])
        show(made, told, is_new=present is None)
        wrong = (check and is_drifted(made, stack)) or not made.is_one_step
        if accept and made.is_one_step:
            path.write_text(as_json(made.wanted))
            say_accepted(path, on_purpose or [])
        if json_file:
            json_file.write_text(json.dumps(plan_as_json(made, told), indent=2) + "\n")
    except (OperationError, BotoCoreError, ClientError, OSError) as error:
        Console(stderr=True, highlight=False, soft_wrap=True, markup=False).print(f"✗ {error}")
        raise typer.Exit(UNKNOWN) from error
    raise typer.Exit(1 if wrong else 0)


def _require_one_side(stack: str | None, baseline: Path | None, *, accept: bool) -> None:
    if stack and (baseline or accept):
        raise OperationError("With --stack there is neither --baseline nor --accept.")


def _target(stack: str, region: str | None) -> Target:
    return find_target(None if stack == LOCAL_STACK else stack, region)


def _settings(stack: str | None, given: Sequence[str]) -> list[str]:
    """As ``given``, and the stage of ``stack``: its commands are to deploy no other."""
    if not stack or stack == LOCAL_STACK or any(each.startswith(_STAGE) for each in given):
        return list(given)
    return [_STAGE + stack.removeprefix("shop-"), *given]


def _asking(stack: str | None, region: str | None, given: Sequence[str]) -> str:
    """The command that takes ``--on-purpose`` for what the plan is held against."""
    if stack:
        settings = [each for each in given if not each.startswith(_STAGE)]
        return deploy_command(stack.removeprefix("shop-"), region, settings)
    return " ".join([ACCEPT, *(f"-c {each}" for each in given)])


def deploy_command(stage: str, region: str | None, settings: Sequence[str]) -> str:
    """``shop deploy`` as it is typed."""
    words = [f"shop deploy --stage {stage}"]
    if region:
        words.append(f"--region {region}")
    return " ".join([*words, *(f"-c {each}" for each in settings)])


def _wanted(template: Path | None, settings: Sequence[str], *, local: bool) -> dict[str, Any]:
    found = read_template(template) if template else synthesized(settings, local=local)
    return nameless(found) if local else found


def _planned(wanted: dict[str, Any], present: dict[str, Shape] | None, command: str) -> Plan:
    try:
        return planning.plan(wanted, present or {}, command=command)
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
    command: str,
    target: Callable[[], Target],
    settings: Sequence[str],
    on_purpose: Sequence[str],
    *,
    local: bool,
) -> Plan:
    """Print how a stack gets to what the code makes with ``settings``, and hand it over.

    ``command`` is the one that asks: it takes ``--on-purpose``, and does all deployments by itself.
    Raises OperationError, or what boto3 does, when it cannot be found out.
    """
    present = deployed(target())
    made = _planned(_wanted(None, settings, local=local), present, command)
    made = _on_purpose(made, on_purpose)
    show(made, None, is_new=present is None)
    return made
