"""A table that is gone, restored under its name, with its functions on its new stream."""

from __future__ import annotations

import copy
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest
from rich.console import Console

from ops.errors import OperationError
from ops.recover.operation import run
from ops.recover.tables import adopt as adopting
from ops.recover.tables import command, settings
from ops.recover.tables.adopt import adopt, chosen_backup
from ops.recover.tables.locate import find_table
from tests.ops.recover.tables.deployed import DeployedStack
from tests.ops.recover.tables.support import (
    LIVE,
    LOGICAL,
    SUBJECT,
    Crash,
    Stack,
    crash_after,
    rows_of,
)

if TYPE_CHECKING:
    from pathlib import Path

quiet = Console(quiet=True)


@pytest.fixture
def deployed(stack: Stack, monkeypatch: pytest.MonkeyPatch) -> DeployedStack:
    """Its table was deleted; moto's backup passes for the one that the deletion left."""
    made = DeployedStack()
    made.fill(LIVE, rows_of("a", "b"))
    lose(made)
    real = adopting.backups
    system = partial(map, lambda each: {**each, "BackupType": "SYSTEM"})
    monkeypatch.setattr(adopting, "backups", lambda client: list(system(real(client))))
    monkeypatch.setattr(command, "find_target", lambda *_: made)
    return made


def lose(stack: DeployedStack) -> None:
    stack.client.create_backup(TableName=LIVE, BackupName="left")
    stack.client.delete_table(TableName=LIVE)


def adopted(stack: DeployedStack, folder: Path, **how: Any) -> Any:
    table = find_table(stack.target, LOGICAL)
    chosen = {"at": None, "backup": None} | how
    operation = adopt(stack.target, table, folder, **chosen)
    return run(operation, quiet, folder, confirmed=SUBJECT)


def require_whole(stack: DeployedStack, template: Any) -> None:
    assert {key[0] for key in stack.rows(LIVE)} == {"USER#a", "USER#b"}
    wanted = find_table(stack.target, LOGICAL).wanted
    settings.require(stack.client, LIVE, wanted)
    assert wanted["stream"] == "KEYS_ONLY"
    assert stack.template == template
    stream = stack.client.describe_table(TableName=LIVE)["Table"]["LatestStreamArn"]
    sources = sorted(each["EventSourceArn"] for each in stack.mappings.values())
    assert sources == sorted([stream, "arn:aws:sqs:::q"])


@pytest.mark.parametrize("keeps_history", [True, False])
def test_rows_settings_and_readers_are_back_and_the_template_is_the_same(
    deployed: DeployedStack, tmp_path: Path, *, keeps_history: bool
) -> None:
    deployed.keeps_history = keeps_history
    template = copy.deepcopy(deployed.template)
    report = adopted(deployed, tmp_path)
    require_whole(deployed, template)
    assert len(deployed.updates) == (2 if keeps_history else 0)
    assert report.rpo_seconds == 0
    facts = report.facts
    assert (facts["mappings"], facts["drift"], facts["settingsDiffer"]) == (1, "IN_SYNC", 0)
    assert facts["backupType"] == "SYSTEM"


@pytest.mark.exhaustive
@pytest.mark.parametrize("keeps_history", [True, False])
@pytest.mark.parametrize("when", ["before-call", "after-call"])
def test_a_crash_at_any_call_is_made_up_for_by_the_same_command(
    deployed: DeployedStack, tmp_path: Path, when: str, *, keeps_history: bool
) -> None:
    template = copy.deepcopy(deployed.template)
    deployed.keeps_history = keeps_history
    place, calls, finished = 0, 0, False
    while not finished:
        place, calls = place + 1, 0

        def crash(at: str, _: str, place: int = place) -> None:
            nonlocal calls
            calls += at == when
            if at == when and calls == place:
                raise Crash

        deployed.on_call = crash
        try:
            adopted(deployed, tmp_path / str(place))
            finished = True
        except Crash:
            deployed.on_call = lambda *_: None
            adopted(deployed, tmp_path / str(place))
        deployed.on_call = lambda *_: None
        require_whole(deployed, template)
        deployed.client.update_table(TableName=LIVE, DeletionProtectionEnabled=False)
        lose(deployed)
    assert place > 20


