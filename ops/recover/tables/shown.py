"""Differences between tables, for a person."""

from __future__ import annotations

from collections import Counter
from contextlib import contextmanager
from threading import Lock
from typing import TYPE_CHECKING

from rich.markup import escape
from rich.table import Table

from ops.recover.tables.compare import Kind
from ops.recover.tables.repair import rows

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from rich.console import Console

    from ops.recover.tables.choose import Choice
    from ops.recover.tables.compare import Comparison, Sample
    from ops.recover.tables.locate import StackTable
    from ops.recover.tables.preview import Preview

_WORDS = {
    Kind.DIFFERENT: "overwrite",
    Kind.ONLY_RESTORED: "bring back",
    Kind.ONLY_LIVE: "delete",
}
_LATER = {
    "OrdersTable": ("version", "what was done with these orders"),
    "ProductsTable": ("stock", "what was sold and delivered"),
}
"""By table: the attribute that the shop itself keeps changing, and what goes back with it."""
_HALVES = (
    "An order and the stock that it took are rows of two tables, written in one transaction:"
    " putting one of them right may leave the other half as it is. Run `shop recover verify`"
    " afterwards."
)


@contextmanager
def reading(console: Console) -> Iterator[Callable[[int], None]]:
    """Shows how many items were read; what comes back hears of more, from any thread."""
    read: Counter[str] = Counter()
    lock = Lock()
    with console.status("Reading") as status:

        def more(number: int) -> None:
            with lock:
                read["items"] += number
                status.update(f"Reading: {read['items']:,} items")

        yield more


def comparison(console: Console, found: Comparison) -> None:
    for which, side in (("live", found.live), ("restored", found.restored)):
        line = f"{which:8} {side.name}: {side.items:,} items, SHA-256 {side.sha256}"
        console.print(line, soft_wrap=True)
    if found.same:
        console.print("They are the same.")
        return
    counts = ", ".join(f"{number:,} {kind}" for kind, number in found.counts.items())
    console.print(f"They differ: {counts}.")
    _samples(console, found.samples, {kind: kind.value for kind in Kind})


def preview(console: Console, found: Preview, table: StackTable, choice: Choice) -> None:
    if not found.counts:
        console.print("There is nothing to put right.")
        return
    counts = ", ".join(
        f"{_WORDS[kind]} {rows(number)}" for kind in Kind if (number := found.counts[kind])
    )
    console.print(f"This would, as things are now: {counts}.")
    if found.attributes:
        told = (f"{escape(name)} in {n:,}" for name, n in sorted(found.attributes.items()))
        console.print(f"What is overwritten in them: {', '.join(told)}.")
    _samples(console, found.samples, _WORDS)
    if table.logical_id in _LATER:
        _warn(console, found, choice, *_LATER[table.logical_id])
        console.print(_HALVES)


def _warn(console: Console, found: Preview, choice: Choice, name: str, what: str) -> None:
    """Of an attribute that goes back, and that nobody asked for."""
    if found.attributes[name] and name not in choice.attributes:
        console.print(
            f"Careful: `{name}` goes back to what it was in {rows(found.attributes[name])}, and"
            f" {what} since is forgotten. --attribute NAME, once for each that is wrong, leaves all"
            " others as they are."
        )


def _samples(console: Console, samples: Sequence[Sample], words: Mapping[Kind, str]) -> None:
    table = Table("")
    table.add_column("key", overflow="fold")
    table.add_column("attributes that differ", overflow="fold", max_width=25)
    for sample in samples:
        table.add_row(words[sample.kind], escape(sample.key), escape(", ".join(sample.attributes)))
    if samples:
        console.print(table)
