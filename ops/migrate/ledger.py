"""What was done to a table, told by rows of the table itself, so that it is restored with them.

| row       | pk                 | sk            | holds                                          |
|-----------|--------------------|---------------|------------------------------------------------|
| lock      | MIGRATION          | LOCK          | owner, who, until (epoch seconds)              |
| migration | MIGRATION#<number> | MIGRATION     | name, digest, state, began, ended, changed     |
| segment   | MIGRATION#<number> | SEGMENT#<n>   | how far its scan came (lastKey), done, counts  |
| failure   | MIGRATION#<number> | FAILED#<hash> | the key of an item that it could not handle    |

Every write states that the lock is still held, so that who lost it, and does not know yet, changes
nothing here.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import batched
from typing import TYPE_CHECKING, Any, NamedTuple

from ops.errors import OperationError
from ops.migrate.items import Outcome
from shop import clock
from shop.dynamo import from_wire, to_wire

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import TransactWriteItemTypeDef

    from ops.migrate.migration import Migration
    from shop.dynamo import Item

PREFIX = "MIGRATION"
LOCK_KEY = {"pk": PREFIX, "sk": "LOCK"}
_AT_ONCE = 90  # a transaction takes 100 actions; the lock is one


class State(StrEnum):
    PENDING = "pending"
    RUNNING = "running"
    FAILED = "failed"
    """It was tried on every item, and some could not be brought along."""
    DONE = "done"


def is_ledger(row: Item) -> bool:
    """Whether a row is the ledger's, which every table may have."""
    return str(row["pk"]).partition("#")[0] == PREFIX


class LostLock(OperationError):
    """Somebody else took the lock meanwhile."""


@dataclass
class Segment:
    """A part of the table's scan, and what became of its items so far."""

    number: int
    last_key: Item | None = None
    done: bool = False
    counts: Counter[Outcome] = field(default_factory=Counter)

    def row(self, migration: str) -> Item:
        return {
            "pk": f"{PREFIX}#{migration}",
            "sk": f"SEGMENT#{self.number:03}",
            "lastKey": self.last_key,
            "done": self.done,
            "counts": {str(outcome): count for outcome, count in self.counts.items()},
        }

    @classmethod
    def of(cls, row: Item) -> Segment:
        counts = Counter({Outcome(name): int(count) for name, count in row["counts"].items()})
        return cls(int(row["sk"].removeprefix("SEGMENT#")), row.get("lastKey"), row["done"], counts)


class Failure(NamedTuple):
    """An item that the step could not handle: its key, and why in a sentence."""

    pk: str
    sk: str
    problem: str


class Entry(NamedTuple):
    """What the ledger says of a migration."""

    state: State
    began: str | None = None
    ended: str | None = None
    changed: int = 0
    digest: str | None = None
    segments: Sequence[Segment] = ()
    failures: Sequence[Failure] = ()


