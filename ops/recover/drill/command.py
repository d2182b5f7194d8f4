"""``shop recover drill``."""

import signal
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, NoReturn

import typer
from rich.console import Console

from ops.local.folder import LocalFolder
from ops.recover.drill import drill_report
from ops.recover.drill.drill import drill as play
from ops.recover.options import DEFAULT_FOLDER, Folder

console = Console(highlight=False)


def drill(
    *,
    folder: Folder = DEFAULT_FOLDER,
    keep: Annotated[
        bool, typer.Option("--keep", help="Leave its stack running, to look around")
    ] = False,
) -> None:
    """Break a shop on purpose and bring it back by every way there is, without a person.

    It starts a local stack of its own and touches no other. Exit code 1: a check failed.
    """
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _interrupt)  # so that its stack ends with it
    name = f"drill-{datetime.now(UTC):%Y%m%dT%H%M%SZ}"
    where = folder.absolute() / name
    if keep:
        local = Path(tempfile.mkdtemp(prefix="shop-drill-"))
        good = _drilled(local, where, keep=True)
        console.print(f"Its stack runs on. To end it: SHOP_LOCAL={local} shop local down")
    else:
        with tempfile.TemporaryDirectory(prefix="shop-drill-") as temporary:
            good = _drilled(Path(temporary), where, keep=False)
    if not good:
        raise typer.Exit(1)


def _drilled(local: Path, where: Path, *, keep: bool) -> bool:
    record = play(LocalFolder(local), where, console, keep=keep)
    written = drill_report.write(record, where)
    console.print(f"{drill_report.verdict(record)}. The report is in {written}", soft_wrap=True)
    return record.good


def _interrupt(*_: object) -> NoReturn:
    raise KeyboardInterrupt
