"""What the world is told of orders, and what becomes of those that nobody pays."""

from __future__ import annotations

import json
import time
import uuid
from typing import TYPE_CHECKING, Any

import pytest

from orders.repository import order_key, placed_key
from shop.contracts.orders import SOURCE
from shop.dynamo import to_wire
from tests.e2e.accounts import register
from tests.e2e.shopping import Shopper, assert_conserved, move, product, settle

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ops.local.stack import LocalStack
    from tests.e2e.accounts import Account
    from tests.e2e.conftest import Api

pytestmark = pytest.mark.e2e

LONG_AGO = "2026-01-31T08:30:00.123Z"


class Subscriber:
    """Someone who has a rule on the shop's bus, and a queue."""

    def __init__(self, stack: LocalStack) -> None:
        self._sqs = stack.target.sqs()
        self._events = stack.target.session.client("events", endpoint_url=stack.target.endpoint_url)
        self._bus = stack.target.output("EventBusName")
        self._name = f"subscriber-{uuid.uuid4().hex[:8]}"
        self._queue = self._sqs.create_queue(QueueName=self._name)["QueueUrl"]
        arn = self._sqs.get_queue_attributes(QueueUrl=self._queue, AttributeNames=["QueueArn"])
        pattern = json.dumps({"source": [SOURCE]})
        self._events.put_rule(Name=self._name, EventBusName=self._bus, EventPattern=pattern)
        self._events.put_targets(
            Rule=self._name,
            EventBusName=self._bus,
            Targets=[{"Id": "1", "Arn": arn["Attributes"]["QueueArn"]}],
        )

    def told_of(self, order_id: str, wanted: int) -> list[dict[str, Any]]:
        """The events of an order, each once, by version; waits until there are as many."""
        found: dict[str, dict[str, Any]] = {}
        deadline = time.monotonic() + 30
        while len(found) < wanted and time.monotonic() < deadline:
            answer = self._sqs.receive_message(
                QueueUrl=self._queue, MaxNumberOfMessages=10, WaitTimeSeconds=1
            )
            for message in answer.get("Messages", []):
                event = json.loads(message["Body"])
                if event["detail"]["order"]["id"] == order_id:
                    found[event["detail"]["id"]] = event
        return sorted(found.values(), key=lambda event: int(event["detail"]["version"]))

    def leave(self) -> None:
        self._events.remove_targets(Rule=self._name, EventBusName=self._bus, Ids=["1"])
        self._events.delete_rule(Name=self._name, EventBusName=self._bus)
        self._sqs.delete_queue(QueueUrl=self._queue)


@pytest.fixture
def subscriber(stack: LocalStack, api: Api) -> Iterator[Subscriber]:
    subscribed = Subscriber(stack)
    yield subscribed
    subscribed.leave()


@pytest.fixture
def shopper(api: Api) -> Shopper:
    return Shopper(register(api))


def test_each_move_of_an_order_is_told(
    admin: Account, shopper: Shopper, subscriber: Subscriber
) -> None:
    order = shopper.bought({product(admin, stock=5): 2})
    for status in ("PAID", "SHIPPED", "DELIVERED"):
        assert settle(move(admin, order["id"], status)).status == 200
    told = subscriber.told_of(order["id"], 4)
    assert [event["detail-type"] for event in told] == [
        "OrderPlaced",
        "OrderPaid",
        "OrderShipped",
        "OrderDelivered",
    ]
    details = [event["detail"] for event in told]
    assert [each["version"] for each in details] == [1, 2, 3, 4]
    assert [each["previousStatus"] for each in details] == [None, "PENDING", "PAID", "SHIPPED"]
    assert details[0]["order"] == order
    assert details[-1]["order"] == shopper.account.get(f"/orders/{order['id']}").json()


def test_what_nobody_pays_is_called_off_and_told(
    stack: LocalStack, admin: Account, shopper: Shopper, subscriber: Subscriber
) -> None:
    wanted = product(admin, stock=5)
    forgotten, paid, fresh = (shopper.bought({wanted: 1})["id"] for _ in range(3))
    assert settle(move(admin, paid, "PAID")).status == 200
    for order_id in (forgotten, paid):
        _grow_old(stack, order_id)
    _tick(stack)
    told = subscriber.told_of(forgotten, 2)
    assert [event["detail-type"] for event in told] == ["OrderPlaced", "OrderCancelled"]
    found = [shopper.account.get(f"/orders/{each}").json() for each in (forgotten, paid, fresh)]
    assert [order["status"] for order in found] == ["CANCELLED", "PAID", "PENDING"]
    assert_conserved(stack, {wanted: 5})


def _grow_old(stack: LocalStack, order_id: str) -> None:
    stack.target.dynamodb().update_item(
        TableName=stack.target.output("OrdersTableName"),
        Key=to_wire(order_key(order_id)),
        UpdateExpression="SET orderDate = :then, placedKey = :key",
        ExpressionAttributeValues=to_wire(
            {":then": LONG_AGO, ":key": placed_key(LONG_AGO, order_id)}
        ),
    )


def _tick(stack: LocalStack) -> None:
    """What the clock's rule puts into the queue every few minutes."""
    queues = stack.target.resources("AWS::SQS::Queue")
    (queue,) = (each for each in queues if "UnpaidTicks" in each and "DeadLetters" not in each)
    tick = {"source": "aws.events", "detail-type": "Scheduled Event", "detail": {}}
    stack.target.sqs().send_message(QueueUrl=queue, MessageBody=json.dumps(tick))
