"""The shop's event bus: the only place that talks to EventBridge."""

from __future__ import annotations

from functools import cache, partial
from typing import TYPE_CHECKING

import boto3

from shop.aws import CONFIG, available
from shop.contracts.orders import SOURCE
from shop.errors import Unavailable

if TYPE_CHECKING:
    from mypy_boto3_events import EventBridgeClient

    from orders.order_events import OrderEvent


@cache
def client() -> EventBridgeClient:
    """The process's one client, made when first needed."""
    return boto3.client("events", config=CONFIG)


class EventBus:
    def __init__(self, name: str, client: EventBridgeClient) -> None:
        self._name = name
        self._client = client

    def publish(self, event: OrderEvent) -> None:
        """Raises Unavailable when the bus did not take it, or did not say so."""
        answer = available(
            partial(
                self._client.put_events,
                Entries=[
                    {
                        "EventBusName": self._name,
                        "Source": SOURCE,
                        "DetailType": event.type,
                        "Time": event.occurred_at,
                        "Detail": event.model_dump_json(by_alias=True),
                        "Resources": [],
                    }
                ],
            )
        )
        # An entry that was not taken is no error of the call.
        if answer["FailedEntryCount"]:
            raise Unavailable
