"""The command tells a person by a table, a program by JSON, and cron by its exit code."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from typer.testing import CliRunner

from ops.cli import app
from ops.errors import OperationError
from ops.recover.verify import command
from ops.recover.verify.settings import EXPORT, Check, State, _export, _restorable

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


# --- how old is too old -----------------------------------------------------------------------
@pytest.mark.parametrize(("hours", "state"), [(25, State.GOOD), (27, State.BAD)])
def test_an_export_is_a_day_old_at_most(hours: int, state: State) -> None:
    check = _export("OrdersTable", datetime.now(UTC) - timedelta(hours=hours))
    assert (check.what, check.state) == (EXPORT, state)


@pytest.mark.parametrize(("minutes", "state"), [(6, State.GOOD), (16, State.BAD)])
def test_the_newest_restorable_moment_is_minutes_old(minutes: int, state: State) -> None:
    assert _restorable("x", datetime.now(UTC) - timedelta(minutes=minutes)).state is state


def test_none_at_all_is_bad() -> None:
    assert {_export("x", None).state, _restorable("x", None).state} == {State.BAD}
