"""Options that all commands of ``shop recover`` share."""

from pathlib import Path
from typing import Annotated

import typer

Stack = Annotated[
    str | None, typer.Option("--stack", help="A stack in AWS, by its name; else the local one")
]
Region = Annotated[str | None, typer.Option("--region", help="Where the stack in AWS is")]
At = Annotated[
    str, typer.Option("--at", metavar="TIME", help="RFC 3339 with a zone: 2026-11-22T12:00:00Z")
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Only show the plan")]
Yes = Annotated[
    str | None,
    typer.Option("--yes", metavar="SUBJECT", help="Confirms it, by its name, without being asked"),
]
Folder = Annotated[
    Path, typer.Option("--folder", help="Where the journal and the reports are written")
]
DEFAULT_FOLDER = Path(".recover")
