"""What calls to DynamoDB consume, counted by the rules that AWS documents.

Neither of the emulators can be asked for it: moto answers with a few fixed numbers. MiniStack
counts the writes of transactions as is done here (they were compared), but says nothing of
BatchGetItem and of cancelled transactions, and counts any other read as one, however large it is.

The rules, of the pages CapacityUnitCalculations, read-write-operations and GSI of the developer
guide and of BatchGetItem in the API's reference:

- A strongly consistent read of an item is one read unit for each 4 KB begun, an eventually
  consistent one half of it, a transactional one twice as much. What is not there costs as much as
  what is small. BatchGetItem is as many reads. A query is one read of all that it looks at
  together; on an index, of the index's entries.
- A write is one write unit for each 1 KB begun of the item before or after it, the larger; in a
  transaction it is two, and so is a condition check.
- An index is written besides, one unit for each 1 KB begun of its entry: once where an entry comes
  or goes, twice where its key changes, never where nothing of it does.
- A condition that fails is charged for as well, by the item that is there. What the rest of a
  cancelled transaction costs is not documented: it is counted as if it had been checked.
"""

from __future__ import annotations

import json
from math import ceil
from typing import TYPE_CHECKING, Any, NamedTuple

from tests.sizes import wire_size

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

_READ, _WRITE = 4096, 1024
_SINGLE_WRITES = {"PutItem", "UpdateItem", "DeleteItem"}

type Row = dict[str, Any]
"""In DynamoDB's typed form."""


class Cost(NamedTuple):
    calls: int
    reads: float
    writes: int


class Meter:
    """Counts what ``client`` consumes from here on, until it is asked (``spent``)."""

    def __init__(self, client: DynamoDBClient) -> None:
        self._client = client
        self._keys: dict[str, list[tuple[str, ...]]] = {}
        self._reading = False
        self._before: list[Row] = []
        self._request: dict[str, Any] = {}
        self._zero()
        client.meta.events.register("before-call.dynamodb", self._before_call)
        client.meta.events.register("after-call.dynamodb", self._after_call)

    def spent(self) -> Cost:
        """Since the last time that this was asked."""
        cost = Cost(self._calls, self._reads, self._writes)
        self._zero()
        return cost

    def _zero(self) -> None:
        self._calls, self._reads, self._writes = 0, 0.0, 0

    def _before_call(self, model: Any, params: dict[str, Any], **_: Any) -> None:
        if self._reading:
            return
        self._request = json.loads(params["body"])
        if model.name in {"TransactWriteItems", *_SINGLE_WRITES}:
            self._before = self._rows()

    def _after_call(self, model: Any, parsed: dict[str, Any], **_: Any) -> None:
        if self._reading:
            return
        self._calls += 1
        match model.name:
            case "GetItem":
                units = _read_units(parsed.get("Item", {}))
                self._reads += units * _share(self._request)
            case "BatchGetItem":
                self._reads += sum(
                    _batch_units(asked, parsed["Responses"].get(table, []))
                    for table, asked in self._request["RequestItems"].items()
                )
            case "Query":
                self._reads += _read_units(*parsed["Items"]) * _share(self._request)
            case "TransactGetItems":
                found = [each.get("Item", {}) for each in parsed["Responses"]]
                self._reads += 2 * sum(map(_read_units, found))
            case "TransactWriteItems":
                self._writes += self._written(2)
            case name if name in _SINGLE_WRITES:
                self._writes += self._written(1)
            case other:
                raise NotImplementedError(other)

    def _written(self, rate: int) -> int:
        writes = zip(self._actions(), self._before, self._rows(), strict=True)
        return sum(
            rate * max(_write_units(before), _write_units(after))
            + sum(_entry_units(keys, before, after) for keys in self._index_keys(table))
            for (table, _), before, after in writes
        )

    def _actions(self) -> list[tuple[str, Row]]:
        """The tables and the keys of what is written or checked."""
        items = self._request.get("TransactItems", [{"": self._request}])
        actions = [action for item in items for action in item.values()]
        return [(each["TableName"], _key(each.get("Key") or each["Item"])) for each in actions]

    def _rows(self) -> list[Row]:
        """The rows that are written or checked, as they are."""
        self._reading = True
        rows = [
            self._client.get_item(TableName=table, Key=key, ConsistentRead=True).get("Item", {})
            for table, key in self._actions()
        ]
        self._reading = False
        return rows

    def _index_keys(self, table: str) -> list[tuple[str, ...]]:
        """The key attributes of each index, all of which hold keys only."""
        if table not in self._keys:
            self._reading = True
            described = self._client.describe_table(TableName=table)["Table"]
            self._reading = False
            self._keys[table] = [
                tuple(each["AttributeName"] for each in index["KeySchema"])
                for index in described.get("GlobalSecondaryIndexes", [])
            ]
        return self._keys[table]


def _batch_units(asked: dict[str, Any], found: list[Row]) -> float:
    missing = len(asked["Keys"]) - len(found)
    return (missing + sum(map(_read_units, found))) * _share(asked)


def _share(asked: dict[str, Any]) -> float:
    return 1 if asked.get("ConsistentRead") else 0.5


def _read_units(*rows: Row) -> int:
    return max(1, ceil(sum(map(wire_size, rows)) / _READ))


def _write_units(row: Row) -> int:
    return max(1, ceil(wire_size(row) / _WRITE))


def _entry_units(keys: tuple[str, ...], before: Row, after: Row) -> int:
    """What one index costs when a row changes."""
    old, new = _entry(keys, before), _entry(keys, after)
    return 0 if old == new else sum(_write_units(each) for each in (old, new) if each)


def _entry(keys: tuple[str, ...], row: Row) -> Row:
    """A row's entry in an index, if it has one."""
    if any(name not in row for name in keys):
        return {}
    return {name: row[name] for name in {*keys, "pk", "sk"}}


def _key(row: Row) -> Row:
    return {name: row[name] for name in ("pk", "sk")}
