"""What it takes to see orders get too old."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from orders import handler
from shop.events import SCHEDULE
from tests.shop.records import queued

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext

    from tests.orders.world import Customer, Shop

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


class Clock:
    """Stands still; goes on when told."""

    def __init__(self) -> None:
        self.moment = NOON

    def now(self, zone: Any) -> datetime:
        return self.moment.astimezone(zone)


def tick(context: LambdaContext) -> None:
    """The schedule's event, out of its queue."""
    event = {"version": "0", "source": SCHEDULE, "detail-type": "Scheduled Event", "detail": {}}
    assert handler.handler(queued(event), context) == {}


def bought(time: Clock, customer: Customer, mug: str, *ages: timedelta) -> list[str]:
    """Ids of orders that are so old at noon."""
    ids = []
    for age in ages:
        time.moment = NOON - age
        ids.append(customer.bought({mug: 1})["id"])
    time.moment = NOON
    return ids


def statuses(shop: Shop) -> dict[str, str]:
    return {row["pk"].removeprefix("ORDER#"): row["status"] for row in shop.orders()}
