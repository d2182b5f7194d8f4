"""``shop seed`` as it is typed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from rich.console import Console
from typer.testing import CliRunner

from ops import cli
from ops.errors import OperationError
from ops.seed import command
from tests.ops.seed.support import Calls, csv_text, product_rows, table_rows

if TYPE_CHECKING:
    from pathlib import Path

    from typer.testing import Result

    from ops.seed.store import Store
    from tests.ops.seed.support import EmulatedTarget

pytestmark = pytest.mark.slow

HEADER = "name,description,price,category,stock"


@pytest.fixture(autouse=True)
def found(monkeypatch: pytest.MonkeyPatch, target: EmulatedTarget) -> list[tuple[object, ...]]:
    """What was asked to be found; it is the emulated stack each time."""
    asked: list[tuple[object, ...]] = []

    def find(*arguments: object) -> EmulatedTarget:
        asked.append(arguments)
        return target

    monkeypatch.setattr(command, "find_target", find)
    return asked


def shop_seed(*arguments: object) -> Result:
    return CliRunner().invoke(cli.app, ["seed", *map(str, arguments)])


def counts(result: Result) -> list[list[str]]:
    """The table's rows: created, updated, unchanged of categories and of products."""
    assert result.exit_code == 0, result.output
    lines = [line.split("│") for line in result.stdout.splitlines() if line.startswith("│")]
    return [[cell.strip() for cell in line[2:5]] for line in lines]


def test_the_sample_twice(found: list[tuple[object, ...]]) -> None:
    first, second = shop_seed(), shop_seed()

    assert counts(first) == [["8", "0", "0"], ["64", "0", "0"]]
    assert "nothing changed" not in first.stdout
    assert counts(second) == [["0", "0", "8"], ["0", "0", "64"]]
    assert "nothing changed" in second.stdout
    assert found == [(None, None)] * 2


def test_files_of_ones_own_one_after_the_other(tmp_path: Path) -> None:
    categories, products = tmp_path / "categories.csv", tmp_path / "products.csv"
    categories.write_bytes(csv_text("name,description", "Beverages,Coffee"))
    products.write_bytes(csv_text(HEADER, "Chai,Tea,18.00,beverages,39"))

    assert counts(shop_seed("--categories", categories)) == [["1", "0", "0"], ["0", "0", "0"]]
    assert counts(shop_seed("--products", products)) == [["0", "0", "0"], ["1", "0", "0"]]
    both = shop_seed("--products", products, "--categories", categories)
    assert counts(both) == [["0", "0", "1"], ["0", "0", "1"]]


def test_a_category_that_the_shop_spells_otherwise_is_told(tmp_path: Path) -> None:
    categories = tmp_path / "categories.csv"
    categories.write_bytes(csv_text("name,description", "Tea [green],", "Cups,"))
    assert "spelling" not in shop_seed("--categories", categories).stdout
    categories.write_bytes(csv_text("name,description", "tea [GREEN],", "Cups,"))
    result = shop_seed("--categories", categories)
    assert counts(result)[0] == ["0", "0", "2"]
    assert "Tea [green] is tea [GREEN] in the file: the same name. The shop keeps" in result.stdout


def test_a_dry_run(store: Store) -> None:
    result = shop_seed("--dry-run", "--generate", 70)

    assert counts(result) == [["8", "0", "0"], ["70", "0", "0"]]
    assert "would be" in result.stdout
    assert table_rows(store) == {}
    shop_seed("--generate", 70)
    assert "nothing would change" in shop_seed("--dry-run", "--generate", 60).stdout


def test_generating_more_adds_to_what_is_there(store: Store) -> None:
    assert counts(shop_seed("--generate", 60)) == [["8", "0", "0"], ["60", "0", "0"]]
    assert counts(shop_seed("--generate", 70)) == [["0", "0", "8"], ["10", "0", "60"]]
    assert len(product_rows(store)) == 70


def test_another_stack(found: list[tuple[object, ...]]) -> None:
    shop_seed("--stack", "shop-live", "--region", "eu-west-1", "--dry-run")
    assert found == [("shop-live", "eu-west-1")]


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["--generate", 5, "--products", "a.csv"], "--generate goes without"),
        (["--generate", 5, "--categories", "a.csv"], "--generate goes without"),
        (["--generate", 0], "'--generate'"),
        (["--generate", 1_000_001], "'--generate'"),
        (["--region", "eu-west-1"], "--region goes with --stack"),
    ],
)
def test_a_wrong_command_line(store: Store, arguments: list[object], complaint: str) -> None:
    result = shop_seed(*arguments)
    assert result.exit_code == 2
    assert complaint in result.stderr
    assert table_rows(store) == {}


def test_bad_rows_are_shown_and_nothing_is_written(tmp_path: Path, store: Store) -> None:
    products = tmp_path / "products.csv"
    bad = [f"Product {number},,free,[bold]Tea\x1b[0m,1" for number in range(1_203)]
    products.write_bytes(csv_text(HEADER, "Chai,,1.00,,1", *bad))

    result = shop_seed("--products", products)

    assert result.exit_code == 1
    assert isinstance(result.exception, OperationError)
    lines = str(result.exception).splitlines()
    assert lines[0] == "1,203 bad rows:"
    assert lines[1] == (
        f"{products}, line 3: there is no category '[bold]Tea\\x1b[0m';"
        " price: an amount is written like 19.99: two decimals at most"
    )
    assert len(lines) == 1 + 1_203 + 1
    assert lines[-1] == "Nothing was written; mend the files and run it again."
    assert table_rows(store) == {}


def test_a_missing_file_is_a_sentence(tmp_path: Path, store: Store) -> None:
    result = shop_seed("--products", tmp_path / "none.csv")
    assert result.exit_code == 1
    assert isinstance(result.exception, OperationError)
    assert "No such file" in str(result.exception)
    assert table_rows(store) == {}


def test_a_table_that_cannot_be_asked_is_a_sentence(store: Store) -> None:
    denied = {"Error": {"Code": "AccessDeniedException", "Message": "Not you."}}
    Calls(lambda _: (400, denied)).listen(store, "Query")
    result = shop_seed()
    assert isinstance(result.exception, OperationError)
    assert "Not you" in str(result.exception)


def test_the_help_says_whose_stock_is() -> None:
    result = shop_seed("--help")
    assert "Stock is set only when a product is created" in " ".join(result.stdout.split())


def test_a_terminal_sees_the_progress(capsys: pytest.CaptureFixture[str]) -> None:
    with command._progress(Console(force_terminal=True, width=80), 3) as advance:
        advance(2)
    assert "2/3" in capsys.readouterr().out

    with command._progress(Console(width=80), 3) as advance:
        advance(2)
    assert capsys.readouterr().out == ""
