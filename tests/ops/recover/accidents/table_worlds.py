"""Tables that are to be restored, repaired, and adopted."""

from __future__ import annotations

import copy
import json
from functools import partial
from typing import TYPE_CHECKING, Any

import boto3

from ops.recover.tables import adopt as adopting
from ops.recover.tables import settings
from ops.recover.tables.settings import wanted_settings
from tests.ops.recover.accidents.doubles import (
    STAGING,
    CloudFormation,
    DeployedCloudFormation,
    Mappings,
)
from tests.ops.recover.accidents.worlds import LOCAL, World
from tests.ops.recover.tables.deployed import OLD, DeployedStack
from tests.ops.recover.tables.support import (
    BESIDE,
    LIVE,
    LOGICAL,
    SUBJECT,
    Stack,
    rows_of,
    table_resource,
)

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

NAMES = {LOGICAL: LIVE}
MADE = f"{LIVE}-restored-20260131T083000"
WANTED = wanted_settings(table_resource())


def drop(stack: Stack, name: str) -> None:
    """If it is there."""
    if name in stack.client.list_tables()["TableNames"]:
        stack.client.update_table(TableName=name, DeletionProtectionEnabled=False)
        stack.client.delete_table(TableName=name)


def differences(stack: Stack, name: str) -> list[str]:
    return settings.differences(WANTED, settings.present_settings(stack.client, name))


class RestoreWorld(World):
    """A live table whose recovery is on."""

    words = ("table", "restore", "Users", "--at", "2026-01-31T08:30:00Z", "--yes", SUBJECT)
    facts = ("tables", "settingsDiffer")

    def __init__(self, _: pytest.MonkeyPatch) -> None:
        self.stack = Stack()
        super().__init__({"cloudformation": CloudFormation(self.stack.template, NAMES, {})}, LOCAL)
        self.stack.table(LIVE)
        self.stack.fill(LIVE, rows_of("a", "b", price=1))
        settings.apply(self.stack.client, LIVE, WANTED)

    def restore(self) -> None:
        drop(self.stack, MADE)

    def state(self) -> Any:
        names = self.stack.client.list_tables()["TableNames"]
        restored = [self.stack.rows(MADE), differences(self.stack, MADE)] if MADE in names else []
        return names, restored, self.stack.rows(LIVE), differences(self.stack, LIVE)


class RepairWorld(World):
    """a was spoilt, c is gone, d came."""

    words = (
        *("table", "repair", "Users", "--from", BESIDE, "--everything", "--delete-added"),
        *("--yes", SUBJECT),
    )
    facts = ("confirmed", "outcomes", "stillDiffering", "left")

    def __init__(self, _: pytest.MonkeyPatch) -> None:
        self.stack = Stack()
        super().__init__({"cloudformation": CloudFormation(self.stack.template, NAMES, {})}, LOCAL)
        self.stack.table(LIVE)
        self.stack.table(BESIDE)
        self.good = rows_of("a", "c", price=1)
        self.bad = rows_of("a", price=0, more=1) | rows_of("d")
        self.stack.fill(BESIDE, self.good)
        self.restore()

    def restore(self) -> None:
        drop(self.stack, LIVE)
        self.stack.table(LIVE)
        self.stack.fill(LIVE, self.bad)

    def state(self) -> Any:
        return self.stack.rows(LIVE)

    def require_recorded(self, folder: Path) -> None:
        """What a row was is known for each that is not as it was."""
        super().require_recorded(folder)
        noted = {
            json.loads(line)["key"]["pk"]["S"]
            for file in folder.glob("undo-*.jsonl")
            for line in file.read_text().splitlines()
        }
        now, bad = self.stack.rows(LIVE), self.stack.rows(LIVE) | self.bad
        changed = {key[0] for key in {*bad, *now} if now.get(key) != self._was(key)}
        assert changed <= noted

    def _was(self, key: tuple[str, str]) -> Any:
        row = self.bad.get(key)
        return row and {"pk": key[0], "sk": key[1], **row}


class AdoptWorld(World):
    """A table that is gone, with the backup that its deletion left."""

    words = ("table", "adopt", "Users", "--yes", SUBJECT)
    facts = ("backupType", "lostSeconds", "settingsDiffer", "mappings", "drift")
    endpoint_url: str | None = None

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.stack = DeployedStack()
        s3 = boto3.client("s3")
        where: Any = {"LocationConstraint": "eu-central-1"}
        s3.create_bucket(Bucket=STAGING, CreateBucketConfiguration=where)
        cloudformation = DeployedCloudFormation(self.stack, NAMES, s3)
        doubles = {"cloudformation": cloudformation, "lambda": Mappings(self.stack)}
        super().__init__(doubles, self.endpoint_url)
        self._template = copy.deepcopy(self.stack.template)
        # moto's backup passes for the one that the deletion left.
        real, system = adopting.backups, partial(map, lambda each: {**each, "BackupType": "SYSTEM"})
        monkeypatch.setattr(adopting, "backups", lambda client: list(system(real(client))))
        self.stack.table(LIVE)
        self.stack.fill(LIVE, rows_of("a", "b"))
        self.stack.client.create_backup(TableName=LIVE, BackupName="left")
        self.restore()

    def restore(self) -> None:
        drop(self.stack, LIVE)
        self.stack.stream, self.stack.template = OLD, copy.deepcopy(self._template)
        self.stack.mappings = self.stack.first_mappings()

    def state(self) -> Any:
        mappings = self.stack.mappings.values()
        if LIVE not in self.stack.client.list_tables()["TableNames"]:
            return len(mappings)
        described = self.stack.client.describe_table(TableName=LIVE)["Table"]
        on_stream = [
            each["EventSourceArn"] == described.get("LatestStreamArn") for each in mappings
        ]
        rows = self.stack.rows(LIVE)
        return rows, differences(self.stack, LIVE), self.stack.template, sorted(on_stream)


class LocalAdoptWorld(AdoptWorld):
    """The same where the functions' mappings are made by hand."""

    endpoint_url = LOCAL
