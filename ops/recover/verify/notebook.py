"""What a reading of all rows noted down, on disk: memory does not grow with the shop.

It lives in a private temporary folder, for as long as it is open.
"""

from __future__ import annotations

import sqlite3
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, NamedTuple, Self

from ops.recover.verify.facts import SIGNS
from ops.recover.verify.rules import Key, Rule

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ops.recover.verify.facts import Facts

_CACHE_KILOBYTES = 64 * 1024
_SCHEMA = f"""
PRAGMA journal_mode = OFF;
PRAGMA synchronous = OFF;
PRAGMA cache_size = -{_CACHE_KILOBYTES};
CREATE TABLE things (digest BLOB PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE needs (rule TEXT, tab TEXT, pk TEXT, sk TEXT, digest BLOB);
CREATE TABLE problems (tab TEXT, pk TEXT, sk TEXT);
CREATE TABLE stocks (product TEXT PRIMARY KEY, stock INTEGER) WITHOUT ROWID;
CREATE TABLE sums (product TEXT PRIMARY KEY, total INTEGER) WITHOUT ROWID;
CREATE TABLE books (user TEXT PRIMARY KEY, size INTEGER, default_id TEXT) WITHOUT ROWID;
CREATE TABLE addresses (user TEXT, id TEXT, PRIMARY KEY (id, user)) WITHOUT ROWID;
CREATE INDEX of_user ON addresses (user);
CREATE TABLE shipments (pk TEXT, sk TEXT, user TEXT, address TEXT);
CREATE TABLE customers (user TEXT PRIMARY KEY, orders INTEGER) WITHOUT ROWID;
CREATE TABLE users (id TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE images (pk TEXT, sk TEXT, name TEXT);
CREATE TABLE objects (name TEXT PRIMARY KEY, size INTEGER) WITHOUT ROWID;
"""
_DANGLING = """
SELECT DISTINCT rule, tab, pk, sk FROM needs LEFT JOIN things USING (digest)
WHERE things.digest IS NULL
"""
_UNEVEN = """
SELECT product FROM stocks LEFT JOIN sums USING (product)
WHERE stock <> COALESCE(total, 0)
"""
_ODD_BOOKS = """
SELECT owner.user FROM (SELECT user FROM books UNION SELECT user FROM addresses) owner
LEFT JOIN books ON books.user = owner.user
WHERE COALESCE(size, -1) <> (SELECT COUNT(*) FROM addresses a WHERE a.user = owner.user)
OR (default_id IS NOT NULL AND NOT EXISTS
    (SELECT 1 FROM addresses a WHERE a.user = owner.user AND a.id = default_id))
"""
_ELSEWHERE = """
SELECT pk, sk, other.user FROM shipments
JOIN addresses other ON other.id = address AND other.user <> shipments.user
WHERE NOT EXISTS (SELECT 1 FROM addresses own WHERE own.id = address AND own.user = shipments.user)
"""
_UNSEEN = """
SELECT pk, sk, name, size FROM images LEFT JOIN objects USING (name)
WHERE COALESCE(size, 0) = 0
"""


class Unseen(NamedTuple):
    """A product, and the key of its image: ``size`` is None where there is no such object."""

    product: Key
    name: str
    size: int | None


class Shipment(NamedTuple):
    """An order, and who else has the address that it names."""

    order: Key
    other_user: str


class Notebook:
    def __init__(self) -> None:
        self._folder = TemporaryDirectory(prefix="shop-verify-")
        self._db = sqlite3.connect(Path(self._folder.name) / "notes", isolation_level=None)
        self._db.executescript(_SCHEMA)
        self._db.execute("BEGIN")  # one transaction: nothing is written before the cache is full

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._db.close()
        self._folder.cleanup()

    def add(self, key: Key, facts: Facts) -> None:
        if facts.problems:
            self._run("INSERT INTO problems VALUES (?, ?, ?)", *key)
        for thing in facts.offers:
            self._run("INSERT OR IGNORE INTO things VALUES (?)", thing.digest)
        for need in facts.needs:
            digest = need.thing.digest
            self._run("INSERT INTO needs VALUES (?, ?, ?, ?, ?)", need.rule, *key, digest)
        for move in facts.moves:
            self._run(
                "INSERT INTO sums VALUES (?, ?)"
                " ON CONFLICT (product) DO UPDATE SET total = total + excluded.total",
                move.product_id,
                SIGNS[move.kind] * move.quantity,
            )
        if facts.stock:
            self._run("INSERT OR REPLACE INTO stocks VALUES (?, ?)", *facts.stock)
        self._add_people(key, facts)

    def _add_people(self, key: Key, facts: Facts) -> None:
        if facts.book:
            self._run("INSERT OR REPLACE INTO books VALUES (?, ?, ?)", *facts.book)
        if facts.address:
            self._run("INSERT OR IGNORE INTO addresses VALUES (?, ?)", *facts.address)
        if facts.ships_to:
            self._run("INSERT INTO shipments VALUES (?, ?, ?, ?)", key.pk, key.sk, *facts.ships_to)
        if facts.customer:
            self._run(
                "INSERT INTO customers VALUES (?, 1)"
                " ON CONFLICT (user) DO UPDATE SET orders = orders + 1",
                facts.customer,
            )
        if facts.user:
            self._run("INSERT OR IGNORE INTO users VALUES (?)", facts.user)

    def add_image(self, key: Key, name: str) -> None:
        """That the product at ``key`` names the object ``name``."""
        self._run("INSERT INTO images VALUES (?, ?, ?)", key.pk, key.sk, name)

    def add_objects(self, objects: Iterable[tuple[str, int]]) -> None:
        """Keys and sizes of what is in the bucket of images."""
        self._db.executemany("INSERT OR IGNORE INTO objects VALUES (?, ?)", objects)

    def _run(self, statement: str, *values: object) -> None:
        self._db.execute(statement, values)

    def problems(self) -> Iterator[Key]:
        """Rows with something wrong in them."""
        yield from map(Key._make, self._db.execute("SELECT * FROM problems"))

    def dangling(self) -> Iterator[tuple[Rule, Key]]:
        """Rows that need something that was not seen."""
        for rule, *key in self._db.execute(_DANGLING):
            yield Rule(rule), Key._make(key)

    def uneven(self) -> list[str]:
        """Products whose stock is not the sum of what moved it."""
        return [product for (product,) in self._db.execute(_UNEVEN)]

    def odd_books(self) -> Iterator[str]:
        """Users whose address book does not fit the addresses."""
        for (user,) in self._db.execute(_ODD_BOOKS):
            yield user

    def elsewhere(self) -> Iterator[Shipment]:
        """Orders to an address that was seen with someone else, and not with the customer."""
        for pk, sk, user in self._db.execute(_ELSEWHERE):
            yield Shipment(Key("orders", pk, sk), user)

    def unseen(self) -> Iterator[Unseen]:
        """Images that products name, and that are not in the bucket, or empty."""
        for pk, sk, name, size in self._db.execute(_UNSEEN):
            yield Unseen(Key("products", pk, sk), name, size)

    def past_orders(self) -> int:
        """How many orders there are of accounts that are gone."""
        (number,) = self._db.execute(
            "SELECT COALESCE(SUM(orders), 0) FROM customers"
            " WHERE user NOT IN (SELECT id FROM users)"
        ).fetchone()
        return int(number)
