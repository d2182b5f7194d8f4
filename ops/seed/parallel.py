"""Work on items in parallel, a bounded number at a time."""

from __future__ import annotations

from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from threading import Event

WORKERS = 8
PENDING = 2 * WORKERS
"""Items taken and not done with: enough to keep the workers busy while the next is made."""


def in_parallel[Item](work: Callable[[Item], None], items: Iterable[Item], stop: Event) -> None:
    """Do ``work`` on each item, which are taken lazily.

    The first failure, or Ctrl-C, is raised: nothing new is begun then, and ``stop`` is set for what
    is under way to end early.
    """
    pending: set[Future[None]] = set()
    with ThreadPoolExecutor(WORKERS) as pool:
        try:
            for item in items:
                pending.add(pool.submit(work, item))
                if len(pending) == PENDING:
                    pending = _settle(pending)
            while pending:
                pending = _settle(pending)
        except BaseException:
            stop.set()
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def _settle(pending: set[Future[None]]) -> set[Future[None]]:
    """Wait for one to be done; those that are not. Raises what it raised."""
    done, left = wait(pending, return_when=FIRST_COMPLETED)
    for each in done:
        each.result()
    return left
