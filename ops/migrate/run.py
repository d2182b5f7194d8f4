"""A migration over all items of its table, until a whole pass has nothing to change.

In parallel, and again from where it was cut off.
"""

from __future__ import annotations

import threading
import time
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from typing import TYPE_CHECKING, Any, NamedTuple

from ops.migrate.entry import Failure, Outcome, State
from ops.migrate.items import Items
from ops.migrate.ledger import Ledger, LostLock
from ops.migrate.lock import locked
from ops.migrate.migration import KEY
from shop.dynamo import from_wire, to_wire

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from mypy_boto3_dynamodb import DynamoDBClient

    from ops.migrate.budget import Budget
    from ops.migrate.entry import Entry, Segment
    from ops.migrate.migration import Migration
    from shop.dynamo import Item

SEGMENTS = 8
PAGE = 500
"""Items between two checkpoints of a segment: as many are looked at again after a kill."""
CHECKPOINT_SECONDS = 15
"""Or fewer items: with little capacity, 500 take long."""


class Spending(NamedTuple):
    """What a run may use of the table's capacity."""

    reads: Budget
    writes: Budget


class Page(NamedTuple):
    items: list[Item]
    looked_at: int
    last_key: Item | None


class Watcher:
    """Hears how a run gets on, from several threads."""

    def begins(self, number: int, looked_at: int) -> None:
        """A pass, counted from 1, of which so many items were looked at before it was cut off."""

    def looked_at(self, items: int) -> None:
        """So many more."""

    def waits(self) -> None:
        """For requests that are under way, between two passes."""


class Run:
    """One migration of one table."""

    def __init__(
        self,
        client: DynamoDBClient,
        table: str,
        migration: Migration,
        spending: Spending,
        watcher: Watcher | None = None,
    ) -> None:
        self._client = client
        self._table = table
        self.migration = migration
        self._spending = spending
        self._watcher = watcher or Watcher()
        self._stop = threading.Event()
        self._items = Items(client, table, migration, spending.writes)

    def up(
        self, *, segments: int | None = None, take_over: bool = False, settle: float = 0
    ) -> Entry | None:
        """Bring every item along; what the ledger says then, or None if that was done before.

        ``settle`` is how many seconds it waits between two passes. Raises OperationError when
        somebody else does so, or DynamoDB does not answer; what was done is noted, and the same
        goes on from there.
        """
        with locked(self._client, self._table, self._stop, take_over=take_over) as owner:
            ledger = Ledger(self._client, self._table, owner)
            entry = ledger.begin(self.migration, segments or SEGMENTS)
            if entry.state is State.DONE:
                return None
            while entry.state is State.RUNNING:
                if entry.passes:
                    self._watcher.waits()
                    self._stop.wait(settle)
                self._look_at_all(entry, ledger)
                entry = ledger.end_pass(self.migration)
            return entry

    def _look_at_all(self, entry: Entry, ledger: Ledger) -> None:
        parts = entry.segments
        looked_at = sum(each.counts.total() for each in parts)
        self._watcher.begins(len(entry.passes) + 1, looked_at)
        self._in_parallel(
            lambda segment: self._bring_forward(segment, len(parts), ledger),
            [each for each in parts if not each.done],
        )

    def pages(self) -> Iterator[Page]:
        """All items that the migration concerns, as they are; nothing is written."""
        key: Item | None = None
        while True:
            page = self._page(0, 1, key)
            yield page
            key = page.last_key
            if key is None:
                return

    def _in_parallel(self, work: Callable[[Segment], None], segments: list[Segment]) -> None:
        if not segments:
            return
        with ThreadPoolExecutor(len(segments)) as pool:
            futures = [pool.submit(work, each) for each in segments]
            try:
                for each in wait(futures, return_when=FIRST_EXCEPTION).done:
                    each.result()
            except BaseException:
                self._stop.set()  # for the others, when one failed, and for Ctrl-C
                raise

    def _bring_forward(self, segment: Segment, total: int, ledger: Ledger) -> None:
        while not segment.done:
            self._require_going_on()
            page = self._page(segment.number, total, segment.last_key)
            self._watcher.looked_at(page.looked_at - len(page.items))
            failures: list[Failure] = []
            noted = time.monotonic()
            for item in page.items:
                self._bring_item(item, segment, failures)
                if time.monotonic() - noted >= CHECKPOINT_SECONDS:
                    segment.last_key = {name: item[name] for name in KEY}
                    ledger.checkpoint(self.migration, segment, failures)
                    failures.clear()
                    noted = time.monotonic()
            segment.last_key = page.last_key
            segment.done = page.last_key is None
            ledger.checkpoint(self.migration, segment, failures)

    def _bring_item(self, item: Item, segment: Segment, failures: list[Failure]) -> None:
        self._spending.writes.wait(self._stop)
        self._require_going_on()
        result = self._items.bring_forward(item)
        segment.counts[result.outcome] += 1
        if result.outcome is Outcome.FAILED:
            failures.append(Failure(item["pk"], item["sk"], result.problem))
        self._watcher.looked_at(1)

    def _require_going_on(self) -> None:
        if self._stop.is_set():
            raise LostLock(f"Somebody else took over the migration of {self._table}.")

    def _page(self, segment: int, total: int, after: Item | None) -> Page:
        self._spending.reads.wait(self._stop)
        attributes = [*KEY, *self.migration.reads]
        request: dict[str, Any] = {"ExclusiveStartKey": to_wire(after)} if after else {}
        answer = self._client.scan(
            TableName=self._table,
            ConsistentRead=True,
            Segment=segment,
            TotalSegments=total,
            Limit=PAGE,
            ProjectionExpression=", ".join(f"#{n}" for n in range(len(attributes))),
            ExpressionAttributeNames={f"#{n}": name for n, name in enumerate(attributes)},
            ReturnConsumedCapacity="TOTAL",
            **request,
        )
        # A consistent read costs a unit for each 4 KB; where it is not told, each item counts one.
        used = answer.get("ConsumedCapacity", {}).get("CapacityUnits", answer["ScannedCount"])
        self._spending.reads.spend(used)
        items = [from_wire(item) for item in answer["Items"]]
        last = answer.get("LastEvaluatedKey")
        return Page(
            [item for item in items if self.migration.concerns(item)],
            answer["ScannedCount"],
            from_wire(last) if last else None,
        )
