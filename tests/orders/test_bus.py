"""Events go to the shop's bus, each at least once, or the stream's records come again."""

from __future__ import annotations

import json
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

from orders import bus, handler
from shop.errors import Unavailable
from tests.events import http_event
from tests.orders.faults import DONE, Faults, Killed, Kind, sent
from tests.orders.records import record
from tests.orders.test_events import PATHS, lived
from tests.shop.wire import refusal, response

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext
    from botocore.awsrequest import AWSPreparedRequest, AWSResponse

    from tests.orders.world import Client, Customer, Shop

pytestmark = pytest.mark.usefixtures("patient")


class Bus:
    """Takes what is published; answers what a test tells it to."""

    def __init__(self) -> None:
        self.entries: list[dict[str, Any]] = []
        self.answers: list[AWSResponse] = []
        self.faults = Faults(bus.client(), service=self._take)

    @property
    def details(self) -> list[dict[str, Any]]:
        return [json.loads(each["Detail"]) for each in self.entries]

    def _take(self, request: AWSPreparedRequest) -> AWSResponse:
        if self.answers:
            return self.answers.pop(0)
        entries = sent(request)["Entries"]
        self.entries += entries
        return response(
            200, {"FailedEntryCount": 0, "Entries": [{"EventId": "1"} for _ in entries]}
        )


@pytest.fixture
def world(shop: Shop) -> Bus:
    return Bus()


@pytest.fixture
def records(shop: Shop, customer: Customer, admin: Client) -> list[dict[str, Any]]:
    rows = lived(shop, customer, admin, PATHS["delivered"])
    return [record(old, new) for old, new in pairwise([None, *rows])]


def deliver(context: LambdaContext, *records: dict[str, Any]) -> None:
    assert handler.handler({"Records": list(records)}, context) == {}


def test_an_event_says_where_it_is_from_what_it_is_and_when_it_was(
    world: Bus, records: list[dict[str, Any]], context: LambdaContext
) -> None:
    deliver(context, records[1])
    (entry,) = world.entries
    (detail,) = world.details
    order = detail["order"]
    assert {name: entry[name] for name in ("EventBusName", "Source", "DetailType")} == {
        "EventBusName": "shop-test",
        "Source": "shop.orders",
        "DetailType": "OrderPaid",
    }
    assert detail.keys() == {"id", "type", "version", "occurredAt", "previousStatus", "order"}
    assert (detail["type"], detail["version"], detail["previousStatus"]) == (
        "OrderPaid",
        2,
        "PENDING",
    )
    assert detail["occurredAt"] == order["updatedAt"]


def test_the_order_in_an_event_reads_as_the_api_writes_it(
    world: Bus, records: list[dict[str, Any]], customer: Customer, context: LambdaContext
) -> None:
    deliver(context, *records)
    assert [each["order"]["status"] for each in world.details] == PATHS["delivered"]
    last = world.details[-1]["order"]
    assert last == customer.get(last["id"]).body


def test_records_that_tell_nothing_reach_no_bus(
    world: Bus, records: list[dict[str, Any]], context: LambdaContext
) -> None:
    gone = {**records[0], "eventName": "REMOVE"}
    gone["dynamodb"] = {k: v for k, v in gone["dynamodb"].items() if k != "NewImage"}
    deliver(context, gone)
    assert world.entries == []


def test_a_record_that_fails_ends_the_batch_and_comes_again_with_the_rest(
    world: Bus, records: list[dict[str, Any]], context: LambdaContext
) -> None:
    world.faults.plan({1: Kind.THROTTLED})
    with pytest.raises(Unavailable):
        world.faults.during(lambda: deliver(context, *records))
    assert [each["type"] for each in world.details] == ["OrderPlaced"]
    deliver(context, *records)
    ids = [each["id"] for each in world.details]
    assert len(ids) == 5
    assert ids[0] == ids[1]
    assert len(set(ids)) == 4


@pytest.mark.parametrize("kind", Kind, ids=lambda kind: kind.name)
def test_no_event_is_lost_whatever_goes_wrong(
    world: Bus, records: list[dict[str, Any]], context: LambdaContext, kind: Kind
) -> None:
    world.faults.plan({0: kind})
    try:
        world.faults.during(lambda: deliver(context, records[0]))
    except (Unavailable, Killed):
        if kind not in DONE:
            assert world.entries == []
        world.faults.during(lambda: deliver(context, records[0]))
    assert world.faults.all_happened()
    assert {each["id"] for each in world.details} == {world.details[0]["id"]}


def test_an_entry_that_was_not_taken_is_a_failure_though_the_call_went_well(
    world: Bus, records: list[dict[str, Any]], context: LambdaContext
) -> None:
    failed = {"ErrorCode": "InternalFailure", "ErrorMessage": "no"}
    world.answers.append(response(200, {"FailedEntryCount": 1, "Entries": [failed]}))
    with pytest.raises(Unavailable):
        deliver(context, records[0])
    assert world.entries == []
    deliver(context, records[0])
    assert len(world.entries) == 1


def test_a_bus_that_refuses_is_no_passing_thing(
    world: Bus, records: list[dict[str, Any]], context: LambdaContext
) -> None:
    world.answers.append(refusal("AccessDeniedException"))
    with pytest.raises(ClientError):
        deliver(context, records[0])


def test_an_order_with_all_that_fits_into_it_fits_into_an_event(
    world: Bus, shop: Shop, customer: Customer, context: LambdaContext
) -> None:
    """EventBridge takes 256 KB, and names are hardly ever longer than these."""
    customer.bought({shop.add_product(name="\U0001f3d5" * 150): 1})
    (row,) = shop.orders()
    row["items"] *= 50
    deliver(context, record(None, row))
    assert len(world.entries[0]["Detail"].encode()) < 200 * 1024


def test_requests_are_answered_without_the_bus(
    world: Bus, customer: Customer, context: LambdaContext
) -> None:
    assert customer.page().status == 200
    assert handler.handler(http_event("GET", "/nothing"), context)["statusCode"] == 404
    assert world.entries == []
