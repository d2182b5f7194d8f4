"""Reference data: what every shop needs to work with, loaded with every deployment.

The table's ledger (ops/migrate/ledger.py) notes which version of the file was loaded and what was
in it. What is no longer in the file stays in the shop, where products may be in it, and is told.
"""

from __future__ import annotations

import hashlib
from itertools import batched
from typing import TYPE_CHECKING, NamedTuple

from ops.errors import OperationError
from ops.migrate.ledger import PREFIX
from ops.seed.catalogue import from_files
from ops.seed.load import SAMPLE_CATEGORIES, Counts, load
from ops.seed.names import CategoryNames
from ops.seed.store import Store
from products.repository import category_key
from shop import clock
from shop.dynamo import Table, to_wire

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from mypy_boto3_dynamodb.type_defs import PutItemInputTypeDef

    from ops.target import Target
    from shop.dynamo import Item

NOTE_KEY = {"pk": f"{PREFIX}#SEED", "sk": "categories"}


class Note(NamedTuple):
    """What the ledger says: the names of the file, and those of earlier ones while they last."""

    version: str
    loaded_at: str
    names: list[str]


class Loaded(NamedTuple):
    """What became of it.

    ``left`` are the categories that the file named once and does no more; ``kept`` are those that
    the shop spells otherwise, with the file's spelling.
    """

    version: str
    counts: Counts
    left: list[str]
    kept: Mapping[str, str]


def require_good_file(file: Path = SAMPLE_CATEGORIES) -> None:
    """Raise BadFiles, or OperationError, when ``file`` could not be loaded into any shop."""
    from_files(None, file, CategoryNames())


def load_reference(
    target: Target, file: Path = SAMPLE_CATEGORIES, *, dry_run: bool = False
) -> Loaded:
    """Bring the categories of ``file`` into the shop, and note its version.

    Raises BadFiles, or OperationError, also when somebody else loads another version meanwhile.
    """
    store = Store.of(target)
    seen = find_note(store)
    known = store.category_names()
    catalogue = from_files(None, file, known)
    counts = load(store, catalogue, dry_run=dry_run).categories
    version = hashlib.sha256(file.read_bytes()).hexdigest()[:16]
    named = [each.name for each in catalogue.categories]
    left = _left(store, seen, named)
    names = [*named, *left]
    if not dry_run and (seen is None or (seen.version, seen.names) != (version, names)):
        _write(store, seen, Note(version, clock.now(), names))
    return Loaded(version, counts, left, known.kept)


def find_note(store: Store) -> Note | None:
    row = Table(store.table, store.client).get(NOTE_KEY)
    return Note(row["version"], row["loadedAt"], row["names"]) if row else None


def _left(store: Store, seen: Note | None, named: list[str]) -> list[str]:
    gone = [name for name in (seen.names if seen else []) if name not in named]
    parts = batched(map(category_key, gone), 100, strict=False)
    return sorted(key.sk for part in parts for key in store.rows(part))


def _write(store: Store, seen: Note | None, note: Note) -> None:
    row: Item = {
        **NOTE_KEY,
        "version": note.version,
        "loadedAt": note.loaded_at,
        "names": note.names,
    }
    request: PutItemInputTypeDef = {
        "TableName": store.table,
        "Item": to_wire(row),
        "ConditionExpression": "attribute_not_exists(pk)" if seen is None else "loadedAt = :seen",
    }
    if seen:
        request["ExpressionAttributeValues"] = to_wire({":seen": seen.loaded_at})
    try:
        store.client.put_item(**request)
    except store.client.exceptions.ConditionalCheckFailedException as error:
        raise OperationError("Somebody else loads reference data, too; run it again.") from error
