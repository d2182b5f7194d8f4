"""Batches of the catalogue into the table: read, compare, write what differs, again if need be."""

from __future__ import annotations

import json
from collections import Counter
from threading import Event, Lock
from typing import TYPE_CHECKING, NamedTuple

from ops.errors import OperationError
from ops.seed.plan import Change, Outcome
from shop import clock
from shop.retry import full_jitter

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from ops.seed.plan import Entry
    from ops.seed.store import Store

BATCH = 50
"""Entries to read at once: a product is two rows, and BatchGetItem takes 100 keys."""

MAX_ACTIONS = 100
MAX_BYTES = 3_900_000  # the service takes 4 MB; this leaves room for the rest of the request

ATTEMPTS = 10


class Tally:
    """Counts outcomes, from many threads, and tells of each."""

    def __init__(self, on_done: Callable[[int], None]) -> None:
        self._counts: Counter[Outcome] = Counter()
        self._lock = Lock()
        self._on_done = on_done

    def add(self, outcomes: Sequence[Outcome]) -> None:
        with self._lock:
            self._counts.update(outcomes)
        self._on_done(len(outcomes))

    def __getitem__(self, outcome: Outcome) -> int:
        return self._counts[outcome]


class Planned(NamedTuple):
    entry: Entry
    change: Change


class Writer:
    """Brings batches of one kind of entry into the table; ``tally`` says what became of them."""

    def __init__(self, store: Store, tally: Tally, stop: Event, *, dry_run: bool) -> None:
        self._store = store
        self._tally = tally
        self._stop = stop
        self._dry_run = dry_run

    def write(self, batch: Sequence[Entry]) -> None:
        """Until all of the batch is in the table, or ``stop`` is set.

        Others may write to the same rows meanwhile (orders, an administrator, another seeding):
        then what they wrote is read and compared anew. Raises OperationError when that does not
        end.
        """
        left = batch
        for attempt in range(ATTEMPTS):
            if attempt:
                self._pause(attempt)
            if self._stop.is_set():
                return
            left = self._attempt(left)
            if not left:
                return
        raise OperationError("DynamoDB was too busy, or others kept writing to the same products.")

    def _attempt(self, batch: Sequence[Entry]) -> list[Entry]:
        """Write what differs; the entries whose transactions were cancelled."""
        planned = self._plan(batch)
        if self._dry_run:
            self._tally.add([change.outcome for _, change in planned])
            return []
        differing = [each for each in planned if each.change.actions]
        self._tally.add([Outcome.UNCHANGED] * (len(planned) - len(differing)))
        left: list[Entry] = []
        for part in packed(differing):
            if self._store.transact([action for each in part for action in each.change.actions]):
                self._tally.add([each.change.outcome for each in part])
            else:
                left += [each.entry for each in part]
        return left

    def _plan(self, batch: Sequence[Entry]) -> list[Planned]:
        rows = self._store.rows([key for entry in batch for key in entry.row_keys()])
        now = clock.now()
        return [Planned(entry, entry.change(self._store.table, rows, now)) for entry in batch]

    def _pause(self, attempt: int) -> None:
        """Ends early when ``stop`` is set."""
        self._stop.wait(full_jitter(attempt, first=0.2, most=10))


def packed(planned: Iterable[Planned]) -> Iterator[list[Planned]]:
    """As few transactions as DynamoDB's limits allow, each change whole in one."""
    part: list[Planned] = []
    actions = size = 0
    for each in planned:
        more = len(each.change.actions)
        bytes_more = len(json.dumps(each.change.actions))  # as the client sends it
        if part and (actions + more > MAX_ACTIONS or size + bytes_more > MAX_BYTES):
            yield part
            part, actions, size = [], 0, 0
        part.append(each)
        actions += more
        size += bytes_more
    if part:
        yield part
