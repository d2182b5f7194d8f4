"""What was done to a table, told by rows of the table itself, so that it is restored with them.

| row       | pk                 | sk            | holds                                          |
|-----------|--------------------|---------------|------------------------------------------------|
| lock      | MIGRATION          | LOCK          | owner, who, until (epoch seconds)              |
| migration | MIGRATION#<number> | MIGRATION     | name, digest, state, began, ended, owner,      |
|           |                    |               | changed, passes (counts of each), problem      |
| segment   | MIGRATION#<number> | SEGMENT#<n>   | how far its scan came (lastKey), done, counts  |
| failure   | MIGRATION#<number> | FAILED#<hash> | the key of an item that it could not handle    |

Every write states that the lock is still held, so that who lost it, and does not know yet, changes
nothing here.
"""

from __future__ import annotations

import hashlib
from itertools import batched, islice
from typing import TYPE_CHECKING

from ops.errors import OperationError
from ops.migrate.entry import Entry, Segment, State
from shop import clock
from shop.dynamo import Table, from_wire, to_wire
from shop.errors import Unavailable

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import TransactWriteItemTypeDef

    from ops.migrate.entry import Failure
    from ops.migrate.migration import Migration
    from shop.dynamo import Item

PREFIX = "MIGRATION"
LOCK_KEY = {"pk": PREFIX, "sk": "LOCK"}
_AT_ONCE = 90  # a transaction takes 100 actions; the lock is one


def is_ledger(row: Item) -> bool:
    """Whether a row is the ledger's, which every table may have."""
    return str(row["pk"]).partition("#")[0] == PREFIX


class LostLock(OperationError):
    """Somebody else took the lock meanwhile."""


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
            ExpressionAttributeValues=to_wire({":pk": _pk(migration.number)}),
            ConsistentRead=True,
        )
        return Entry.of(from_wire(item) for page in pages for item in page["Items"])

    def others(self, known: Collection[str]) -> dict[str, Entry]:
        """Migrations that it tells of, by number, without those ``known``, nor their segments.

        There is no asking for all: the first hundred numbers that are not known are tried.
        """
        free = (number for each in range(1, 10_000) if (number := f"{each:04}") not in known)
        keys = [{"pk": _pk(number), "sk": "MIGRATION"} for number in islice(free, 100)]
        try:
            rows = Table(self._table, self._client).batch_get(keys, consistent=True)
        except Unavailable as error:
            raise OperationError(f"{self._table} cannot be read now; try again later.") from error
        found = {row["pk"].removeprefix(f"{PREFIX}#"): Entry.of([row]) for row in rows}
        return dict(sorted(found.items()))

    def begin(self, migration: Migration, segments: int) -> Entry:
        """Note that it runs; with the segments of a run that was cut off, or with new ones.

        A migration that is done, since somebody else was first, is left alone. One that failed for
        some items is tried again from the start: it is idempotent.
        """
        entry = self.entry(migration)
        cut_off = entry.state is State.RUNNING and entry.digest == migration.digest
        if entry.state is State.DONE or (cut_off and entry.segments):
            return entry
        self._forget(migration, entry)
        made = Entry(
            State.RUNNING,
            migration.name,
            began=clock.now(),
            digest=migration.digest,
            owner=self._owner,
            segments=[Segment(number) for number in range(segments)],
        )
        self._write(self._puts(migration, made))
        return made

    def checkpoint(
        self, migration: Migration, segment: Segment, failures: Sequence[Failure]
    ) -> None:
        """Note how far ``segment`` came, and what failed on the way."""
        pk = _pk(migration.number)
        rows: list[Item] = [
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
        for part in batched([*rows, {"pk": pk, **segment.row()}], _AT_ONCE, strict=False):
            self._write([self._put(row) for row in part])

    def end_pass(self, migration: Migration) -> Entry:
        """Note that every item was looked at; what there is to say then: ended, or running still.

        The segments' rows begin anew, or go. A run that another one began is no whole pass.
        """
        entry = self.entry(migration)
        ended = entry.after_pass(whole=entry.owner == self._owner, now=clock.now())
        ended = ended._replace(owner=self._owner)
        rows = [] if ended.segments else [each.sk for each in entry.segments]
        deletes = [self._delete(migration, sk) for sk in rows]
        self._write([*self._puts(migration, ended), *deletes])
        return ended

    def _puts(self, migration: Migration, entry: Entry) -> list[TransactWriteItemTypeDef]:
        """The rows of ``entry``, but for what failed."""
        pk = _pk(migration.number)
        row = {
            "pk": pk,
            "sk": "MIGRATION",
            "name": entry.name,
            "digest": entry.digest,
            "state": str(entry.state),
            "began": entry.began,
            "ended": entry.ended,
            "owner": entry.owner,
            "changed": entry.changed,
            "problem": entry.problem,
            "passes": [each.row() for each in entry.passes],
        }
        return [self._put(row), *(self._put({"pk": pk, **each.row()}) for each in entry.segments)]

    def _forget(self, migration: Migration, entry: Entry) -> None:
        """Delete what an earlier run noted, itself first: the rest may then be cut off."""
        sks = ["MIGRATION", *(each.sk for each in entry.segments)]
        sks += [f"FAILED#{_short_hash(each.pk, each.sk)}" for each in entry.failures]
        for part in batched(sks, _AT_ONCE, strict=False):
            self._write([self._delete(migration, sk) for sk in part])

    def _delete(self, migration: Migration, sk: str) -> TransactWriteItemTypeDef:
        key = {"pk": _pk(migration.number), "sk": sk}
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


def _pk(number: str) -> str:
    return f"{PREFIX}#{number}"


def _short_hash(pk: str, sk: str) -> str:
    """Of a key, which may be as long as a key may be, and the ledger's keys are no longer."""
    return hashlib.sha256(f"{len(pk)}:{pk}{sk}".encode()).hexdigest()[:32]
