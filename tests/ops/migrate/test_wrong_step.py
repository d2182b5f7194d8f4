"""A step that was wrong is taken back: the attribute that it broke, from the table as it was."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from rich.console import Console

from ops.migrate.budget import Budget
from ops.migrate.ledger import is_ledger
from ops.migrate.run import Run, Spending
from ops.recover.operation import run
from ops.recover.tables import scan
from ops.recover.tables.choose import Choice
from tests.emulated import emulated_aws
from tests.ops.migrate.things import MIGRATION
from tests.ops.recover.tables.repairs import prepared
from tests.ops.recover.tables.support import BESIDE, LIVE, SUBJECT, Stack

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from shop.dynamo import Item

ROWS = {
    (f"THING#{name}", "THING"): {"name": name, "small": name.lower(), "stock": 1}
    for name in ("Ash", "Elm", "Fir")
}
WRONG = replace(MIGRATION, forward=lambda item: {"small": item["name"].upper()})


@pytest.fixture
def stack(monkeypatch: pytest.MonkeyPatch) -> Iterator[Stack]:
    """A table as it was, beside the live one on which the wrong step was run."""
    monkeypatch.setattr(scan, "SEGMENTS", 1)
    with emulated_aws():
        made = Stack()
        for name in (LIVE, BESIDE):
            made.table(name)
            made.fill(name, ROWS)
        spending = Spending(Budget(None), Budget(None))
        entry = Run(made.client, LIVE, WRONG, spending).up(segments=1)
        assert entry
        assert entry.changed == 3
        yield made


def things(stack: Stack) -> dict[tuple[str, str], Item]:
    return {key: row for key, row in stack.rows(LIVE).items() if not is_ledger(row)}


def test_what_it_broke_is_put_right_and_what_was_sold_since_stays_sold(
    stack: Stack, tmp_path: Path
) -> None:
    key = ("THING#Elm", "THING")
    stack.fill(LIVE, {key: {**ROWS[key], "small": "ELM", "stock": 0}})
    operation = prepared(stack, tmp_path, Choice(attributes=frozenset({"small"})))
    report = run(operation, Console(quiet=True), tmp_path, confirmed=SUBJECT)
    assert report
    assert report.facts["outcomes"] == {"put right": 3}
    assert report.facts["stillDiffering"] == 0
    wanted = {**ROWS, key: {**ROWS[key], "stock": 0}}
    assert things(stack) == {k: {"pk": k[0], "sk": k[1], **row} for k, row in wanted.items()}
    ledger = [row for row in stack.rows(LIVE).values() if is_ledger(row)]
    assert [row["state"] for row in ledger if row["sk"] == "MIGRATION"] == ["done"]
