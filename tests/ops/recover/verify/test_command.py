"""The command tells a person by a table, a program by JSON, and cron by its exit code."""

from __future__ import annotations

import json
import re
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from typer.testing import CliRunner

from ops.cli import app
from ops.errors import OperationError
from ops.recover.verify import command
from ops.recover.verify.rules import Finding, Rule
from ops.recover.verify.settings import Check, State, _restorable
from ops.recover.verify.shown import MOST_SHOWN, some_of_each

if TYPE_CHECKING:
    from pathlib import Path

    from tests.ops.recover.verify.world import Shop
    from tests.orders.world import Customer

GOOD = Check("OrdersTable", "settings", State.GOOD, "as the template says")
BAD = Check("OrdersTable", "settings", State.BAD, "recovery should be 35 and is 0")
SKIPPED = Check("OrdersTable", "restorable", State.SKIPPED, "the local AWS keeps no history")


class Stack:
    stack = "shop-test"

    def __init__(self, shop: Shop) -> None:
        self._shop = shop

    def outputs(self) -> dict[str, str]:
        names = self._shop.tables.names
        return {f"{name.capitalize()}TableName": table for name, table in names.items()}

    def dynamodb(self) -> Any:
        return self._shop.client


@pytest.fixture
def checks(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> list[Check]:
    """What the stack's settings are said to be."""
    found = [GOOD, SKIPPED]
    monkeypatch.setattr(command, "find_target", lambda *_: Stack(shop))
    monkeypatch.setattr(command, "check_settings", lambda _: found)
    return found


def verify(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(app, ["recover", "verify", *arguments])
    return result.exit_code, result.output


def test_all_is_well(checks: list[Check], shop: Shop, customer: Customer) -> None:
    customer.bought({shop.add_product(): 1})
    code, text = verify()
    assert code == 0
    assert "every piece accounted for" in text
    assert "2 of users, 2 of addresses, 1 of products, 1 of orders" in text


def test_a_wrong_setting_is_an_exit_code(checks: list[Check]) -> None:
    checks.append(BAD)
    assert verify()[0] == 1


def test_a_wrong_row_is_an_exit_code_and_all_of_it_is_in_the_file(
    checks: list[Check], shop: Shop, tmp_path: Path
) -> None:
    mug = shop.add_product(stock=10)
    shop.write("products", shop.product(mug), stock=7)
    file = tmp_path / "verify.json"
    assert verify("--json", str(file))[0] == 1
    told = json.loads(file.read_text())
    assert told["findings"] == [
        {
            "rule": "stock",
            "table": "products",
            "row": f"PRODUCT#{mug} / PRODUCT",
            "text": "the stock is 7 and should be 10, by all that moved it",
            "suspects": ["something that moved it by -3 is missing"],
        }
    ]
    assert told["rows"]["products"] == 1
    assert [each["state"] for each in told["checks"]] == ["good", "not checked"]


def test_trouble_has_an_exit_code_of_its_own(
    checks: list[Check], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any) -> None:
        raise OperationError("The local stack is not running")

    monkeypatch.setattr(command, "find_target", fail)
    code, text = verify()
    assert (code, "not running" in text, "Traceback" in text) == (2, True, False)


def test_checks_are_shown_before_rows_are_read(
    checks: list[Check], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any) -> None:
        raise OperationError("Others kept writing")

    monkeypatch.setattr(command, "reconcile", fail)
    code, text = verify()
    assert code == 2
    assert text.index("as the template says") < text.index("Others kept writing")


def test_a_table_that_is_gone_is_left_out_and_that_is_an_exit_code(
    checks: list[Check], shop: Shop, customer: Customer, tmp_path: Path
) -> None:
    """Whatever the checks say."""
    customer.bought({shop.add_product(): 1})
    shop.client.delete_table(TableName="products")
    code, text = verify("--json", str(tmp_path / "verify.json"))
    assert code == 1
    assert "Left out: products" in text
    assert "2 of users, 2 of addresses, 1 of orders" in text
    assert "Every row is whole" not in text
    assert json.loads((tmp_path / "verify.json").read_text())["left_out"] == ["products"]


# --- many findings ----------------------------------------------------------------------------
def test_a_rule_with_many_findings_hides_no_other(
    checks: list[Check], shop: Shop, tmp_path: Path
) -> None:
    mug = shop.add_product(stock=10)
    shop.write("products", shop.product(mug), stock=7)
    for number in range(MOST_SHOWN + 10):
        shop.write("products", {"pk": "JUNK", "sk": f"{number}"})
    code, text = verify("--json", str(tmp_path / "verify.json"))
    assert code == 1
    assert "61 findings" in text
    assert "the stock is 7" in text.replace("\n", " ").replace("│", "") or "stock is" in text
    assert re.search(r"stock +│ products +│ 1 ", text)
    assert re.search(r"unknown-row +│ products +│ 60 ", text)
    assert "and 11 more; --json FILE has them all." in text
    told = json.loads((tmp_path / "verify.json").read_text())["findings"]
    assert Counter(each["rule"] for each in told) == {"stock": 1, "unknown-row": 60}


def test_a_key_is_shown_to_its_end(checks: list[Check], shop: Shop) -> None:
    mug = shop.add_product(stock=10)
    shop.write("products", shop.product(mug), stock=7)
    _, text = verify()
    cells = [line.split("│")[3].strip() for line in text.splitlines() if line.count("│") == 5]
    assert f"PRODUCT#{mug}" in "".join(cells)


def finding(rule: Rule, number: int) -> Finding:
    return Finding(rule, "products", str(number), "")


@pytest.mark.parametrize(
    ("counts", "most", "shown"),
    [
        ({Rule.STOCK: 3, Rule.PRODUCT_ROW: 1}, 10, {Rule.STOCK: 3, Rule.PRODUCT_ROW: 1}),
        ({Rule.STOCK: 90, Rule.PRODUCT_ROW: 1}, 10, {Rule.STOCK: 9, Rule.PRODUCT_ROW: 1}),
        ({Rule.STOCK: 90, Rule.PRODUCT_ROW: 90}, 10, {Rule.STOCK: 5, Rule.PRODUCT_ROW: 5}),
        ({}, 10, {}),
    ],
)
def test_what_is_shown_is_of_all_rules(
    counts: dict[Rule, int], most: int, shown: dict[Rule, int]
) -> None:
    findings = [finding(rule, each) for rule, count in counts.items() for each in range(count)]
    chosen = some_of_each(findings, most)
    assert Counter(each.rule for each in chosen) == shown
    assert [each.row for each in chosen if each.rule is Rule.STOCK] == [
        str(each) for each in range(shown.get(Rule.STOCK, 0))
    ]


# --- how old is too old -----------------------------------------------------------------------
@pytest.mark.parametrize(("minutes", "state"), [(6, State.GOOD), (16, State.BAD)])
def test_the_newest_restorable_moment_is_minutes_old(minutes: int, state: State) -> None:
    assert _restorable("x", datetime.now(UTC) - timedelta(minutes=minutes)).state is state


def test_no_moment_at_all_is_bad() -> None:
    assert _restorable("x", None).state is State.BAD
