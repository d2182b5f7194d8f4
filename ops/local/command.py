"""``shop local``: the whole shop on this machine."""

from __future__ import annotations

import json
import signal
import time
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer
from rich.console import Console

from ops.errors import OperationError
from ops.local import emulator, logs, stack
from ops.local.deployment import LOCAL_STAGE
from ops.local.folder import LocalFolder
from ops.paths import LOCAL
from ops.seed.load import load_sample

if TYPE_CHECKING:
    from ops.local.emulator import Emulator
    from ops.local.stack import LocalStack

app = typer.Typer(no_args_is_help=True, help="The whole shop on this machine.")
console = Console(highlight=False)
folder = LocalFolder(LOCAL)


@app.callback()
def main() -> None:
    """End what was begun, in order, when the terminal closes or someone ends the command."""
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _interrupt)


@app.command()
def up(
    *,
    detach: Annotated[bool, typer.Option(help="Leave it running in the background")] = False,
    fresh: Annotated[bool, typer.Option(help="Throw the data of the last time away")] = False,
    port: Annotated[
        int | None, typer.Option(min=0, max=65535, help="Instead of 4566, or else any free one")
    ] = None,
) -> None:
    """Start it, deploy, seed. Ctrl-C ends it; its data stays for the next time."""
    running = emulator.find_running(folder)
    if running:
        raise OperationError(
            f"The local stack is already running at {running.endpoint_url}. "
            "`shop local deploy` brings changes in, `shop local down` ends it."
        )
    if fresh:
        folder.erase_data()
    try:
        local = stack.bring_up(folder, stack.Steps(console), seed=load_sample, port=port)
        try:
            _show(local, detach=detach)
            if not detach:
                _wait_for_the_end(local.emulator)
        except BaseException:
            local.emulator.stop(folder)
            raise
    except KeyboardInterrupt:
        _say_ended()


@app.command()
def down() -> None:
    """End it, wherever it was started. Its data stays."""
    running = emulator.find_running(folder)
    if not running:
        console.print("The local stack is not running.")
        return
    running.stop(folder)
    _say_ended()


@app.command()
def deploy(
    *,
    context: Annotated[
        list[str] | None,
        typer.Option("--context", "-c", help="A setting, as the CDK takes it: shop:name=value"),
    ] = None,
) -> None:
    """Bring changes of the code into the running stack."""
    settings = [each.partition("=") for each in context or []]
    if not all(name and value for name, _, value in settings):
        raise OperationError("A setting is written like shop:logRetentionDays=30.")
    given = {name: value for name, _, value in settings}
    if given.get("shop:stage", LOCAL_STAGE) != LOCAL_STAGE:
        raise OperationError(
            f"Here shop:stage is always {LOCAL_STAGE}. To deploy another stage into an account:"
            " npx cdk deploy"
        )
    stack.deploy(folder, _running(), stack.Steps(console), given)


@app.command(name="logs")
def show_logs(
    *,
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Wait for more")] = False,
    emulated: Annotated[bool, typer.Option("--emulator", help="The emulator's own log")] = False,
) -> None:
    """Show what the functions logged, oldest first."""
    if emulated:
        console.out(folder.emulator_log.read_text(), end="")
        return
    for line in logs.lines(stack.find(_running()).target, follow=follow):
        console.out(line)


def _say_ended() -> None:
    console.print("Ended; the data stays for the next time." if folder.saved else "Ended.")


def _running() -> Emulator:
    running = emulator.find_running(folder)
    if not running:
        raise OperationError("The local stack is not running; start it with: make run")
    return running


def _wait_for_the_end(running: Emulator) -> NoReturn:
    """Wait for Ctrl-C, or for the emulator to go by itself, which it should not."""
    while running.alive:
        time.sleep(0.5)
    raise OperationError(f"The local AWS ended by itself; see {folder.emulator_log}")


def _interrupt(*_: object) -> NoReturn:
    raise KeyboardInterrupt


def _show(local: LocalStack, *, detach: bool) -> None:
    api = local.api_url
    admin = json.loads(folder.outputs.read_text())["admin"]
    console.print(
        f"""
[bold]The shop is up.[/]

  API      {api}
  Docs     {api}/docs
  Admin    {admin["email"]}, password {admin["password"]}

Try:

  curl '{api}/categories'
  curl '{api}/products?sort=price&limit=3'

All of this is in {folder.outputs}. """,
        soft_wrap=True,
    )
    console.print("`shop local down` ends it." if detach else "Ctrl-C ends it.")
