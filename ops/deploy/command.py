"""``shop deploy``."""

from collections.abc import Sequence
from typing import Annotated

import typer
from rich.console import Console

from cdk.schema.plan import Plan, described
from cdk.schema.steps import Deployment
from ops.deploy.files import require_good_files
from ops.deploy.indexes import wait_until_filled
from ops.deploy.smoke import smoke
from ops.deploy.stages import AccountStage, LocalStage, Stage
from ops.errors import OperationError
from ops.local.deployment import LOCAL_STAGE
from ops.migrate.apply import Manner, Migrations, table_names
from ops.migrate.command import DEFAULT_FOLDER
from ops.migrate.plan_command import deploy_command, show_plan
from ops.recover.options import Region
from ops.seed.command import load_and_show_reference

console = Console(highlight=False)
_CODE_ONLY = Deployment(changes=(), hold_back=(), keep=())


def deploy(
    *,
    stage: Annotated[str, typer.Option(help=f"As in shop-prod; {LOCAL_STAGE} is the local stack")],
    region: Region = None,
    context: Annotated[
        list[str] | None,
        typer.Option("--context", "-c", help="A setting, as the CDK takes it: shop:name=value"),
    ] = None,
    on_purpose: Annotated[
        list[str] | None,
        typer.Option(metavar="TABLE", help="Do to it what the plan refuses, and is possible"),
    ] = None,
    units: Annotated[
        float | None,
        typer.Option(min=1, help="Capacity units a second for migrations; else no limit"),
    ] = None,
    take_over: Annotated[
        bool,
        typer.Option("--take-over", help="Migrations from a run that was killed, at once"),
    ] = False,
    yes: Annotated[
        str | None, typer.Option(metavar="STACK", help="Confirms it, by its name, without asking")
    ] = None,
) -> None:
    """Bring a stage to what the code says: tables, functions, items, reference data.

    Plans first, looks at the migrations and the reference data, shows what changes and asks.
    Several changes of indexes are deployed one after the other. Stops at the first thing wrong and
    says what to do; the same command then goes on.
    """
    where = _stage(stage, region, context or [])
    _say("1/6", "Plan of the tables")
    command = deploy_command(stage, region, context or [])
    deployments = _plan(where, command, on_purpose or [])
    _say("2/6", "What changes")
    where.diff(_held_back(deployments[0]))
    _confirm(where.stack, yes)
    _carry_out(where, deployments, Manner(units, take_over=take_over, folder=DEFAULT_FOLDER))


def _carry_out(where: Stage, deployments: Sequence[Deployment], manner: Manner) -> None:
    _say("3/6", "Deployment")
    for each in deployments:
        _deploy(where, each)
    _say("4/6", "Migrations of items")
    _migrate(where, manner)
    _say("5/6", "Reference data")
    load_and_show_reference(where.target(), console)
    _say("6/6", "Smoke test")
    _smoke(where)
    console.print(f"[green]✓[/] {where.stack} is up to date: {where.api_url()}", soft_wrap=True)


def _say(number: str, title: str) -> None:
    console.print(f"\n[bold]{number} {title}[/]")


def _stage(name: str, region: str | None, context: Sequence[str]) -> Stage:
    pairs = [each.partition("=") for each in context]
    if not all(key and value for key, _, value in pairs):
        raise OperationError("A setting is written like shop:logRetentionDays=30.")
    settings = {key: value for key, _, value in pairs}
    if "shop:stage" in settings:
        raise OperationError("The stage is given as --stage.")
    return (
        LocalStage(settings, console)
        if name == LOCAL_STAGE
        else AccountStage(name, region, settings)
    )


def _plan(where: Stage, command: str, on_purpose: Sequence[str]) -> list[Deployment]:
    """Raises OperationError when it cannot be done; ``command`` is the one that was given."""
    made = show_plan(command, where.target, where.settings(), on_purpose, local=where.local)
    if made.refusals:
        raise OperationError(_refused(made, on_purpose))
    kept = [each.subject for step in made.deployments[:1] for each in step.keep]
    if kept:
        raise OperationError(
            f"What is deleted cannot be held back, and {', '.join(kept)} would go too early;"
            " nothing was deployed. Put it back into the code and deploy; then take one index of a"
            " table out after the other, and deploy each time."
        )
    require_good_files(made.wanted)
    return made.deployments or [_CODE_ONLY]


def _refused(made: Plan, on_purpose: Sequence[str]) -> str:
    told = {each.table for each in made.refusals if "--on-purpose" in " ".join(each.way_out)}
    words = " ".join(f"--on-purpose {each}" for each in [*on_purpose, *sorted(told)])
    with_make = f' (--on-purpose with make: ARGS="... {words}")' if told else ""
    return f"The plan refuses this; nothing was deployed. Each ✗ says what to do.{with_make}"


def _held_back(deployment: Deployment) -> dict[str, str]:
    held = ",".join(each.subject for each in deployment.hold_back)
    return {"shop:holdBack": held} if held else {}


def _confirm(stack: str, yes: str | None) -> None:
    name = yes or typer.prompt(f"Type {stack} to deploy it", default="")
    if name != stack:
        raise OperationError(f"Nothing was deployed: that was not {stack}.")


def _deploy(where: Stage, deployment: Deployment) -> None:
    if deployment.changes:
        console.print(described(deployment))
    where.deploy(_held_back(deployment))
    target = where.target()
    with console.status("Waiting for indexes") as status:
        wait_until_filled(target.dynamodb(), table_names(target).values(), status.update)


def _migrate(where: Stage, manner: Manner) -> None:
    applied = Migrations(where.target()).up(console, manner)
    if not applied:
        console.print("There is nothing to do.")
    if any(each.failed for each in applied):
        raise OperationError(
            "The stack is deployed; not all items could be brought along: why is told above, and in"
            " the report. Mend them or the migration, then give the same command again."
        )


def _smoke(where: Stage) -> None:
    wrong = 0
    for check in smoke(where.api_url()):
        if check.wrong:
            wrong += 1
            console.print(f"[red]✗[/] {check.asked}: ", end="")
            console.print(check.wrong, markup=False)
        else:
            console.print(f"[green]✓[/] {check.asked}")
    if wrong:
        raise OperationError(
            f"It is deployed, and {wrong} of the checks failed. Look at the functions' logs; to go"
            " back, check the last good commit out and deploy that."
        )
