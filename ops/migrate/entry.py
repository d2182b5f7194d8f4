"""What the ledger tells of a migration."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from shop.dynamo import Item

MOST_PASSES = 5
"""Whole ones. Were the last to find something to change still, somebody keeps putting it back."""


class Outcome(StrEnum):
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    GONE = "gone"
    FAILED = "failed"


class State(StrEnum):
    PENDING = "pending"
    RUNNING = "running"
    FAILED = "failed"
    """It was tried on every item, and some could not be brought along, or did not stay so."""
    DONE = "done"
    """All items were looked at in one go, and none was left to change."""


@dataclass
class Segment:
    """A part of the table's scan, and what became of its items so far."""

    number: int
    last_key: Item | None = None
    done: bool = False
    counts: Counter[Outcome] = field(default_factory=Counter)

    @property
    def sk(self) -> str:
        return f"SEGMENT#{self.number:03}"

    def row(self) -> Item:
        """Without the partition key."""
        counts = _counts_row(self.counts)
        return {"sk": self.sk, "lastKey": self.last_key, "done": self.done, "counts": counts}

    @classmethod
    def of(cls, row: Item) -> Segment:
        number = int(row["sk"].removeprefix("SEGMENT#"))
        return cls(number, row.get("lastKey"), row["done"], _counts(row["counts"]))


class Failure(NamedTuple):
    """An item that the step could not handle: its key, and why in a sentence."""

    pk: str
    sk: str
    problem: str


class Pass(NamedTuple):
    """All items looked at once; ``whole``: by one run, from the beginning to the end.

    Of one that was cut off, what was changed after its last checkpoint is not counted.
    """

    whole: bool
    counts: Counter[Outcome]

    @property
    def items(self) -> int:
        return self.counts.total()

    def row(self) -> Item:
        return {"whole": self.whole, "counts": _counts_row(self.counts)}

    @classmethod
    def of(cls, row: Item) -> Pass:
        return cls(row["whole"], _counts(row["counts"]))


class Entry(NamedTuple):
    """What the ledger says of a migration since it began last.

    ``changed`` counts the items of every pass, ``owner`` is the lock's holder who began the present
    one. ``problem`` says why it failed, if that is not told by ``failures``.
    """

    state: State
    name: str = ""
    began: str | None = None
    ended: str | None = None
    changed: int = 0
    digest: str | None = None
    owner: str | None = None
    problem: str | None = None
    passes: Sequence[Pass] = ()
    segments: Sequence[Segment] = ()
    failures: Sequence[Failure] = ()

    @property
    def cut_off(self) -> bool:
        """Whether ``changed`` may be less than what was."""
        return not all(each.whole for each in self.passes)

    @property
    def changed_told(self) -> str:
        return f"{'at least ' if self.cut_off else ''}{self.changed:,}"

    @classmethod
    def of(cls, rows: Iterable[Item]) -> Entry:
        by_sk = {row["sk"]: row for row in rows}
        row = by_sk.get("MIGRATION", {})
        segments = [Segment.of(each) for sk, each in by_sk.items() if sk.startswith("SEGMENT#")]
        failed = [each for sk, each in by_sk.items() if sk.startswith("FAILED#")]
        now = sum(each.counts[Outcome.CHANGED] for each in segments)
        return cls(
            State(row.get("state", State.PENDING)),
            row.get("name", ""),
            row.get("began"),
            row.get("ended"),
            int(row.get("changed", 0)) + now,
            row.get("digest"),
            row.get("owner"),
            row.get("problem"),
            [Pass.of(each) for each in row.get("passes", [])],
            segments,
            [Failure(each["itemPk"], each["itemSk"], each["problem"]) for each in failed],
        )

    def after_pass(self, *, whole: bool, now: str) -> Entry:
        """As it is once all segments are done: ended, or with those of another pass.

        It ends when a whole pass had nothing to change: what was brought along may have been put
        back behind its back, by who had read it before.
        """
        counts = sum((each.counts for each in self.segments), Counter[Outcome]())
        passes = [*self.passes, Pass(whole, counts)]
        entry = self._replace(passes=passes, segments=[], ended=now)
        if self.failures:
            return entry._replace(state=State.FAILED)
        if whole and not counts[Outcome.CHANGED]:
            return entry._replace(state=State.DONE)
        if sum(each.whole for each in passes) >= MOST_PASSES:
            return entry._replace(state=State.FAILED, problem=_restless(counts))
        anew = [Segment(each.number) for each in self.segments]
        return entry._replace(segments=anew, ended=None)


def _restless(counts: Counter[Outcome]) -> str:
    return (
        f"{counts[Outcome.CHANGED]:,} items had to be changed in pass {MOST_PASSES} still:"
        " something puts back what was migrated. Deploy the code that keeps the new shape"
        " everywhere, then begin again."
    )


def _counts(row: Item) -> Counter[Outcome]:
    return Counter({Outcome(name): int(count) for name, count in row.items()})


def _counts_row(counts: Counter[Outcome]) -> Item:
    return {str(outcome): count for outcome, count in counts.items()}
