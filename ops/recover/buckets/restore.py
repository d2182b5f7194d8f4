"""A bucket as it was at a moment, as an operation: what it would take, doing it, looking again."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import batched
from typing import TYPE_CHECKING, Any, NamedTuple

from ops.errors import OperationError
from ops.recover.buckets.objects import MOST_BYTES, Objects, Outcome, Place
from ops.recover.buckets.plan import Decision, Kind, Moment, decide, decide_with_witness
from ops.recover.buckets.versions import histories, joined
from ops.recover.operation import Operation, Step
from ops.recover.report import seconds_between
from shop.clock import timestamp

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from ops.recover.buckets.versions import Entry
    from ops.recover.operation import Facts, Work

WORKERS = 8
_AT_ONCE = 64
SAMPLES = 20
PASSING = "uploads/"
"""What is on its way to be looked at, and gone within a day: a copy would set it off again."""

_AS_DECIDED = (Kind.SAME, Kind.LOST, Kind.ELSEWHERE)
"""At these nothing is done, and so nothing is to be seen afterwards."""
LEFT = (Outcome.CHANGED, Outcome.LOST, Outcome.ELSEWHERE, Outcome.REFUSED)


class Checked(NamedTuple):
    """A key, looked at after all: ``sha256`` of what it shows, where a version had to show it."""

    key: str
    kind: Kind
    good: bool
    others: bool
    """Whether others have changed it meanwhile, or it could not be copied."""
    sha256: str = ""
    size: int = 0


@dataclass
class BucketRestore:
    """``began`` is when it was first asked for: what others write after that is theirs.

    ``witness`` is the replica of ``live`` where that is its own source: it has what was deleted
    for good, of which a bucket itself may know nothing any more.
    """

    source: Place
    live: Place
    moment: Moment
    prefix: str = ""
    began: datetime = field(default_factory=lambda: datetime.now(UTC))
    witness: Place | None = None
    _copies: set[str] | None = None
    """Versions that were made here; None when an earlier run made them, and nobody knows."""

    @property
    def objects(self) -> Objects:
        return Objects(self.source, self.live)

    def decisions(self) -> Iterator[Decision]:
        """For each key, in order, from what the buckets have now."""
        own = self.source.bucket == self.live.bucket
        for decision in self._from_versions() if own else self._from_replica():
            if self.prefix.startswith(PASSING) or not decision.key.startswith(PASSING):
                yield decision

    def _from_versions(self) -> Iterator[Decision]:
        replicas = histories(*self.witness, self.prefix) if self.witness else iter(())
        for live, replica in joined(histories(*self.live, self.prefix), replicas):
            decision = decide_with_witness(live, replica, self.moment)
            if decision:
                yield decision

    def _from_replica(self) -> Iterator[Decision]:
        sources = histories(*self.source, self.prefix)
        for source, live in joined(sources, histories(*self.live, self.prefix)):
            yield decide(source, live, self.moment)

    def survey(self) -> dict[str, Any]:
        """What there is to do: counts by kind, and the first keys of each."""
        counts: Counter[str] = Counter()
        samples: dict[str, list[str]] = {}
        for decision in mapped(self.objects.settled, self.decisions()):
            counts[decision.kind] += 1
            counts["tied within a second"] += decision.tied
            if decision.kind is not Kind.SAME:
                noted = samples.setdefault(decision.kind, [])
                if len(noted) < SAMPLES:
                    noted.append(decision.key)
        return {"found": dict(counts), "keys": samples}

    def restore(self, say: Callable[[str], None]) -> dict[str, Any]:
        """Do what there is to do."""
        counts: Counter[str] = Counter()
        told: list[str] = []
        self._copies = set()

        def work(decision: Decision) -> Any:
            return self.objects.apply(self.objects.settled(decision))

        for number, done in enumerate(mapped(work, self.decisions()), start=1):
            counts[done.outcome] += 1
            if done.version_id:
                self._copies.add(done.version_id)
            if done.outcome in LEFT:
                told.append(f"{done.key}: {done.reason or done.outcome}")
            say(f"{number:,} keys, {counts[Outcome.COPIED]:,} brought back")
        return {"done": dict(counts), "not_restored": told[:SAMPLES]}

    def check(self, began: datetime) -> Iterator[Checked]:
        """Each key as it is now, its content against the version that it came from."""
        return mapped(lambda decision: self._checked(decision, began), self.decisions())

    def _checked(self, decision: Decision, began: datetime) -> Checked:
        kind, key, wanted, current, *_ = decision
        others = self._is_others(current, began) or (wanted and wanted.size > MOST_BYTES)
        if kind is not Kind.COPY or wanted is None:
            return Checked(key, kind, kind in _AS_DECIDED, bool(others))
        if current is None:
            return Checked(key, kind, good=False, others=bool(others))
        content = self.source.content(key, wanted.version_id)
        described = self.objects.described
        good = content == self.live.content(key, current.version_id) and (
            described(self.source, key, wanted) == described(self.live, key, current)
        )
        return Checked(key, kind, good, bool(others), content.sha256, content.size)

    def _is_others(self, current: Entry | None, began: datetime) -> bool:
        """Whether someone else has written, or deleted, what is there since it ``began``."""
        if self._copies is None:
            return False
        if current is None:
            return True
        # S3 tells whole seconds.
        late = current.modified >= began.replace(microsecond=0)
        return late and current.version_id not in self._copies


def mapped[Item, Result](work: Callable[[Item], Result], items: Iterable[Item]) -> Iterator[Result]:
    """``work`` on each item, several at once, in their order; a bounded number is held."""
    with ThreadPoolExecutor(WORKERS) as pool:
        for batch in batched(items, _AT_ONCE, strict=False):
            yield from pool.map(work, batch)


def operation(
    restore: BucketRestore, subject: str, arguments: Mapping[str, str], survey: Facts
) -> Operation:
    """``survey`` is what was found when the plan was made."""
    bucket, at = restore.live.bucket, timestamp(restore.moment.at)
    found = survey["found"]
    origin = bucket if restore.source.bucket == bucket else f"the replica {restore.source.bucket}"
    return Operation(
        name="bucket restore",
        subject=subject,
        arguments=arguments,
        steps=[
            Step(
                "look",
                _looked(found, at, survey.get("without_witness", "")),
                lambda _: {**survey, "bucket": bucket, "looked": timestamp(restore.began)},
            ),
            Step(
                "restore",
                f"copy from {origin} what was there, hide what was not; delete nothing",
                lambda work: restore.restore(work.say),
            ),
            Step(
                "check",
                "list it again, and compare each restored object byte for byte",
                lambda work: _check(restore, work),
            ),
        ],
        losses=lambda facts: seconds_between(at, facts["looked"]),
    )


def _looked(found: Mapping[str, int], at: str, without_witness: str) -> str:
    text = (
        f"{found.get(Kind.COPY, 0)} objects differ from {at} or are gone;"
        f" {found.get(Kind.HIDE, 0)} came later; {found.get(Kind.LOST, 0)} cannot be brought back"
    )
    if found.get(Kind.ELSEWHERE):
        text += f"; {found[Kind.ELSEWHERE]} can only with --from-replica"
    if without_witness:
        text += f"; what was deleted for good cannot be told: {without_witness}"
    return text


def _check(restore: BucketRestore, work: Work) -> Facts:
    """Raises OperationError for what is not as it was, and nobody else's doing."""
    counts: Counter[str] = Counter()
    digest = hashlib.sha256()
    wrong, left = list[str](), list[str]()
    for each in restore.check(datetime.fromisoformat(work.facts["looked"])):
        counts[each.kind if each.good else "not as it was"] += 1
        if not each.good:
            (left if each.others else wrong).append(each.key)
        elif each.sha256:
            line = [each.key, each.sha256, each.size]
            digest.update(json.dumps(line).encode() + b"\n")
            counts["bytes"] += each.size
        work.say(f"{counts.total():,} keys")
    if wrong:
        raise OperationError(
            f"{len(wrong)} objects are not as they were, such as {wrong[0]!r}."
            " Move the journal away and give the command again."
        )
    return {
        "restored_and_compared": counts[Kind.COPY],
        "restored_bytes": counts["bytes"],
        "restored_sha256": digest.hexdigest(),
        "changed_by_others": left[:SAMPLES],
    }
