"""A bounded number of items at a time, and an early end."""

from __future__ import annotations

from threading import Event, Lock
from typing import TYPE_CHECKING

import pytest

from ops.seed.generated import generated_products
from ops.seed.names import CategoryNames
from ops.seed.parallel import PENDING, WORKERS, in_parallel

if TYPE_CHECKING:
    from collections.abc import Iterator


def test_items_are_taken_only_as_they_are_done_with() -> None:
    taken = done = most = 0
    lock = Lock()

    def products() -> Iterator[str]:
        nonlocal taken, most
        for product in generated_products(2_000, CategoryNames()):
            taken += 1
            most = max(most, taken - done)
            yield product.name

    def work(_: str) -> None:
        nonlocal done
        with lock:
            done += 1

    in_parallel(work, products(), Event())

    assert done == 2_000
    assert most <= PENDING


def test_all_workers_work() -> None:
    """Each waits for all the others to have begun."""
    begun: set[int] = set()
    everyone = Event()

    def work(item: int) -> None:
        begun.add(item)
        if len(begun) == WORKERS:
            everyone.set()
        assert everyone.wait(timeout=10)

    in_parallel(work, range(WORKERS), Event())


def test_a_failure_ends_it() -> None:
    stop = Event()
    begun: list[int] = []

    def work(item: int) -> None:
        begun.append(item)
        if item == 3:
            raise ValueError(item)
        assert item < 3 or stop.wait(timeout=10)

    with pytest.raises(ValueError, match="3"):
        in_parallel(work, range(1_000_000), stop)

    assert stop.is_set()
    assert len(begun) < 3 * PENDING


def test_an_interrupt_ends_it() -> None:
    stop = Event()
    begun: list[int] = []

    def items() -> Iterator[int]:
        yield from range(WORKERS + 2)
        raise KeyboardInterrupt

    def work(item: int) -> None:
        begun.append(item)
        assert stop.wait(timeout=10)

    with pytest.raises(KeyboardInterrupt):
        in_parallel(work, items(), stop)

    assert len(begun) <= WORKERS  # what waited its turn never began
