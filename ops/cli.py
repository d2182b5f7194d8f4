"""The ``shop`` command."""

import os
import sys
from collections.abc import Sequence
from typing import Annotated

import typer
from botocore.exceptions import BotoCoreError, ClientError
from rich.console import Console
from rich.markup import escape

from ops import admin, event_schema
from ops import openapi as api_document
from ops.committed import Committed
from ops.deploy.command import deploy
from ops.errors import OperationError
from ops.local import command as local
from ops.migrate import command as migrate
from ops.recover import command as recover
from ops.redrive import redrive
from ops.seed.command import seed

_Check = Annotated[bool, typer.Option(help="Only say whether it is current")]

app = typer.Typer(no_args_is_help=True, pretty_exceptions_show_locals=False)
app.add_typer(local.app, name="local")
app.add_typer(admin.app, name="admin")
app.command()(deploy)
app.add_typer(migrate.app, name="migrate")
app.add_typer(recover.app, name="recover")
app.command()(seed)
app.command()(redrive)


@app.callback()
def main() -> None:
    """Operate the shop: the local stack, its data, its documents."""
    # A proxy of the network must not get the requests to this very machine.
    for name in ("NO_PROXY", "no_proxy"):
        os.environ[name] = ",".join(filter(None, [os.environ.get(name), "127.0.0.1"]))


@app.command()
def openapi(*, check: _Check = False) -> None:
    """Write docs/openapi.json from the handlers."""
    _write(api_document.FILE, check=check)


@app.command(name="event-schema")
def write_event_schema(*, check: _Check = False) -> None:
    """Write docs/order-event.schema.json from the type of the events of orders."""
    _write(event_schema.FILE, check=check)


def _write(file: Committed, *, check: bool) -> None:
    if check:
        file.check()
    elif file.write():
        Console().print(f"{file.name} written")


def _require_text(arguments: Sequence[str]) -> None:
    """Raise OperationError for bytes that are no UTF-8, which nothing could store or even show.

    Python hands them over as lone surrogates.
    """
    for argument in arguments:
        if any("\ud800" <= each <= "\udfff" for each in argument):
            raise OperationError(f"The argument {argument!a} is not UTF-8.")


def run() -> None:
    """Run the command line; what a person can mend is one sentence, not a traceback."""
    try:
        _require_text(sys.argv[1:])
        app()
    except (OperationError, BotoCoreError, ClientError) as error:
        # The sentence may quote a file's name or a log: that is not markup.
        Console(stderr=True, highlight=False).print(
            f"[bold red]✗[/] {escape(str(error))}", soft_wrap=True
        )
        sys.exit(1)
