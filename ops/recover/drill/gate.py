"""Holds all threads of a load at once, each between two of its requests."""

from __future__ import annotations

import threading
import time

from ops.errors import OperationError


class Gate:
    """Open at first. A thread of the load calls ``enter`` once, ``pass_by`` often, ``leave``."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._closed = False
        self._inside = 0
        self._waiting = 0

    def enter(self) -> None:
        with self._changed:
            self._inside += 1

    def leave(self) -> None:
        with self._changed:
            self._inside -= 1
            self._changed.notify_all()

    def pass_by(self) -> None:
        """Go on, or wait as long as it is closed."""
        with self._changed:
            if not self._closed:
                return
            self._waiting += 1
            self._changed.notify_all()
            self._changed.wait_for(lambda: not self._closed)
            self._waiting -= 1

    def close(self, seconds: float = 60) -> None:
        """Returns when every thread waits. Raises OperationError when that takes longer."""
        with self._changed:
            self._closed = True
            held = self._changed.wait_for(lambda: self._waiting == self._inside, seconds)
        if not held:
            raise OperationError(f"The load did not stop within {seconds:.0f} s.")

    def open(self) -> None:
        """Returns when every thread has gone on."""
        with self._changed:
            self._closed = False
            self._changed.notify_all()
        while self._waiting:
            time.sleep(0.001)
