"""What it takes to show a key again as it was at a moment: a pure function of its history.

Nothing is ever deleted for good. An old version is copied over what is there; what was added later
gets a delete marker.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from datetime import datetime

    from ops.recover.buckets.versions import Entry, History


class Kind(StrEnum):
    SAME = "as it was"
    COPY = "to bring back"
    HIDE = "added later, to hide"
    LOST = "lost"
    ELSEWHERE = "lost here, not in the replica"


class Decision(NamedTuple):
    """``wanted`` is the version to show; ``current`` the one that is shown, None where none is."""

    kind: Kind
    key: str
    wanted: Entry | None = None
    current: Entry | None = None
    tied: bool = False
    reason: str = ""


class Window(NamedTuple):
    """The lifecycle may have removed what under ``prefix`` was replaced before ``since``."""

    prefix: str
    since: datetime


class Moment(NamedTuple):
    at: datetime
    windows: tuple[Window, ...] = ()

    def may_be_gone(self, history: History) -> bool:
        """Whether something may have been there at the moment of which nothing is left.

        It would have been replaced by the oldest entry that is left.
        """
        oldest = history.entries[-1].modified
        return any(
            history.key.startswith(each.prefix) and oldest < each.since for each in self.windows
        )


EXPIRED = "what was there may have expired: it was replaced longer ago than versions are kept"
ONLY_DELETED = "only a deletion is left: what was there before may have been deleted for good"
NOT_REPLICATED = "it was there then, and is not in the replica"
IN_REPLICA = "nothing is left of it here from then; the replica has it"


def decide(source: History | None, live: History | None, moment: Moment) -> Decision:
    """What to do at a key that ``source`` has versions of, and which is now as in ``live``.

    They are the same, unless a replica is the source. One of them is there.
    """
    current = live.visible if live else None
    if source is None:
        return _without_source(live, current, moment)
    wanted = source.at(moment.at)
    tied = source.is_tied(moment.at)
    if wanted and not wanted.is_marker:
        kind = Kind.SAME if source is live and wanted == current else Kind.COPY
        return Decision(kind, source.key, wanted, current, tied)
    if wanted is None and moment.may_be_gone(source):
        return Decision(Kind.LOST, source.key, None, current, reason=EXPIRED)
    if wanted is None and source.begins_with_deletion:
        return Decision(Kind.LOST, source.key, None, current, reason=ONLY_DELETED)
    return Decision(Kind.HIDE if current else Kind.SAME, source.key, None, current, tied)


def decide_with_witness(
    live: History | None, replica: History | None, moment: Moment
) -> Decision | None:
    """The same from the versions in ``live``; the replica tells of those that are gone for good.

    One of them is there. None: the bucket has never had the key, or nothing at it at the moment.
    """
    then = replica.at(moment.at) if replica else None
    if replica and then and not then.is_marker and _lacks(live, then, moment):
        current = live.visible if live else None
        return Decision(Kind.ELSEWHERE, replica.key, None, current, reason=IN_REPLICA)
    return decide(live, live, moment) if live else None


def _lacks(live: History | None, then: Entry, moment: Moment) -> bool:
    """Whether all that is left from the moment is older than what the replica has from then.

    A replica's versions have the ids and the times of those that they were made of.
    """
    if live is None:
        return True
    left = live.at(moment.at)
    older = left is None or left.modified < then.modified
    return older and all(each.version_id != then.version_id for each in live.entries)


def _without_source(live: History | None, current: Entry | None, moment: Moment) -> Decision:
    if live is None:
        raise ValueError("a key of neither bucket")
    then = live.at(moment.at)
    if current and then and not then.is_marker:
        return Decision(Kind.LOST, live.key, None, current, reason=NOT_REPLICATED)
    return Decision(Kind.HIDE if current else Kind.SAME, live.key, None, current)
