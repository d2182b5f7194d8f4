"""The ``shop`` command."""

from typing import Annotated

import typer
from rich.console import Console

from ops import openapi as api_document

app = typer.Typer(no_args_is_help=True, pretty_exceptions_show_locals=False, help=__doc__)
console = Console()


@app.callback()
def main() -> None:
    """Operate the shop: the local stack, its data, its documents."""


@app.command()
def openapi(
    *, check: Annotated[bool, typer.Option(help="Only say whether it is current")] = False
) -> None:
    """Write docs/openapi.json from the handlers."""
    if check and not api_document.is_current():
        console.print("docs/openapi.json is not what the handlers say; run: make openapi")
        raise typer.Exit(1)
    if not check and api_document.write():
        console.print("docs/openapi.json written")
