"""Moving an order on, or calling it off: each move rests on the status that it saw."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import batched
from typing import TYPE_CHECKING

from orders.errors import IllegalTransition
from orders.repository import StoredOrder
from orders.service import get_order
from orders.states import TRANSITIONS, OrderStatus
from shop import clock, deadline
from shop.aws import CALL_SECONDS
from shop.errors import ShopError, Unavailable
from shop.observability import logger
from shop.optimistic import Outdated, settled
from shop.writes import ConditionFailed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from orders.models import Order
    from orders.repository import OrderRepository
    from orders.writer import OrderWriter

_BATCH = 25
_MOST = 1000  # orders at a time; what is left waits for the next time
_ROOM = 2 * CALL_SECONDS  # a write, and a look whether it was done


def move_order(
    repository: OrderRepository,
    writer: OrderWriter,
    order_id: str,
    to: OrderStatus,
    owner: str | None = None,
) -> Order:
    """The order in its new status, when there is a way to it. Who calls it off gets stock back.

    Raises OrderNotFound, also for what is not the ``owner``'s where one is given,
    IllegalTransition, StockLimit, Unavailable.
    """

    def attempt() -> Order:
        seen = get_order(repository, order_id, owner)
        if to not in TRANSITIONS[seen.order.status]:
            raise IllegalTransition(seen.order.status, to)
        return _move(repository, writer, seen, to)

    return settled(attempt)


def _move(
    repository: OrderRepository, writer: OrderWriter, seen: StoredOrder, to: OrderStatus
) -> Order:
    """Raises Outdated, StockLimit, Unavailable."""
    news = {"status": to, "updated_at": clock.after(seen.order.updated_at)}
    moved = StoredOrder(seen.order.model_copy(update=news), seen.version + 1)
    try:
        writer.move(seen, moved)
    except Unavailable:
        # It may have been done, unheard; then nobody needs to ask again.
        if repository.find(seen.order.id) != moved:
            raise
    return moved.order


def cancel_unpaid(repository: OrderRepository, writer: OrderWriter, *, minutes: int) -> None:
    """Call off what was placed more than ``minutes`` ago and is not paid.

    Bounded, the oldest first; what is left waits for the next time. It may run twice, or beside
    someone who pays: who moves an order first does. An order that cannot be called off keeps no
    other from it; then the last such error is raised in the end.
    """
    before = clock.timestamp(datetime.now(UTC) - timedelta(minutes=minutes))
    failure: Exception | None = None
    for seen in _in_time(repository, repository.unpaid(before, _MOST)):
        try:
            _move(repository, writer, seen, OrderStatus.CANCELLED)
        except Outdated:
            continue  # It was paid or called off just now.
        except (ShopError, ConditionFailed) as error:
            logger().exception("order not cancelled", order_id=seen.order.id, exc_info=error)
            failure = error
    if failure:
        raise failure


def _in_time(repository: OrderRepository, order_ids: list[str]) -> Iterator[StoredOrder]:
    """The pending ones of these orders, as long as there is time to call off another."""
    for batch in batched(order_ids, _BATCH, strict=False):
        if deadline.remaining() < _ROOM:
            return
        for seen in repository.many(list(batch)):
            if deadline.remaining() < _ROOM:
                return
            # The index may not know yet that an order has moved.
            if seen.order.status is OrderStatus.PENDING:
                yield seen
