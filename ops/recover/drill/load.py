"""Load on the shop while it is broken: customers and an administrator, each in a thread."""

from __future__ import annotations

import threading
from collections import Counter, deque
from typing import TYPE_CHECKING

from ops.errors import OperationError
from ops.recover.drill.administrator import Administrator
from ops.recover.drill.client import Client
from ops.recover.drill.customer import Customer
from ops.recover.drill.gate import Gate

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

CUSTOMERS = 3


class Load:
    """Runs from ``start`` to ``stop``; ``gate`` holds it.

    ``products`` are the ids of those that it sells and ``uploads`` says whether it uploads images:
    both may be changed while it is held. So may be its customers, by ``renew``.
    """

    def __init__(self, api_url: str, admin: Mapping[str, str], products: Sequence[str]) -> None:
        self.gate = Gate()
        self.products = list(products)
        self.uploads = True
        self.done: Counter[str] = Counter()
        """What was done, by a word for it."""
        self.orders: deque[tuple[str, str]] = deque()
        """Orders that may be moved on, by id, and to which status."""
        self.generation = 0
        """Of customers: those of an earlier one have gone home."""
        self._errors: list[BaseException] = []
        self._ended = threading.Event()
        parts = [Customer(self, Client(api_url)).turn for _ in range(CUSTOMERS)]
        parts.append(Administrator(self, Client(api_url), admin).turn)
        self._threads = [
            threading.Thread(target=self._run, args=(turn,), daemon=True) for turn in parts
        ]

    def start(self) -> None:
        for thread in self._threads:
            self.gate.enter()
            thread.start()

    def renew(self) -> None:
        """Go on with new customers, and leave all that the earlier ones have as it is."""
        self.generation += 1
        self.orders.clear()

    def stop(self) -> None:
        """Raises what a thread has failed with."""
        self._ended.set()
        self.gate.open()
        for thread in self._threads:
            thread.join()
        self.require_well()

    def require_well(self) -> None:
        if self._errors:
            raise OperationError(f"The load failed: {self._errors[0]}") from self._errors[0]

    def _run(self, turn: Callable[[], None]) -> None:
        try:
            while not self._ended.is_set():
                self.gate.pass_by()
                if not self._ended.is_set():
                    turn()
        except Exception as error:  # noqa: BLE001  (told when it is stopped)
            self._errors.append(error)
        finally:
            self.gate.leave()
