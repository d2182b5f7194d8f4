from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from shop import deadline, dynamo
from tests.emulated import emulated_aws
from tests.shop.notes import Call
from tests.shop.shelf import NAME, Clock, create_shelf

if TYPE_CHECKING:
    from collections.abc import Iterator

    from aws_lambda_powertools.utilities.typing import LambdaContext


@pytest.fixture
def call(context: LambdaContext) -> Call:
    return Call(context)


@pytest.fixture
def sleeps(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The waits that would have been, in seconds; no test waits."""
    waited: list[float] = []
    monkeypatch.setattr(time, "sleep", waited.append)
    return waited


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The clock that requests are timed by, which stands still until it is moved."""
    stopped = Clock()
    monkeypatch.setattr(deadline, "time", stopped)
    return stopped


@pytest.fixture
def shelf(sleeps: list[float]) -> Iterator[dynamo.Table]:
    """An empty table on an emulated DynamoDB."""
    with emulated_aws():
        create_shelf(dynamo.client())
        yield dynamo.Table(NAME, dynamo.client())


@pytest.fixture
def calls(shelf: dynamo.Table) -> list[str]:
    """The calls to DynamoDB from here on, by name."""
    made: list[str] = []
    shelf.client.meta.events.register(
        "before-call.dynamodb", lambda model, **_: made.append(model.name)
    )
    return made


@pytest.fixture
def table(sleeps: list[float]) -> dynamo.Table:
    """A table on no DynamoDB at all: a test puts a Wire below it."""
    return dynamo.Table(NAME, dynamo.client())
