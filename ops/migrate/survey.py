"""All items looked at, and none changed: what a migration would do, and whether it was done."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from ops.migrate.entry import Failure
from ops.migrate.migration import told

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ops.migrate.migration import Migration
    from ops.migrate.run import Run
    from shop.dynamo import Item

SAMPLES = 10
"""Of each kind: more would hide what they have in common."""


class Survey(NamedTuple):
    """``samples`` are some of the items that are told of, each with what is to be said."""

    items: int
    changes: int
    problems: int
    samples: Sequence[Failure]


def preview(run: Run) -> Survey:
    """What the migration of ``run`` would change now, and what it could not bring along.

    The latter come first among the samples.
    """
    items = changed = failed = 0
    bad: list[Failure] = []
    good: list[Failure] = []
    for item in (each for page in run.pages() for each in page.items):
        items += 1
        try:
            changes = run.migration.changes(item)
        except Exception as error:  # noqa: BLE001  (the step's own; the others go on)
            failed += 1
            _note(bad, item, told(error))
            continue
        if changes:
            changed += 1
            _note(good, item, _shown(item, changes))
    return Survey(items, changed, failed, bad + good)


def problems(run: Run) -> Survey:
    """The items that are not as the migration of ``run`` leaves them."""
    items = count = 0
    samples: list[Failure] = []
    for item in (each for page in run.pages() for each in page.items):
        items += 1
        problem = _problem(run.migration, item)
        if problem:
            count += 1
            _note(samples, item, problem)
    return Survey(items, 0, count, samples)


def _problem(migration: Migration, item: Item) -> str | None:
    try:
        changes = migration.changes(item)
        return f"is not migrated: {_shown(item, changes)}" if changes else migration.fault(item)
    except Exception as error:  # noqa: BLE001  (the step's own; the others go on)
        return told(error)


def _shown(item: Item, changes: Item) -> str:
    return ", ".join(f"{name} {item.get(name)!r} -> {new!r}" for name, new in changes.items())


def _note(samples: list[Failure], item: Item, problem: str) -> None:
    if len(samples) < SAMPLES:
        samples.append(Failure(item["pk"], item["sk"], problem))
