"""The double in front of a running local stack: that is where its commands find it meanwhile."""

from __future__ import annotations

import json
import os
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

import psutil

from ops.recover.drill.proxy import Proxy
from ops.recover.drill.recovery_double import RecoveryDouble
from ops.recover.tables.locate import stack_tables
from ops.target import REHEARSAL

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ops.local.folder import LocalFolder
    from ops.target import Target


class InFront(NamedTuple):
    """``target`` reaches the stack through the double, as the commands do."""

    double: RecoveryDouble
    target: Target


@contextmanager
def in_front(local: LocalFolder, emulator: Target) -> Iterator[InFront]:
    """Log every write to the stack's tables, and have ``local`` name the double's address.

    In the end the log goes, and the address is what it was, unless the stack ended or began anew.
    """
    double = RecoveryDouble(emulator)
    try:
        for table in stack_tables(emulator):
            double.log.begin(table.name)
        with Proxy(str(emulator.endpoint_url), double) as proxy:
            before = _outputs(local, str(emulator.endpoint_url))
            told = {"endpointUrl": proxy.endpoint_url, REHEARSAL: os.getpid()}
            _write(local, {**before, **told})
            try:
                target = replace(emulator, endpoint_url=proxy.endpoint_url, rehearsed=True)
                yield InFront(double, target)
            finally:
                _put_back(local, before)
    finally:
        if local.outputs.exists():  # else the stack has ended, and with it the log
            double.log.close()


def rehearser(local: LocalFolder) -> int | None:
    """The id of the process that stands in front of the stack in ``local``, if one does."""
    pid = json.loads(local.outputs.read_text()).get(REHEARSAL)
    return pid if pid and psutil.pid_exists(pid) else None


def _outputs(local: LocalFolder, endpoint_url: str) -> dict[str, object]:
    """Without what another one has left there that was killed."""
    outputs: dict[str, object] = json.loads(local.outputs.read_text())
    outputs.pop(REHEARSAL, None)
    return {**outputs, "endpointUrl": endpoint_url}


def _put_back(local: LocalFolder, before: dict[str, object]) -> None:
    try:
        present = json.loads(local.outputs.read_text())
    except FileNotFoundError:
        return  # the stack has ended
    if present.get(REHEARSAL) == os.getpid():
        _write(local, before)


def _write(local: LocalFolder, outputs: dict[str, object]) -> None:
    half = local.outputs.with_suffix(".tmp")
    half.touch(mode=0o600)
    half.write_text(json.dumps(outputs, indent=2) + "\n")
    half.replace(local.outputs)
