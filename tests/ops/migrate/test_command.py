"""``shop migrate`` as a person gives it."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest
from rich.console import Console
from typer.testing import CliRunner

from ops.errors import OperationError
from ops.migrate import apply, command
from ops.migrate.migration import migrations
from tests.ops.migrate.things import MIGRATION, TABLE, Things, check

if TYPE_CHECKING:
    from pathlib import Path

    from ops.migrate.migration import Migration


class Target(NamedTuple):
    things: Things
    stack: str = "shop-test"

    def dynamodb(self) -> object:
        return self.things.client


class Cli:
    def __init__(self, things: Things, monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
        self.folder = folder
        self.migrations: list[Migration] = [MIGRATION]
        monkeypatch.setattr(command, "console", Console(width=200, highlight=False))
        monkeypatch.setattr(command, "find_target", lambda *_: Target(things))
        monkeypatch.setattr(command, "_reference", lambda _: "")
        monkeypatch.setattr(apply, "table_names", lambda _: {"ThingsTable": TABLE})
        monkeypatch.setattr(apply, "migrations", lambda: self.migrations)

    def __call__(self, *arguments: str, code: int = 0) -> str:
        result = CliRunner().invoke(command.app, arguments)
        assert result.exit_code == code, result.output
        return result.output

    def up(self, *arguments: str, code: int = 0) -> str:
        return self("up", "--segments", "1", "--folder", str(self.folder), *arguments, code=code)


@pytest.fixture
def cli(things: Things, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Cli:
    for name in ("Ash", "Elm"):
        things.put(name)
    return Cli(things, monkeypatch, tmp_path)


def report(cli: Cli) -> dict[str, Any]:
    (path,) = cli.folder.glob("migrated-*.json")
    assert path.with_suffix(".md").read_text().startswith("# Migrations of shop-test")
    (migration,) = json.loads(path.read_text())["migrations"]
    return dict(migration)


def test_from_the_plan_to_the_end(cli: Cli, things: Things) -> None:
    before = things.all_rows()
    told = cli.up("--dry-run")
    assert "0001 small names: would change 2 of 2 items, and 0 could not" in told
    assert "THING#Elm THING: small None -> 'elm'" in told
    assert "pending" in cli("status")
    assert things.all_rows() == before
    assert "2 are not right" in cli("verify", code=1)

    assert "0001 small names: done (2 changed" in cli.up()
    assert report(cli)["items"] == {"changed": 2, "unchanged": 0, "gone": 0, "failed": 0}
    assert "done" in cli("status")
    assert "2 items, all are right" in cli("verify")
    assert "There is nothing to do." in cli.up()


def test_an_item_that_it_cannot_handle(cli: Cli, things: Things) -> None:
    things.set("Elm", name=7)
    cli.migrations = [MIGRATION, replace(MIGRATION, number="0002", name="later")]
    assert "THING#Elm THING: AttributeError" in cli.up("--dry-run")
    told = cli.up(code=1)
    assert "failed (1 changed" in told
    assert "THING#Elm THING: AttributeError" in told
    assert "0002" not in told, "the next one may build on what failed"
    (failure,) = report(cli)["failures"]
    assert (failure["pk"], failure["sk"]) == ("THING#Elm", "THING")
    assert "failed for 1 items" in " ".join(cli("status").replace("│", " ").split())
    assert "THING#Elm" in cli("verify", code=1)


def test_an_item_that_its_check_does_not_like(cli: Cli) -> None:
    cli.migrations = [replace(MIGRATION, check=lambda item: f"{item['name']} is bad")]
    cli.up()
    assert "THING#Ash THING: Ash is bad" in cli("verify", code=1)


def test_a_file_that_was_edited_after_it_was_applied(cli: Cli) -> None:
    cli.up()
    cli.migrations = [replace(MIGRATION, digest="other")]
    assert "edited since" in " ".join(cli("status").replace("│", " ").split())
    assert "nothing to do" in cli.up()


def test_one_table_only(cli: Cli) -> None:
    assert "0001" in cli.up("--table", "Things")
    result = CliRunner().invoke(command.app, ["up", "--table", "Nothing"])
    assert "No migration is for a table 'Nothing'" in str(result.exception)


def test_a_migration_of_no_table_is_told(cli: Cli) -> None:
    cli.migrations = [replace(MIGRATION, table="Thingies")]
    result = CliRunner().invoke(command.app, ["status"])
    assert "0001 small names: no table ThingiesTable; there are ThingsTable." in str(
        result.exception
    )


FILES = {
    "0002_x.py": "import nothing_of_the_kind",
    "0002_y.py": "MIGRATION = 1",
    "2_z.py": "",
    "0002-a.py": "",
}


@pytest.mark.parametrize("name", FILES)
def test_a_file_that_is_no_migration_is_told(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / name).write_text(FILES[name])
    monkeypatch.setattr("ops.migrations.__path__", [str(tmp_path)])
    with pytest.raises(OperationError, match=name):
        migrations(tmp_path)


def test_two_of_one_number_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("0003_a.py", "0003_b.py"):
        (tmp_path / name).write_text("from tests.ops.migrate.things import MIGRATION")
    monkeypatch.setattr("ops.migrations.__path__", [str(tmp_path)])
    with pytest.raises(OperationError, match="0003"):
        migrations(tmp_path)


@pytest.mark.parametrize("page", [1, 2, 500])
def test_all_items_are_looked_at(
    cli: Cli, things: Things, monkeypatch: pytest.MonkeyPatch, page: int
) -> None:
    monkeypatch.setattr("ops.migrate.run.PAGE", page)
    looked: list[int] = []
    run = things.run()
    looked += [len(each.items) for each in run.pages()]
    assert sum(looked) == 2
    assert check({"small": "x"}) is None


def test_those_of_the_shop_are_in_order_and_whole() -> None:
    found = migrations()
    assert [each.number for each in found] == sorted({each.number for each in found})
    for each in found:
        assert each.name
        assert len(each.digest) == 16
