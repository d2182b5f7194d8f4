"""``shop recover rehearse``."""

import shlex
import signal
import time
from contextlib import ExitStack
from typing import Annotated

import typer
from rich.console import Console

from ops import processes
from ops.errors import OperationError
from ops.local import emulator
from ops.local.emulator import Emulator
from ops.local.folder import LocalFolder, target_at
from ops.paths import LOCAL
from ops.recover.drill.in_front import in_front, rehearser
from ops.recover.drill.other_region import end_there
from ops.recover.rehearsal import harm as harms
from ops.recover.rehearsal.shop import rehearsed_shop

app = typer.Typer(invoke_without_command=True, help="Try the runbooks on the local stack.")
console = Console(highlight=False)
told = Console(highlight=False, stderr=True)
local = LocalFolder(LOCAL)

_READY = """\
[bold]The rehearsal goes on[/] until Ctrl-C. docs/runbooks has the runbooks.

From now on every write to the local tables is kept, with its millisecond, by a double of DynamoDB's
recovery: it restores tables to a moment, and keeps a backup of what is deleted. The local AWS has
neither. All else is what it always is, the commands above all.

To have something to bring back, in another terminal: shop recover rehearse harm KIND
KIND is one of {kinds}."""


@app.callback()
def rehearse(context: typer.Context) -> None:
    """Let the runbooks be tried on the running local stack, until Ctrl-C.

    It plays what the local AWS has not: tables restored to a moment, backups of deleted tables, the
    daily exports, another region. What you break and do not bring back stays broken.
    """
    if context.invoked_subcommand:
        return
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.default_int_handler)
    running = emulator.find_running(local)
    if not running or not local.outputs.exists():
        raise OperationError("The local stack is not running; start it with: make run")
    if rehearser(local):
        raise OperationError("A rehearsal goes on already, in another terminal.")
    end_there(local)  # of one that was killed
    with ExitStack() as ending:
        ending.enter_context(in_front(local, target_at(running.endpoint_url)))
        console.print(_READY.format(kinds=", ".join(harms.KINDS)), soft_wrap=True)
        try:
            while running.alive:
                time.sleep(0.2)
        except KeyboardInterrupt:
            console.print("Ending the rehearsal.")
        with processes.uninterrupted():
            _end(running, ending)


def _end(running: Emulator, ending: ExitStack) -> None:
    if not running.alive:
        end_there(local)
        raise OperationError("The local stack has ended, and the rehearsal with it.")
    harms.clear(rehearsed_shop(local))
    ending.close()
    console.print("The double is gone, and so are the other region and the rehearsal's images.")


@app.command()
def harm(kind: Annotated[harms.Kind, typer.Argument(help="By the runbook that it is for")]) -> None:
    """Break the local stack, so that there is something to bring back.

    What the runbook's variables must be is written to standard output; the story, to the terminal.
    """
    variables = harms.KINDS[kind](rehearsed_shop(local), told.print)
    for name, value in variables.items():
        console.print(f"export {name}={shlex.quote(value)}", soft_wrap=True, markup=False)