class Ledger:
    """Of one table. ``owner`` is the lock's holder; without it there is nothing but reading."""

    def __init__(self, client: DynamoDBClient, table: str, owner: str = "") -> None:
        self._client = client
        self._table = table
        self._owner = owner

    def entry(self, migration: Migration) -> Entry:
        pages = self._client.get_paginator("query").paginate(
            TableName=self._table,
            KeyConditionExpression="pk = :pk",
            ExpressionAttributeValues=to_wire({":pk": f"{PREFIX}#{migration.number}"}),
            ConsistentRead=True,
        )
        rows = [from_wire(item) for page in pages for item in page["Items"]]
        by_sk = {row["sk"]: row for row in rows}
        row = by_sk.get("MIGRATION", {})
        return Entry(
            State(row.get("state", State.PENDING)),
            row.get("began"),
            row.get("ended"),
            int(row.get("changed", 0)),
            row.get("digest"),
            [Segment.of(each) for sk, each in by_sk.items() if sk.startswith("SEGMENT#")],
            [
                Failure(each["itemPk"], each["itemSk"], each["problem"])
                for sk, each in by_sk.items()
                if sk.startswith("FAILED#")
            ],
        )

    def begin(self, migration: Migration, segments: int) -> list[Segment]:
        """Note that it runs; its segments: those of a run that was cut off, or new ones.

        A migration that failed for some items is tried again from the start: it is idempotent.
        """
        entry = self.entry(migration)
        if entry.state is State.RUNNING and entry.digest == migration.digest:
            return list(entry.segments)
        self._forget(migration, entry)
        made = [Segment(number) for number in range(segments)]
        row = self._row(migration, State.RUNNING, began=clock.now())
        self._write([self._put(row), *(self._put(each.row(migration.number)) for each in made)])
        return made

    def checkpoint(
        self, migration: Migration, segment: Segment, failures: Sequence[Failure]
    ) -> None:
        """Note how far ``segment`` came, and what failed on the way."""
        pk = f"{PREFIX}#{migration.number}"
        rows = [
            {
                "pk": pk,
                "sk": f"FAILED#{_short_hash(each.pk, each.sk)}",
                "itemPk": each.pk,
                "itemSk": each.sk,
                "problem": each.problem[:500],
            }
            for each in failures
        ]
        # The segment comes last: nothing that failed lies behind a checkpoint without a note.
        for part in batched([*rows, segment.row(migration.number)], _AT_ONCE, strict=False):
            self._write([self._put(row) for row in part])

    def finish(self, migration: Migration) -> Entry:
        """Note that every item was looked at; what there is to say of it, segments included.

        The segments' rows go: nobody will go on with them.
        """
        entry = self.entry(migration)
        done = entry._replace(
            state=State.FAILED if entry.failures else State.DONE,
            ended=clock.now(),
            changed=sum(each.counts[Outcome.CHANGED] for each in entry.segments),
        )
        row = self._row(
            migration, done.state, began=done.began, ended=done.ended, changed=done.changed
        )
        rows = [self._delete(migration, f"SEGMENT#{each.number:03}") for each in entry.segments]
        self._write([self._put(row), *rows])
        return done

    def _row(self, migration: Migration, state: State, **more: Any) -> Item:
        key = {"pk": f"{PREFIX}#{migration.number}", "sk": "MIGRATION"}
        return {
            **key,
            "name": migration.name,
            "digest": migration.digest,
            "state": str(state),
            **more,
        }

    def _forget(self, migration: Migration, entry: Entry) -> None:
        """Delete what an earlier run noted, itself first: the rest may then be cut off."""
        sks = ["MIGRATION", *(f"SEGMENT#{each.number:03}" for each in entry.segments)]
        sks += [f"FAILED#{_short_hash(each.pk, each.sk)}" for each in entry.failures]
        for part in batched(sks, _AT_ONCE, strict=False):
            self._write([self._delete(migration, sk) for sk in part])

    def _delete(self, migration: Migration, sk: str) -> TransactWriteItemTypeDef:
        key = {"pk": f"{PREFIX}#{migration.number}", "sk": sk}
        return {"Delete": {"TableName": self._table, "Key": to_wire(key)}}

    def _put(self, row: Item) -> TransactWriteItemTypeDef:
        return {"Put": {"TableName": self._table, "Item": to_wire(row)}}

    def _write(self, actions: Sequence[TransactWriteItemTypeDef]) -> None:
        """All of them, if the lock is still ours. Raises LostLock when it is not."""
        held: TransactWriteItemTypeDef = {
            "ConditionCheck": {
                "TableName": self._table,
                "Key": to_wire(LOCK_KEY),
                "ConditionExpression": "#owner = :owner",
                "ExpressionAttributeNames": {"#owner": "owner"},
                "ExpressionAttributeValues": to_wire({":owner": self._owner}),
            }
        }
        try:
            self._client.transact_write_items(TransactItems=[held, *actions])
        except self._client.exceptions.TransactionCanceledException as error:
            reasons = error.response.get("CancellationReasons", [])
            if reasons and reasons[0]["Code"] == "ConditionalCheckFailed":
                raise LostLock(
                    f"Somebody else migrates {self._table} now; this run ends here."
                ) from error
            raise OperationError(
                f"Others keep writing to the ledger of {self._table}; give the same command again."
            ) from error


def _short_hash(pk: str, sk: str) -> str:
    """Of a key, which may be as long as a key may be, and the ledger's keys are no longer."""
    return hashlib.sha256(f"{len(pk)}:{pk}{sk}".encode()).hexdigest()[:32]
