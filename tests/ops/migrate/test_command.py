"""``shop migrate`` as a person gives it."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple, cast

import pytest
from rich.console import Console
from typer.testing import CliRunner

from ops.errors import OperationError
from ops.migrate import apply, command
from tests.ops.migrate.things import MIGRATION, TABLE, Things, check

if TYPE_CHECKING:
    from pathlib import Path

    from ops.migrate.migration import Migration


class Target(NamedTuple):
    things: Things
    stack: str = "shop-test"
    endpoint_url: str | None = None

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


def words(told: str) -> str:
    """A table without its lines."""
    return " ".join(told.replace("│", " ").split())


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
    assert "2 are not right (pending)" in cli("verify", code=1)

    assert "0001 small names: done (2 changed; 2 passes over 2 items)" in cli.up()
    none = {"whole": True, "changed": 0, "unchanged": 0, "gone": 0, "failed": 0}
    assert report(cli)["passes"] == [{**none, "changed": 2}, {**none, "unchanged": 2}]
    assert (report(cli)["changed"], report(cli)["cutOff"]) == (2, False)
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
    assert "failed for 1 items" in words(cli("status"))
    assert "THING#Elm" in cli("verify", code=1)


def test_failures_come_first_beforehand_and_do_not_flood_the_screen(
    cli: Cli, things: Things, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(15):
        things.put(f"Good {number}")
    for number in range(23):
        things.put(f"Bad {number}", small=7)
        things.set(f"Bad {number}", name=7)
    lines = cli.up("--dry-run").splitlines()
    assert "would change 17 of 40 items, and 23 could not be brought along" in lines[0]
    assert ["AttributeError" in line for line in lines[1:-1]] == [True] * 10 + [False] * 10

    lines = cli.up(code=1).splitlines()
    assert sum("AttributeError" in line for line in lines) == 20
    assert "  and 3 more, in the report" in lines
    assert len(report(cli)["failures"]) == 23


def running(things: Things, **more: Any) -> None:
    """As a killed run leaves it."""
    key = {"pk": "MIGRATION#0001", "sk": "MIGRATION"}
    things.put_row({**key, "name": "small_names", "digest": "d1", "state": "running", **more})


def test_a_run_that_is_dead_is_not_told_as_running(cli: Cli, things: Things) -> None:
    running(things)
    assert "cut off: shop migrate up goes on" in words(cli("status"))
    things.take_lock(seconds=-1)
    assert "cut off: shop migrate up goes on" in words(cli("status"))
    things.take_lock()
    assert "cut off" not in words(cli("status"))
    assert " running " in words(cli("status"))


def test_a_run_that_was_cut_off_does_not_know_exactly_what_it_changed(
    cli: Cli, things: Things
) -> None:
    running(things, changed=1, owner="killed")
    things.put_row({"pk": "MIGRATION#0001", "sk": "SEGMENT#000", "done": False, "counts": {}})
    assert "done (at least 3 changed; 2 passes over 2 items)" in cli.up()
    assert report(cli)["cutOff"]
    assert "at least 3" in words(cli("status"))


def test_what_was_applied_and_has_no_file_here_is_told(
    cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    cli.migrations = [replace(MIGRATION, number="0003", name="as_on_another_branch")]
    cli.up()
    cli.migrations = [MIGRATION]
    told = words(cli("status"))
    assert "0003 as on another branch Things done, no file here" in told
    assert "0001 small names Things pending" in told
    tables = {"ThingsTable": TABLE, "OthersTable": TABLE}
    monkeypatch.setattr(apply, "table_names", lambda _: tables)
    assert words(cli("status")).count("no file here") == 2
    assert words(cli("status", "--table", "Things")).count("no file here") == 1


def test_another_run_was_first(cli: Cli, things: Things, monkeypatch: pytest.MonkeyPatch) -> None:
    """Which was done when this one had read already that it is pending."""
    things.up()
    ledger = things.ledger()
    monkeypatch.setattr(apply.Migrations, "pending", lambda self: self.all)
    assert "0001 small names: another run has done it meanwhile" in cli.up()
    assert things.ledger() == ledger
    assert not list(cli.folder.iterdir())


@pytest.mark.parametrize("broken", ["step", "table", "file", "nothing"])
def test_no_migration_keeps_a_local_stack_from_coming_up(
    cli: Cli, things: Things, monkeypatch: pytest.MonkeyPatch, broken: str
) -> None:
    def no_file() -> list[Migration]:
        raise OperationError("0001_x.py cannot be loaded")

    def nonsense(_: object) -> Any:
        raise ValueError("[/nonsense]")

    cli.migrations = [replace(MIGRATION, table="Nothings" if broken == "table" else "Things")]
    if broken == "file":
        monkeypatch.setattr(apply, "migrations", no_file)
    if broken == "step":
        cli.migrations = [replace(MIGRATION, forward=nonsense)]
    warning = apply.bring_along(cast("Any", Target(things)))
    told = {
        "step": "0001 small names: failed (0 changed; 1 pass over 2 items; 2 could not be",
        "table": "no table NothingsTable",
        "file": "The items are not all migrated. 0001_x.py cannot be loaded",
    }
    assert told[broken] in str(warning) if broken in told else warning is None


def test_an_item_that_its_check_does_not_like(cli: Cli) -> None:
    cli.migrations = [replace(MIGRATION, check=lambda item: f"{item['name']} is bad")]
    cli.up()
    assert "THING#Ash THING: Ash is bad" in cli("verify", code=1)


def test_a_file_that_was_edited_after_it_was_applied(cli: Cli) -> None:
    cli.up()
    cli.migrations = [replace(MIGRATION, digest="other")]
    assert "edited since" in words(cli("status"))
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
