"""``shop recover verify``."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from ops.recover.options import Region, Stack
from ops.recover.trouble import TROUBLE
from ops.recover.verify.images import Images
from ops.recover.verify.reconcile import Reconciled, reconcile
from ops.recover.verify.settings import Check, State, check_settings
from ops.recover.verify.shown import show_checks, show_rows
from ops.recover.verify.tables import Tables
from ops.target import find_target
from shop.clock import timestamp

console = Console(highlight=False)

WRONG = 1

_File = Annotated[Path | None, typer.Option("--json", metavar="FILE", help="Write all of it there")]


def verify(*, json_file: _File = None, stack: Stack = None, region: Region = None) -> None:
    """Check that the stack could be brought back, and that all its rows are whole.

    Tables, buckets and their replicas against the template, who reads streams and queues, exports,
    keys; every row as the shop itself reads it, every foreign key, total and image, and each
    product's stock against orders and adjustments. Changes nothing. Exit code 0: all is well; 1:
    something is wrong; 2: it could not be found out.
    """
    target = find_target(stack, region)
    with console.status("asking for settings"):
        checks = list(check_settings(target))
    show_checks(console, checks)
    with console.status("reading") as status:
        done = reconcile(Tables.of(target), status.update, Images.of(target))
    show_rows(console, done)
    if json_file:
        json_file.write_text(json.dumps(_as_json(target.stack, checks, done), indent=2) + "\n")
    if done.findings or done.left_out or any(each.state is State.BAD for each in checks):
        raise typer.Exit(WRONG)
    if done.unsettled:
        raise typer.Exit(TROUBLE)


def _as_json(stack: str, checks: Sequence[Check], done: Reconciled) -> dict[str, Any]:
    return {
        "stack": stack,
        "time": timestamp(datetime.now(UTC)),
        "checks": [each._asdict() for each in checks],
        **done._asdict(),
        "findings": [each._asdict() for each in done.findings],
    }
