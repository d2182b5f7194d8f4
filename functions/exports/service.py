"""When a table is exported, and what is wrong when it is not.

Each hour the exports there are are held against those that there should be. So a missed hour, a
failed export and a table that is new all come right by the same rule, an hour later.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

from botocore.exceptions import ClientError

from exports.models import Findings
from shop.errors import Unavailable
from shop.observability import logger

if TYPE_CHECKING:
    from collections.abc import Sequence

    from exports.models import Export, Table
    from exports.repository import Exports

EVERY = timedelta(hours=24)
_BEHIND = timedelta(minutes=10)
"""How far back is surely restorable: DynamoDB promises the present but for some five minutes.

It also keeps the hour of the day, though one look comes some seconds earlier than another.
"""


class _Seen(NamedTuple):
    table: Table
    exports: Sequence[Export]
    """From the newest."""

    def covers(self, moment: datetime) -> bool:
        return any(each.moment == moment and not each.failed for each in self.exports)


def check(tables: Sequence[Table], exports: Exports, tick: datetime) -> Findings:
    """Start what is due at ``tick`` and say how things stand. What is wrong is logged, by table."""
    seen, failed = _look(tables, exports)
    moment = due_moment(seen, tick)
    started = 0
    for each in seen:
        if not each.covers(moment):
            try:
                exports.start(each.table, moment, f"{each.table.name}-{tick:%Y%m%dT%H%M}")
            except (ClientError, Unavailable) as error:
                _complain(each.table, repr(error), failed)
            else:
                started += 1
                logger().info("export started", table=each.table.name, moment=moment.isoformat())
    oldest = _oldest(seen, tick) if len(seen) == len(tables) else None
    return Findings(failed=len(failed), started=started, oldest=oldest)


def due_moment(seen: Sequence[_Seen], tick: datetime) -> datetime:
    """What second is to be exported: one for all tables, so that the exports fit together.

    It is that of the set that is there or under way, unless it is a day old. A table that failed
    is exported again as of that second.
    """
    good = [each.moment for one in seen for each in one.exports if not each.failed]
    if good and tick - max(good) < EVERY:
        return max(good)
    return tick.replace(microsecond=0) - _BEHIND


def _look(tables: Sequence[Table], exports: Exports) -> tuple[list[_Seen], set[str]]:
    """What there is of each table that could be asked about; and whose newest export failed."""
    seen: list[_Seen] = []
    failed: set[str] = set()
    for table in tables:
        try:
            found = exports.newest(table)
        except (ClientError, Unavailable) as error:
            _complain(table, repr(error), failed)
            continue
        seen.append(_Seen(table, found))
        if found and found[0].failed:
            _complain(table, found[0].failure, failed)
    return seen, failed


def _complain(table: Table, reason: str, failed: set[str]) -> None:
    failed.add(table.name)
    logger().error("export failed", table=table.name, reason=reason)


def _oldest(seen: Sequence[_Seen], tick: datetime) -> float | None:
    """Hours since the newest complete export of the table that has the oldest one."""
    newest = [
        max((each.moment for each in one.exports if each.completed), default=None) for one in seen
    ]
    moments = [each for each in newest if each is not None]
    if not moments or len(moments) < len(newest):
        return None
    return (tick - min(moments)) / timedelta(hours=1)
