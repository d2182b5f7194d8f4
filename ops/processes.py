"""Processes that we start, and end: none outlives the command that is responsible for it."""

from __future__ import annotations

import os
import signal
import subprocess
import threading
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

import psutil

from ops.errors import OperationError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

_GRACE_SECONDS = 20


def run(
    command: Sequence[str], *, what: str, log: Path, env: Mapping[str, str], seconds: float = 300
) -> None:
    """Run ``command`` to its end, its words appended to ``log``.

    Whatever ends the wait, an interrupt included, ends the command and all that it started.
    Raises OperationError, with the last lines of the log, when it fails or takes too long.
    """
    with log.open("ab") as output:
        start = output.tell()
        process = subprocess.Popen(
            command,
            env=dict(env),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            code = process.wait(timeout=seconds)
        except BaseException as error:
            end_tree(process.pid, grace=5)
            process.wait()
            if isinstance(error, subprocess.TimeoutExpired):
                sentence = f"{what} took longer than {seconds:.0f} s; see {log}"
                raise OperationError(sentence) from None
            raise
    if code:
        raise OperationError(f"{what} failed:\n{tail(log, start=start)}\nThe whole log: {log}")


def show(command: Sequence[str], *, what: str, env: Mapping[str, str], cwd: Path) -> None:
    """Run ``command`` to its end, in sight. Whatever ends the wait ends all that it started.

    Raises OperationError when it fails.
    """
    process = subprocess.Popen(
        command, env=dict(env), cwd=cwd, stdin=subprocess.DEVNULL, start_new_session=True
    )
    try:
        code = process.wait()
    except BaseException:
        end_tree(process.pid)
        process.wait()
        raise
    if code:
        raise OperationError(f"{what} failed; what it said is above.")


def end_tree(pid: int, grace: float = _GRACE_SECONDS) -> None:
    """End ``pid`` politely and then for certain, together with everything below it."""
    try:
        root = psutil.Process(pid)
        family = [root, *root.children(recursive=True)]
    except psutil.NoSuchProcess:
        return
    with suppress(psutil.NoSuchProcess):
        root.terminate()
    # The children go when the root has gone: it may still need them to save its state.
    psutil.wait_procs([root], timeout=grace)
    with suppress(psutil.NoSuchProcess):
        family += root.children(recursive=True)
    for process in family:
        with suppress(psutil.NoSuchProcess):
            process.kill()
    psutil.wait_procs(family, timeout=5)


@contextmanager
def uninterrupted() -> Iterator[None]:
    """Let nothing cut off what must be brought to its end, such as a second Ctrl-C."""
    if threading.current_thread() is not threading.main_thread():
        yield  # signals are the main thread's
        return
    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = {number: signal.signal(number, signal.SIG_IGN) for number in numbers}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def clean_environment() -> dict[str, str]:
    """Our environment without anything that would lead to a real AWS account."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    return kept | {
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
    }


def tail(log: Path, *, lines: int = 15, start: int = 0) -> str:
    """The last ``lines`` of what ``log`` has from the byte ``start`` on."""
    text = log.read_bytes()[start:].decode(errors="replace")
    return "\n".join(text.splitlines()[-lines:])
