"""What a table held at a moment, from the writes that it has seen. Pure: no emulator takes part."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

type JsonItem = Mapping[str, Any]
"""An item as DynamoDB's API writes it in JSON; binary values are base64."""


class Write(NamedTuple):
    """One row as a write left it, at the time when it was committed; None: it was deleted."""

    at: datetime
    table: str
    key: str
    row: JsonItem | None


@dataclass
class Life:
    """A table from when its writes began to be logged until it was deleted.

    ``rows`` is what it held then, by key. They were read while it may have been written to: the log
    began before that, and tells every row whole, so that repeating it makes them right.
    """

    name: str
    shape: Mapping[str, Any]
    """As DescribeTable tells it."""
    began: datetime
    rows: Mapping[str, JsonItem]
    writes: list[Write] = field(default_factory=list)
    ended: datetime | None = None

    def has(self, moment: datetime) -> bool:
        """Whether it can be told what the table held at ``moment``."""
        return self.began <= moment and (self.ended is None or moment <= self.ended)

    def at(self, moment: datetime) -> dict[str, JsonItem]:
        """Its rows at ``moment``, by key. Raises ValueError where that cannot be told."""
        if not self.has(moment):
            raise ValueError(f"{self.name} is not known at {moment.isoformat()}")
        return replayed(self.rows, (write for write in self.writes if write.at <= moment))


def replayed(rows: Mapping[str, JsonItem], writes: Iterable[Write]) -> dict[str, JsonItem]:
    """``rows`` after ``writes``, which come in the order in which they were committed."""
    found = dict(rows)
    for write in writes:
        if write.row is None:
            found.pop(write.key, None)
        else:
            found[write.key] = write.row
    return found


def key_text(key: JsonItem) -> str:
    """A key as one text."""
    return json.dumps(key, sort_keys=True)


def written(record: Mapping[str, Any], at: datetime) -> Write:
    """The write that a change record tells of, as the emulator sends it to Kinesis.

    ``at`` is when it was sent, which is when it was committed: the record itself knows the second.
    """
    told = record["dynamodb"]
    # arn:aws:dynamodb:<region>:<account>:table/<name>/stream/<label>
    table = record["eventSourceARN"].split("/")[1]
    return Write(at, table, key_text(told["Keys"]), told.get("NewImage"))
