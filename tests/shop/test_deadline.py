"""A request is answered before Lambda ends it, however many calls it takes."""

from __future__ import annotations

import math
from functools import partial

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shop import aws, deadline, dynamo
from shop.errors import Unavailable
from tests.shop.shelf import Clock, key
from tests.shop.wire import Wire

LIMIT = 25.0  # seconds that Lambda gives a request
ANSWER = 1.0  # of them, for the answer itself


def test_outside_of_a_request_there_is_no_limit() -> None:
    assert deadline.remaining() == math.inf
    deadline.require(1e9)


def test_a_request_has_the_time_that_lambda_gives_it_but_for_the_answer(clock: Clock) -> None:
    deadline.begin(LIMIT)
    assert deadline.remaining() == LIMIT - ANSWER
    clock.seconds += 10
    assert deadline.remaining() == LIMIT - ANSWER - 10
    clock.seconds += LIMIT
    assert deadline.remaining() == -11


def test_what_is_required_must_be_left(clock: Clock) -> None:
    deadline.begin(LIMIT)
    deadline.require(LIMIT - ANSWER)
    with pytest.raises(Unavailable):
        deadline.require(LIMIT - ANSWER + 0.25)
    clock.seconds += 0.25
    with pytest.raises(Unavailable):
        deadline.require(LIMIT - ANSWER)


def test_the_next_request_starts_anew(clock: Clock) -> None:
    deadline.begin(LIMIT)
    clock.seconds += 3 * LIMIT
    deadline.begin(LIMIT)
    assert deadline.remaining() == LIMIT - ANSWER


def test_a_cleared_limit_is_none(clock: Clock) -> None:
    deadline.begin(1)
    deadline.clear()
    assert deadline.remaining() == math.inf
    deadline.require(1e9)


durations = st.floats(min_value=0, max_value=aws.CALL_SECONDS)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(durations, max_size=30), st.floats(min_value=0, max_value=60))
def test_however_long_its_calls_take_an_operation_ends_in_time(
    clock: Clock, calls: list[float], limit: float
) -> None:
    def call(seconds: float) -> None:
        clock.seconds += seconds

    started = clock.seconds
    deadline.begin(limit)
    try:
        for seconds in calls:
            aws.available(partial(call, seconds))
    except Unavailable:
        assert clock.seconds - started + aws.CALL_SECONDS > limit - ANSWER, "there was time left"
    assert clock.seconds - started <= max(limit - ANSWER, 0) + 1e-6


def slow(clock: Clock, seconds: float) -> None:
    """Let every call to DynamoDB take ``seconds``."""

    def pass_by(**_: object) -> None:
        clock.seconds += seconds

    dynamo.client().meta.events.register("before-call.dynamodb", pass_by)


def test_a_query_of_many_slow_pages_ends_as_unavailable(table: dynamo.Table, clock: Clock) -> None:
    page = {"Items": [], "LastEvaluatedKey": dynamo.to_wire(key("a"))}
    wire = Wire(dynamo.client(), page)
    slow(clock, 4)
    deadline.begin(LIMIT)
    with pytest.raises(Unavailable):
        table.query("pk = :pk", {":pk": "SHELF"})
    assert len(wire.requests) == 4, "a fifth could take until after the end"
    assert deadline.remaining() == 8


def test_a_batch_that_is_done_bit_by_bit_ends_as_unavailable(
    table: dynamo.Table, clock: Clock
) -> None:
    left = {"shelf": {"Keys": [dynamo.to_wire(key("a"))]}}
    wire = Wire(dynamo.client(), {"Responses": {}, "UnprocessedKeys": left})
    slow(clock, 9)
    deadline.begin(LIMIT)
    with pytest.raises(Unavailable):
        table.batch_get([key("a")])
    assert len(wire.requests) == 2
