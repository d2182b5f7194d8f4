"""What was found, shown to a person: as much of each rule as there is room for."""

from __future__ import annotations

from collections import Counter, defaultdict
from itertools import chain, islice, zip_longest
from typing import TYPE_CHECKING

from rich.markup import escape
from rich.table import Table

from ops.recover.verify.settings import State

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import Console

    from ops.recover.verify.reconcile import Reconciled
    from ops.recover.verify.rules import Finding, Rule
    from ops.recover.verify.settings import Check

MOST_SHOWN = 50
_COLOURS = {State.GOOD: "green", State.BAD: "red", State.SKIPPED: "dim"}


def show_checks(console: Console, checks: Sequence[Check]) -> None:
    table = Table("", "", "", title="Could it be brought back?", title_justify="left")
    for check in checks:
        state = f"[{_COLOURS[check.state]}]{check.state}[/]"
        table.add_row(check.subject, check.what, f"{state}: {escape(check.text)}")
    console.print(table)


def show_rows(console: Console, done: Reconciled) -> None:
    rows = ", ".join(f"{count:,} of {name}" for name, count in done.rows.items()) or "none"
    console.print(f"Rows read: {rows}.")
    _show_findings(console, done.findings)
    if done.left_out:
        gone = ", ".join(done.left_out)
        console.print(f"[red]Left out: {gone}, and all that needs them. They are gone.[/]")
    elif not done.findings:
        console.print("[green]Every row is whole, and every piece accounted for.[/]")
    for number, text in (
        (done.orders_of_gone_accounts, "orders of accounts that are gone, as it should be"),
        (len(done.unsettled), "products were sold too fast to sum them; try again"),
    ):
        if number:
            console.print(f"{number:,} {text}.")


def _show_findings(console: Console, findings: Sequence[Finding]) -> None:
    if not findings:
        return
    counts = Table("rule", "table", "findings", title=f"{len(findings):,} findings")
    for (rule, name), count in sorted(Counter((e.rule, e.table) for e in findings).items()):
        counts.add_row(rule, name, f"{count:,}")
    console.print(counts)
    table = Table("rule", "table")
    table.add_column("row", overflow="fold")
    table.add_column("what is wrong", overflow="fold")
    for each in some_of_each(findings, MOST_SHOWN):
        text = "\n".join([each.text, *(f"suspect: {suspect}" for suspect in each.suspects)])
        table.add_row(each.rule, each.table, escape(each.row), escape(text))
    console.print(table)
    if len(findings) > MOST_SHOWN:
        console.print(f"and {len(findings) - MOST_SHOWN:,} more; --json FILE has them all.")


def some_of_each(findings: Sequence[Finding], most: int) -> list[Finding]:
    """At most so many, by rule: of a rule with many no more than leave room for the others."""
    by_rule: dict[Rule, list[Finding]] = defaultdict(list)
    for each in findings:
        by_rule[each.rule].append(each)
    in_turn = chain.from_iterable(zip_longest(*by_rule.values()))
    chosen = list(islice((each for each in in_turn if each), most))
    return sorted(chosen, key=lambda each: each.rule)
