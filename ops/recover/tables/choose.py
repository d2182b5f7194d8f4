"""Which rows a repair is about: those that a person names, those since a moment, or all."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from ops.errors import OperationError
from ops.recover.tables.canonical import canonical, from_canonical, item_key
from ops.recover.tables.rows import Change, read, same
from ops.recover.tables.scan import key_names

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from mypy_boto3_dynamodb import DynamoDBClient

    from ops.recover.tables.canonical import WireItem

_NAMED = 5  # keys in a sentence


class Choice(NamedTuple):
    """``since``: as shop.clock writes times. ``delete_added``: what is only live goes.

    ``attributes``: of rows that both tables have, these alone are put right; else all of them.
    """

    since: str | None = None
    delete_added: bool = False
    attributes: frozenset[str] = frozenset()

    def part(self, row: WireItem | None) -> WireItem | None:
        """What of a row it is about."""
        if row is None or not self.attributes:
            return row
        return {name: value for name, value in row.items() if name in self.attributes}

    def narrowed(self, change: Change) -> Change:
        """The change of the attributes that it is about."""
        if not self.attributes:
            return change
        if change.seen is None or change.wanted is None:
            return change._replace(wanted=change.seen)
        others = {k: v for k, v in change.seen.items() if k not in self.attributes}
        return change._replace(wanted={**others, **(self.part(change.wanted) or {})})

    def takes(self, change: Change) -> bool:
        """Whether a repair is to make this change (``seen`` live, ``wanted`` restored)."""
        if same(change.seen, change.wanted):
            return False
        if change.seen is None:
            return True
        if change.wanted is None and not self.delete_added:
            return False
        return self.since is None or self.since <= (last_written(change.seen) or "")


def last_written(row: WireItem) -> str | None:
    """When a row says that it was written last; many a row does not."""
    for name in ("updatedAt", "createdAt"):
        if (value := row.get(name, {}).get("S")) is not None:
            return str(value)
    return None


def changes(
    client: DynamoDBClient, live: str, restored: str, keys: Sequence[bytes]
) -> list[Change]:
    """What would bring the rows at ``keys`` of ``live`` to what they are in ``restored``."""
    ours, its = read(client, live, keys), read(client, restored, keys)
    return [Change(key, ours.get(key), its.get(key)) for key in keys]


def given_keys(texts: Sequence[str]) -> list[str]:
    """Keys as given on the command line, or in a file: @FILE, one a line.

    Raises OperationError for a file that has none.
    """
    found: list[str] = []
    for text in texts:
        found += _from_file(text) if text.startswith("@") else [text]
    return found


def _from_file(text: str) -> list[str]:
    try:
        # Not splitlines: what it takes for the end of a line may be part of a key.
        lines = [line.rstrip("\r") for line in Path(text[1:]).read_text().split("\n")]
    except (OSError, UnicodeDecodeError) as error:
        raise OperationError(f"{text[1:]} cannot be read: {error}") from error
    if not any(map(str.strip, lines)):
        raise OperationError(f"There is no key in {text[1:]}.")
    return [line for line in lines if line.strip()]


def row_keys(client: DynamoDBClient, tables: Sequence[str], texts: Iterable[str]) -> list[bytes]:
    """The keys of the rows that are meant, each once.

    A text is a JSON object with the key's attributes (plain strings, or typed as DynamoDB's API
    does), or else a partition key: all of its rows, of any of ``tables``. Raises OperationError for
    what is neither, and for a partition key that no row has.
    """
    names = key_names(client, tables[0])
    found: dict[bytes, None] = {}
    missing = []
    for text in texts:
        if text.lstrip().startswith("{"):
            found[_one_key(text, names)] = None
        elif rows := dict.fromkeys(_partition(client, tables, names, text)):
            found |= rows
        else:
            missing.append(text)
    require_none_missing(missing)
    return list(found)


def require_none_missing(keys: Sequence[str]) -> None:
    """Raise OperationError if there are any of these ``keys``, which no table has."""
    if keys:
        more = f" and {len(keys) - _NAMED:,} more" if len(keys) > _NAMED else ""
        raise OperationError(
            f"Neither table has a row of this key: {', '.join(keys[:_NAMED])}{more}."
        )


def _one_key(text: str, names: Sequence[str]) -> bytes:
    try:
        given = json.loads(text)
        typed = {
            name: {"S": value} if isinstance(value, str) else value for name, value in given.items()
        }
        if set(typed) == set(names):
            return canonical(from_canonical(json.dumps(typed)))
    except (ValueError, TypeError, AttributeError):
        pass
    raise OperationError(f"{text} is not a key: it has {' and '.join(names)}, and nothing else.")


def _partition(
    client: DynamoDBClient, tables: Sequence[str], names: Sequence[str], text: str
) -> Iterator[bytes]:
    query: Any = {
        "KeyConditionExpression": "#partition = :partition",
        "ExpressionAttributeNames": {"#partition": names[0]},
        "ExpressionAttributeValues": {":partition": {"S": text}},
        "ConsistentRead": True,
    }
    for table in tables:
        for page in client.get_paginator("query").paginate(TableName=table, **query):
            for item in page["Items"]:
                yield canonical(item_key(item, names))
