"""The gate holds every thread of a load, and lets all of them go on."""

from __future__ import annotations

import threading
from collections import Counter
from typing import TYPE_CHECKING

import pytest

from ops.errors import OperationError
from ops.recover.drill.gate import Gate

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.slow


class Workers:
    """Threads that count, each between two looks at the gate."""

    def __init__(self, gate: Gate, number: int) -> None:
        self.done: Counter[int] = Counter()
        self._gate = gate
        self._ended = threading.Event()
        self._threads = [threading.Thread(target=self._run, args=(n,)) for n in range(number)]
        for thread in self._threads:
            gate.enter()
            thread.start()

    def _run(self, number: int) -> None:
        while not self._ended.is_set():
            self._gate.pass_by()
            self.done[number] += 1
        self._gate.leave()

    def end(self) -> None:
        self._ended.set()
        self._gate.open()
        for thread in self._threads:
            thread.join()


@pytest.fixture
def gate() -> Gate:
    return Gate()


@pytest.fixture
def workers(gate: Gate) -> Iterator[Workers]:
    made = Workers(gate, 4)
    yield made
    made.end()


def test_nobody_does_anything_while_it_is_closed(gate: Gate, workers: Workers) -> None:
    for _ in range(50):
        gate.close()
        before = workers.done.copy()
        threading.Event().wait(0.001)
        assert workers.done == before
        gate.open()


def test_everybody_goes_on_once_it_is_open(gate: Gate, workers: Workers) -> None:
    for _ in range(50):
        gate.close()
        before = workers.done.copy()
        gate.open()
        gate.close()
        assert all(workers.done[number] >= before[number] for number in range(4))
        assert workers.done.total() >= before.total() + 4
        gate.open()


def test_who_has_left_is_not_waited_for(gate: Gate, workers: Workers) -> None:
    workers.end()
    gate.close(0.01)
    gate.open()


def test_who_does_not_come_is_told() -> None:
    gate = Gate()
    gate.enter()
    with pytest.raises(OperationError, match="did not stop within"):
        gate.close(0.01)
