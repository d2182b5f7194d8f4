"""How far a run is, on a terminal."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from ops.migrate.run import Watcher

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.console import Console


class Bar(Watcher):
    """A bar of ``total`` items, once for each pass; None: nobody knows how many there are."""

    def __init__(self, progress: Progress, title: str, total: int | None) -> None:
        self._progress = progress
        self._title = title
        self._total = total
        self._task = progress.add_task(title, total=total)

    def begins(self, number: int, looked_at: int) -> None:
        title = self._title if number == 1 else f"{self._title}, pass {number}"
        self._progress.remove_task(self._task)
        self._task = self._progress.add_task(title, total=self._total, completed=looked_at)

    def looked_at(self, items: int) -> None:
        self._progress.advance(self._task, items)

    def waits(self) -> None:
        title = f"{self._title}, until requests under way are over"
        self._progress.update(self._task, description=title)


@contextmanager
def bar(console: Console, title: str, total: int) -> Iterator[Bar]:
    """Shown while it is open, if ``console`` is a terminal."""
    columns = (
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(),
    )  # fmt: skip
    with Progress(
        *columns, console=console, transient=True, disable=not console.is_terminal
    ) as progress:
        yield Bar(progress, title, total or None)
