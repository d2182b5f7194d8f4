"""The drill from a shop of its own to the report, without a person."""

from __future__ import annotations

import json
import subprocess
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import requests
from botocore.exceptions import BotoCoreError, ClientError

from ops.errors import OperationError
from ops.local import stack as local_stack
from ops.recover.drill import buckets_act, gone_act, region_act, tables_act, verify_act
from ops.recover.drill.commands import Commands
from ops.recover.drill.in_front import in_front
from ops.recover.drill.incident import incident
from ops.recover.drill.record import Record
from ops.recover.drill.snapshot import Reader
from ops.recover.drill.world import World
from ops.seed.load import load_sample

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from rich.console import Console

    from ops.local.folder import LocalFolder
    from ops.local.stack import LocalStack

_TROUBLE = (
    OperationError,
    BotoCoreError,
    ClientError,
    requests.RequestException,
    subprocess.TimeoutExpired,
)
"""What may end a drill, and is told in its report; all else is a mistake of ours."""


def drill(local: LocalFolder, folder: Path, console: Console, *, keep: bool) -> Record:
    """Bring a stack up in ``local``, break it, bring it back; what was seen, well or not.

    What the commands write goes to ``folder``. With ``keep`` the stack stays up.
    """
    record = Record(console)
    steps = local_stack.Steps(console)
    shop = local_stack.bring_up(local, steps, seed=load_sample, port=0)
    try:
        record.began = datetime.now(UTC)
        with _world(local, shop, folder, record) as world:
            _play(world, local)
    except _TROUBLE as error:
        record.trouble = str(error)
        console.print("[bold red]✗[/] It ended before its time:")
        console.print(record.trouble, markup=False, highlight=False)
    finally:
        record.ended = datetime.now(UTC)
        if not keep:
            shop.emulator.stop(local)
    return record


def _play(world: World, local: LocalFolder) -> None:
    """The acts."""
    try:
        found = incident(world)
        with ThreadPoolExecutor() as pool:
            looking = pool.submit(verify_act.broken, world)
            made = tables_act.restore_beside(world, found)
            looking.result()
        tables_act.negative_control(world, found)
        tables_act.repair_in_place(world, found, made)
        buckets_act.from_versions(world, found)
        verify_act.whole(world, "after the repairs")
        buckets_act.from_replica(world, found)
        gone_act.adopt_deleted(world)
        verify_act.whole(world, "in the end")
        region_act.lost_region(world, found, made, local)
    finally:
        world.record.writes = [write.at for write in world.double.log.writes()]


@contextmanager
def _world(local: LocalFolder, shop: LocalStack, folder: Path, record: Record) -> Iterator[World]:
    """With the double before the stack: that is where the commands find it."""
    emulator = shop.target
    reader = Reader(emulator)
    outputs = json.loads(local.outputs.read_text())
    with in_front(local, emulator) as front:
        yield World(
            record,
            emulator,
            front.target,
            front.double,
            reader,
            Commands(local.root, folder),
            shop.api_url,
            outputs["admin"],
            {table: reader.settings(name) for table, name in reader.names.items()},
        )
