"""Where the double stands while somebody rehearses, and that it leaves no trace."""

from __future__ import annotations

import json
import os
import time
from typing import TYPE_CHECKING, Any, Self

import boto3
import pytest

from ops.errors import OperationError
from ops.local.folder import LocalFolder
from ops.recover.drill import in_front as module
from ops.recover.drill.in_front import in_front, rehearser
from ops.recover.rehearsal.shop import last_good_moment, rehearsed_shop
from ops.target import REHEARSAL, Target, local_target
from tests.emulated import emulated_aws

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.slow

OUTPUTS = {"endpointUrl": "http://127.0.0.1:1", "apiUrl": "http://127.0.0.1:1/shop", "admin": {}}


@pytest.fixture
def local(tmp_path: Path) -> LocalFolder:
    folder = LocalFolder(tmp_path)
    folder.outputs.write_text(json.dumps(OUTPUTS))
    return folder


class NoServer:
    """In the place of the proxy: unit tests open no sockets."""

    endpoint_url = "http://127.0.0.1:3"

    def __init__(self, *_: object) -> None:
        pass

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        pass


@pytest.fixture
def emulator(monkeypatch: pytest.MonkeyPatch) -> Iterator[Target]:
    """A stack without tables."""
    monkeypatch.setattr(module, "stack_tables", lambda _: [])
    monkeypatch.setattr(module, "Proxy", NoServer)
    with emulated_aws():
        yield Target("shop-local", boto3.Session(region_name="eu-central-1"))


def streams(emulator: Target) -> list[str]:
    kinesis: Any = emulator.session.client("kinesis")
    return list(kinesis.list_streams()["StreamNames"])


def told(local: LocalFolder) -> dict[str, Any]:
    outputs: dict[str, Any] = json.loads(local.outputs.read_text())
    return outputs


def test_commands_find_it_while_it_stands_there_and_the_stack_afterwards(
    local: LocalFolder, emulator: Target
) -> None:
    assert not local_target(local.root).rehearsed
    with in_front(local, emulator) as front:
        assert told(local) == {
            **OUTPUTS,
            "endpointUrl": front.target.endpoint_url,
            REHEARSAL: os.getpid(),
        }
        assert front.target.rehearsed
        assert local_target(local.root).rehearsed
        assert rehearser(local) == os.getpid()
        assert local.outputs.stat().st_mode & 0o77 == 0  # it has a password in it
        assert len(streams(emulator)) == 1
    assert rehearser(local) is None
    assert REHEARSAL not in told(local)
    assert streams(emulator) == []


def test_it_goes_also_when_something_fails(local: LocalFolder, emulator: Target) -> None:
    with pytest.raises(OperationError), in_front(local, emulator):
        raise OperationError
    assert REHEARSAL not in told(local)
    assert streams(emulator) == []


def test_a_stack_that_ended_meanwhile_is_not_told_to_be_there(
    local: LocalFolder, emulator: Target
) -> None:
    with in_front(local, emulator):
        local.outputs.unlink()
    assert not local.outputs.exists()


def test_a_stack_that_began_anew_meanwhile_keeps_its_address(
    local: LocalFolder, emulator: Target
) -> None:
    anew = {**OUTPUTS, "endpointUrl": "http://127.0.0.1:2"}
    with in_front(local, emulator):
        local.outputs.write_text(json.dumps(anew))
    assert told(local) == anew


def test_what_one_left_that_was_killed_is_put_right(local: LocalFolder, emulator: Target) -> None:
    gone = 2**22 + 1  # more than there are processes
    local.outputs.write_text(json.dumps({**OUTPUTS, "endpointUrl": "?", REHEARSAL: gone}))
    assert rehearser(local) is None
    with in_front(local, emulator):
        assert rehearser(local) == os.getpid()
    assert told(local) == {**OUTPUTS, "endpointUrl": str(emulator.endpoint_url)}


def test_after_one_was_killed_commands_say_what_puts_it_right(local: LocalFolder) -> None:
    gone = 2**22 + 1
    local.outputs.write_text(json.dumps({**OUTPUTS, REHEARSAL: gone}))
    with pytest.raises(OperationError, match=r"was killed.*shop recover rehearse"):
        local_target(local.root)
    local.outputs.write_text(json.dumps({**OUTPUTS, REHEARSAL: os.getpid()}))
    assert local_target(local.root).rehearsed


def test_nothing_is_broken_outside_of_a_rehearsal(local: LocalFolder) -> None:
    with pytest.raises(OperationError, match="shop recover rehearse"):
        rehearsed_shop(local)
    local.outputs.unlink()
    with pytest.raises(OperationError, match="make run"):
        rehearsed_shop(local)


def test_the_last_good_moment_is_a_whole_second_that_is_over() -> None:
    before = time.time()
    moment = last_good_moment()
    assert moment.microsecond == 0
    assert before <= moment.timestamp() < time.time() - 1
