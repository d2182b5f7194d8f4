"""Indexes are waited for: the next one cannot be made before."""

from __future__ import annotations

import time
from typing import Any

import pytest

from ops.deploy.indexes import wait_until_filled
from ops.errors import OperationError


class Tables:
    """A DynamoDB whose index ``late`` of each table is ACTIVE when it was looked at so often."""

    def __init__(self, looks: int) -> None:
        self.looks = looks
        self.asked: list[str] = []

    def describe_table(self, TableName: str) -> dict[str, Any]:  # noqa: N803  (as boto3 has it)
        self.asked.append(TableName)
        late = "ACTIVE" if self.asked.count(TableName) > self.looks else "CREATING"
        found = [
            {"IndexName": "old", "IndexStatus": "ACTIVE"},
            {"IndexName": "late", "IndexStatus": late},
        ]
        return {"Table": {"GlobalSecondaryIndexes": found} if TableName == "big" else {}}


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    seconds = [0.0]

    def sleep(more: float) -> None:
        seconds[0] += more

    monkeypatch.setattr(time, "sleep", sleep)
    monkeypatch.setattr("ops.deploy.indexes.time.monotonic", lambda: seconds[0])
    return seconds


def test_each_table_until_its_indexes_are_active() -> None:
    tables, said = Tables(3), list[str]()
    wait_until_filled(tables, ["small", "big"], said.append)  # type: ignore[arg-type]  # as much of it as is asked
    assert tables.asked == ["small", *["big"] * 4]
    assert said == ["big: late is being filled"] * 3


def test_it_does_not_wait_for_ever(clock: list[float]) -> None:
    tables = Tables(10**6)
    with pytest.raises(OperationError, match="late of big is still being filled after 6 hours"):
        wait_until_filled(tables, ["big"], lambda _: None)  # type: ignore[arg-type]  # the same
    assert clock[0] < 7 * 3600
