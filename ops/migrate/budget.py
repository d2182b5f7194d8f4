"""Capacity that may be used up, so that a migration leaves the table to those who shop."""

from __future__ import annotations

import threading
import time


class Budget:
    """``per_second`` units of capacity, in the long run, shared by all threads; None: no limit.

    What was used is known afterwards only: it is taken from the account, and who finds that empty
    waits until it has filled up again.
    """

    def __init__(self, per_second: float | None) -> None:
        self._per_second = per_second
        self._lock = threading.Lock()
        self._free_at = time.monotonic()
        self.used = 0.0

    def wait(self, stop: threading.Event) -> None:
        """Until what was spent so far is paid off, or ``stop`` is set."""
        seconds = self._free_at - time.monotonic()
        if seconds > 0:
            stop.wait(seconds)

    def spend(self, units: float) -> None:
        with self._lock:
            self.used += units
            if self._per_second:
                began = max(self._free_at, time.monotonic())
                self._free_at = began + units / self._per_second
