"""Orders: the clock that looks for the unpaid ones, and the bus that is told of all."""

from typing import Any

import pytest

from cdk.orders import UNPAID_EVERY_MINUTES
from tests.cdk.conftest import functions, only, plain, synthesize
from tests.cdk.test_events import mappings, queues, rules

pytestmark = pytest.mark.slow


def test_unpaid_orders_are_looked_for_by_the_clock(template: dict[str, Any]) -> None:
    properties = rules(template)["OrdersUnpaidTicksRule"]
    assert properties["State"] == "ENABLED"
    assert properties["ScheduleExpression"] == f"rate({UNPAID_EVERY_MINUTES} minutes)"
    assert "EventPattern" not in properties
    (target,) = properties["Targets"]
    assert target["Arn"] == "${OrdersUnpaidTicks.Arn}"
    assert target["DeadLetterConfig"] == {"Arn": "${OrdersUnpaidTicksDeadLettersQueue.Arn}"}
    assert "Input" not in target  # the whole event, by whose source shop.events knows it
    assert "InputTransformer" not in target


def test_ticks_do_not_pile_up(template: dict[str, Any]) -> None:
    """Those that the function missed would all have it do the same."""
    interval = UNPAID_EVERY_MINUTES * 60
    waiting = queues(template)["OrdersUnpaidTicks"]
    assert waiting["MessageRetentionPeriod"] == 2 * interval
    (target,) = rules(template)["OrdersUnpaidTicksRule"]["Targets"]
    assert target["RetryPolicy"] == {"MaximumEventAgeInSeconds": interval}
    mapping = mappings(template)["orders", "${OrdersUnpaidTicks.Arn}"]
    assert mapping["ScalingConfig"] == {"MaximumConcurrency": 2}
    assert mapping["BatchSize"] == 1
    assert mapping.get("Enabled", True) is True


def test_a_tick_that_fails_becomes_a_dead_letter_before_it_is_forgotten(
    template: dict[str, Any],
) -> None:
    waiting = queues(template)["OrdersUnpaidTicks"]
    attempts = waiting["RedrivePolicy"].pop("maxReceiveCount")
    assert waiting["RedrivePolicy"] == {
        "deadLetterTargetArn": "${OrdersUnpaidTicksDeadLettersQueue.Arn}"
    }
    assert waiting["VisibilityTimeout"] == 6 * functions(template)["orders"]["Timeout"]
    assert attempts * waiting["VisibilityTimeout"] < waiting["MessageRetentionPeriod"]


def test_the_shop_has_a_bus_of_its_own_named_by_its_stage(template: dict[str, Any]) -> None:
    """No policy, so that no other account may send to it; encrypted, as every bus is."""
    bus = only(template, "AWS::Events::EventBus")
    assert bus.pop("Tags", None) is not None
    assert bus == {"Name": "shop-dev"}
    kinds = {each["Type"] for each in template["Resources"].values()}
    assert "AWS::Events::EventBusPolicy" not in kinds


def test_orders_are_told_to_the_bus_and_expire_by_the_setting() -> None:
    template = synthesize(unpaidMinutes=45)
    variables = plain(functions(template)["orders"]["Environment"]["Variables"])
    assert variables["BUS_NAME"] == "${ShopEvents}"
    assert variables["UNPAID_MINUTES"] == "45"
