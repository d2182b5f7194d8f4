"""Nothing that we start outlives the command that is responsible for it."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from typing import TYPE_CHECKING

import psutil
import pytest

from ops import processes
from ops.errors import OperationError

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.slow

# Starts a child that ignores polite requests, says both pids, and waits.
STUBBORN = """
import os, signal, subprocess, sys, time
child = subprocess.Popen([sys.executable, "-c",
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(60)"])
print(os.getpid(), child.pid, flush=True)
time.sleep(60)
"""


def python(program: str) -> list[str]:
    return [sys.executable, "-c", program]


def pids(log: Path) -> list[int]:
    for _ in range(200):
        if log.exists() and len(found := log.read_text().split()) == 2:
            return [int(each) for each in found]
        time.sleep(0.05)
    raise AssertionError("the processes did not start")


def test_a_command_that_works_says_nothing(tmp_path: Path) -> None:
    log = tmp_path / "log"
    processes.run(python("print('done')"), what="it", log=log, env=os.environ)
    assert log.read_text() == "done\n"


def test_a_command_that_fails_shows_its_own_last_words_and_the_log(tmp_path: Path) -> None:
    log = tmp_path / "log"
    log.write_text("words of an earlier command\n")
    with pytest.raises(OperationError) as caught:
        processes.run(python("raise SystemExit('no disk')"), what="it", log=log, env=os.environ)
    assert str(caught.value) == f"it failed:\nno disk\nThe whole log: {log}"


def test_a_command_that_takes_too_long_is_ended_with_all_that_it_started(tmp_path: Path) -> None:
    log = tmp_path / "log"
    found: list[int] = []
    watcher = threading.Thread(target=lambda: found.extend(pids(log)))
    watcher.start()
    with pytest.raises(OperationError, match="it took longer than 2 s"):
        processes.run(python(STUBBORN), what="it", log=log, env=os.environ, seconds=2)
    watcher.join()
    assert not any(psutil.pid_exists(pid) for pid in found)


def test_an_account_of_the_person_is_not_passed_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_PROFILE", "production")
    monkeypatch.setenv("OTHER", "kept")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    passed = processes.clean_environment()
    assert passed["OTHER"] == "kept"
    assert {name: value for name, value in passed.items() if name.startswith("AWS_")} == {
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
    }


def test_a_second_interrupt_does_not_cut_off_what_must_end_in_order() -> None:
    before = signal.getsignal(signal.SIGINT)
    with processes.uninterrupted():
        os.kill(os.getpid(), signal.SIGINT)
        os.kill(os.getpid(), signal.SIGTERM)
    assert signal.getsignal(signal.SIGINT) is before