def test_a_table_that_is_there_is_not_adopted(deployed: DeployedStack, tmp_path: Path) -> None:
    deployed.table(LIVE)
    with pytest.raises(OperationError, match=r"is there\. To bring back.*\nNothing was changed\.$"):
        adopted(deployed, tmp_path)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("ended", ["restore", "wait", "drift"])
def test_one_that_was_deleted_since_a_crash_is_adopted_again(
    deployed: DeployedStack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ended: str
) -> None:
    template = copy.deepcopy(deployed.template)
    with monkeypatch.context() as patch:
        crash_after(patch, ended)
        with pytest.raises(Crash):
            adopted(deployed, tmp_path)
    deployed.client.update_table(TableName=LIVE, DeletionProtectionEnabled=False)
    lose(deployed)
    adopted(deployed, tmp_path)
    require_whole(deployed, template)


def test_deleted_again_while_the_stack_was_without_the_stream(
    deployed: DeployedStack, tmp_path: Path
) -> None:
    """The template that was kept is the only one with the stream."""
    template = copy.deepcopy(deployed.template)

    def crash(when: str, name: str) -> None:
        if (when, name) == ("after-call", "UpdateStack"):
            raise Crash

    deployed.on_call = crash
    with pytest.raises(Crash):
        adopted(deployed, tmp_path)
    deployed.on_call = lambda *_: None
    deployed.template = deployed.updates[0]
    assert deployed.template != template
    deployed.client.update_table(TableName=LIVE, DeletionProtectionEnabled=False)
    lose(deployed)
    adopted(deployed, tmp_path)
    require_whole(deployed, template)


def test_an_update_that_goes_back_ends_it(deployed: DeployedStack, tmp_path: Path) -> None:
    def break_it(when: str, name: str) -> None:
        if (when, name) == ("after-call", "UpdateStack"):
            deployed.status = "UPDATE_ROLLBACK_COMPLETE"

    deployed.on_call = break_it
    with pytest.raises(OperationError, match="ended as UPDATE_ROLLBACK_COMPLETE"):
        adopted(deployed, tmp_path)


def test_the_command_shows_a_plan_first(deployed: DeployedStack, tmp_path: Path) -> None:
    command.adopt("Users", dry_run=True, folder=tmp_path / "none")
    assert LIVE not in deployed.client.list_tables()["TableNames"]
    assert not (tmp_path / "none").exists()
    command.adopt("Users", yes=SUBJECT, folder=tmp_path)
    assert LIVE in deployed.client.list_tables()["TableNames"]


NOW = datetime(2026, 1, 31, tzinfo=UTC)


def backup(arn: str, days_ago: int = 0, kind: str = "SYSTEM", table: str = LIVE) -> Any:
    return {
        "BackupArn": arn,
        "BackupType": kind,
        "TableName": table,
        "BackupStatus": "AVAILABLE",
        "BackupCreationDateTime": NOW - timedelta(days=days_ago),
    }


THERE = [
    backup("old", 5),
    backup("new", 1),
    backup("by-hand", 0, "USER"),
    backup("others", 0, table="other"),
    backup("half", 0) | {"BackupStatus": "CREATING"},
]


@pytest.mark.parametrize(
    ("at", "arn", "chosen"),
    [
        (None, None, "new"),
        (NOW - timedelta(days=1), None, "new"),
        (NOW - timedelta(days=2), None, "old"),
        (None, "old", "old"),
        (None, "by-hand", "by-hand"),
    ],
)
def test_the_newest_that_a_deletion_left_is_taken(
    at: datetime | None, arn: str | None, chosen: str
) -> None:
    assert chosen_backup(THERE, LIVE, at, arn)["BackupArn"] == chosen


@pytest.mark.parametrize(
    ("at", "arn"), [(NOW - timedelta(days=9), None), (None, "others"), (None, "half")]
)
def test_without_one_those_that_there_are_are_told(at: datetime | None, arn: str | None) -> None:
    with pytest.raises(OperationError, match=r"no such backup .* by-hand \(USER, 2026-01-31"):
        chosen_backup(THERE, LIVE, at, arn)
