"""The embedded AWS: MiniStack as a process on loopback, with IAM enforced and its state on disk."""

from __future__ import annotations

import json
import socket
import subprocess
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import psutil
import requests

from ops import processes
from ops.errors import OperationError
from ops.local import gaps
from ops.paths import ROOT
from ops.target import LOCAL_REGION

if TYPE_CHECKING:
    from ops.local.folder import LocalFolder

PYTHON = ROOT / ".tools" / "emulator" / "bin" / "python"
_MODULE = "ministack"
HOST = "127.0.0.1"
USUAL_PORT = 4566
_READY_SECONDS = 60


@dataclass(frozen=True)
class Emulator:
    """A running emulator.

    ``child`` is there when this very process started it, and so has to collect it.
    """

    pid: int
    port: int
    child: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    @property
    def endpoint_url(self) -> str:
        return f"http://{HOST}:{self.port}"

    @property
    def alive(self) -> bool:
        if self.child:
            return self.child.poll() is None
        try:
            # The number alone could be another process's by now.
            return _MODULE in psutil.Process(self.pid).cmdline()
        except (psutil.NoSuchProcess, psutil.AccessDenied, psutil.ZombieProcess):
            return False

    def stop(self, folder: LocalFolder) -> None:
        """End it and every function that it runs; it saves its state before it goes."""
        with processes.uninterrupted():
            folder.outputs.unlink(missing_ok=True)
            if self.alive:
                processes.end_tree(self.pid)
            if self.child:
                self.child.wait(timeout=10)
            folder.process_note.unlink(missing_ok=True)


def find_running(folder: LocalFolder) -> Emulator | None:
    """The emulator that works on ``folder``, if one does."""
    try:
        emulator = Emulator(**json.loads(folder.process_note.read_text()))
    except (FileNotFoundError, ValueError, TypeError):  # none, or the note was cut off
        return None
    return emulator if emulator.alive else None


def start(folder: LocalFolder, port: int | None = None) -> Emulator:
    """Start an emulator on ``folder`` and wait until it answers.

    Takes ``port``, or the usual one, or any other that is free. Raises OperationError when it does
    not come up.
    """
    if not PYTHON.exists():
        raise OperationError("The local AWS is not installed; run: make setup")
    folder.prepare()
    port = _free_port(port)
    gaps.before_start(folder, port)
    with folder.emulator_log.open("wb") as log:
        process = subprocess.Popen(
            [str(PYTHON), "-m", _MODULE],
            env=_environment(folder, port),
            cwd=folder.scratch,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            # A Ctrl-C in the terminal is for us: we end it in order, so that it saves its state.
            start_new_session=True,
        )
    folder.process_note.write_text(json.dumps({"pid": process.pid, "port": port}))
    emulator = Emulator(process.pid, port, child=process)
    try:
        _wait_until_ready(process, emulator, folder)
    except BaseException:
        emulator.stop(folder)
        raise
    return emulator


def _environment(folder: LocalFolder, port: int) -> dict[str, str]:
    return {
        "PATH": f"{PYTHON.parent}:/usr/bin:/bin",
        "HOME": str(folder.scratch),
        "TMPDIR": str(folder.scratch),
        "LANG": "C.UTF-8",
        "BIND_HOST": HOST,
        "GATEWAY_PORT": str(port),
        "MINISTACK_REGION": LOCAL_REGION,
        "AUTH": "true",  # every function gets what its role allows, and nothing else
        "PERSIST_STATE": "1",
        "S3_PERSIST": "1",
        "STATE_DIR": str(folder.state),
        "S3_DATA_DIR": str(folder.objects),
        "IOT_MTLS_ENABLED": "0",
        "SFTP_ENABLED": "0",
        "LOG_LEVEL": "INFO",
    }


def _free_port(wanted: int | None) -> int:
    for candidate in [USUAL_PORT, 0] if wanted is None else [wanted]:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((HOST, candidate))
            except OSError:
                continue
            port: int = probe.getsockname()[1]
            return port
    raise OperationError(f"Port {wanted} on {HOST} is taken; leave --port out for a free one.")


def _wait_until_ready(
    process: subprocess.Popen[bytes], emulator: Emulator, folder: LocalFolder
) -> None:
    deadline = time.monotonic() + _READY_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            break
        try:
            requests.get(f"{emulator.endpoint_url}/_ministack/health", timeout=2).raise_for_status()
        except requests.RequestException:
            time.sleep(0.1)
        else:
            return
    log = folder.emulator_log
    raise OperationError(
        f"The local AWS did not come up:\n{processes.tail(log)}\nThe whole log: {log}"
    )
