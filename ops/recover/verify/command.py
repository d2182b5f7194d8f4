"""``shop recover verify``."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from ops.recover.options import Region, Stack
from ops.recover.trouble import TROUBLE
from ops.recover.verify.reconcile import Reconciled, reconcile
from ops.recover.verify.rules import Finding
from ops.recover.verify.settings import Check, State, check_settings
from ops.recover.verify.tables import Tables
from ops.target import find_target
from shop.clock import timestamp

console = Console(highlight=False)

WRONG = 1
_MOST_SHOWN = 50
_COLOURS = {State.GOOD: "green", State.BAD: "red", State.SKIPPED: "dim"}

_File = Annotated[Path | None, typer.Option("--json", metavar="FILE", help="Write all of it there")]


def verify(*, json_file: _File = None, stack: Stack = None, region: Region = None) -> None:
    """Check that the stack could be brought back, and that all its rows are whole.

    Settings of tables and buckets against the template, the age of exports; every foreign key,
    every total, and each product's stock against orders and adjustments. Changes nothing. Exit
    code 0: all is well; 1: something is wrong; 2: it could not be found out.
    """
    target = find_target(stack, region)
    checks = list(check_settings(target))
    with console.status("reading") as status:
        done = reconcile(Tables.of(target), status.update)
    bad = [each for each in checks if each.state is State.BAD]
    _show(checks, done)
    if json_file:
        json_file.write_text(json.dumps(_as_json(target.stack, checks, done), indent=2) + "\n")
    if bad or done.findings:
        raise typer.Exit(WRONG)
    if done.unsettled:
        raise typer.Exit(TROUBLE)


def _show(checks: Sequence[Check], done: Reconciled) -> None:
    table = Table("", "", "", title="Could it be brought back?", title_justify="left")
    for check in checks:
        state = f"[{_COLOURS[check.state]}]{check.state}[/]"
        table.add_row(check.subject, check.what, f"{state}: {escape(check.text)}")
    console.print(table)
    rows = ", ".join(f"{count:,} of {name}" for name, count in done.rows.items())
    console.print(f"Rows read: {rows}.")
    _show_findings(done.findings)
    for number, text in (
        (done.orders_of_gone_accounts, "orders of accounts that are gone, as it should be"),
        (done.unknown_initial_stock, "products from before the initial stock was kept: not summed"),
        (len(done.unsettled), "products were sold too fast to sum them; try again"),
    ):
        if number:
            console.print(f"{number:,} {text}.")


def _show_findings(findings: Sequence[Finding]) -> None:
    if not findings:
        console.print("[green]Every row is whole, and every piece accounted for.[/]")
        return
    table = Table("rule", "table", "row", "what is wrong", title=f"{len(findings):,} findings")
    for each in findings[:_MOST_SHOWN]:
        text = "\n".join([each.text, *(f"suspect: {suspect}" for suspect in each.suspects)])
        table.add_row(each.rule, each.table, escape(each.row), escape(text))
    console.print(table)
    if len(findings) > _MOST_SHOWN:
        console.print(f"and {len(findings) - _MOST_SHOWN:,} more; --json FILE has them all.")


def _as_json(stack: str, checks: Sequence[Check], done: Reconciled) -> dict[str, Any]:
    return {
        "stack": stack,
        "time": timestamp(datetime.now(UTC)),
        "checks": [each._asdict() for each in checks],
        **done._asdict(),
        "findings": [each._asdict() for each in done.findings],
    }
