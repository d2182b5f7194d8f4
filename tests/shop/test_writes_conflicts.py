"""A write that met another one is tried again, with an end; what cannot pass is told at once."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError, ReadTimeoutError

from shop import deadline, dynamo, writes
from shop.errors import Unavailable
from shop.writes import ConditionFailed
from tests.shop.shelf import Clock, key, row
from tests.shop.wire import Wire, refusal, response

if TYPE_CHECKING:
    from collections.abc import Callable

    from botocore.awsrequest import AWSResponse

ENDPOINT = "https://dynamodb.test/"
ATTEMPTS = 6  # of one write, by us
CALLS = 3  # of one attempt, by the SDK
FAILED = "ConditionalCheckFailed"
CONFLICT = "TransactionConflict"


def cancelled(*codes: str, items: dict[int, Any] | None = None) -> AWSResponse:
    """A cancelled transaction, for these reasons; ``items`` are rows in the way, by place."""
    reasons = [
        {"Code": code, **({"Item": items[place]} if items and place in items else {})}
        for place, code in enumerate(codes)
    ]
    kind = "com.amazonaws.dynamodb.v20120810#TransactionCanceledException"
    message = f"Transaction cancelled, please refer cancellation reasons [{', '.join(codes)}]"
    return response(400, {"__type": kind, "Message": message, "CancellationReasons": reasons})


def two(table: dynamo.Table) -> list[writes.Action]:
    return [writes.put(table, row("a")), writes.check(table, key("b"))]


def singles(table: dynamo.Table) -> dict[str, writes.Action]:
    return {
        "put": writes.put(table, row("a")),
        "update": writes.update(table, key("a"), "SET #n = :n", writes.THERE, {":n": 1}),
        "delete": writes.delete(table, key("a")),
    }


def ways(table: dynamo.Table) -> list[Callable[[], object]]:
    """Every way to write."""
    alone = [partial(writes.apply, table.client, each) for each in singles(table).values()]
    return [partial(writes.transact, table.client, two(table)), *alone]


def without_token(request: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in request.items() if name != "ClientRequestToken"}


@pytest.mark.parametrize(
    "reasons",
    [
        (CONFLICT, "None"),
        ("None", CONFLICT),
        (CONFLICT, CONFLICT),
        ("ThrottlingError", "None"),
        ("None", "ProvisionedThroughputExceeded"),
        ("ThrottlingError", CONFLICT),
    ],
)
def test_a_transaction_that_met_another_write_or_was_throttled_is_tried_again(
    table: dynamo.Table, sleeps: list[float], reasons: tuple[str, ...]
) -> None:
    wire = Wire(table.client, cancelled(*reasons), cancelled(*reasons), {})
    writes.transact(table.client, two(table))
    first, second, third = map(without_token, wire.requests)
    assert first == second == third
    assert len(first["TransactItems"]) == 2
    assert len(sleeps) == 2


@pytest.mark.parametrize("kind", ["put", "update", "delete"])
def test_a_single_write_that_met_a_transaction_is_tried_again(
    table: dynamo.Table, sleeps: list[float], kind: str
) -> None:
    wire = Wire(
        table.client,
        refusal("TransactionConflictException"),
        refusal("TransactionConflictException"),
        {"Attributes": {"n": {"N": "1"}}},
    )
    answer = writes.apply(table.client, singles(table)[kind])
    assert answer == {"n": 1}
    assert len(wire.requests) == 3
    assert wire.requests[0] == wire.requests[1] == wire.requests[2]
    assert len(sleeps) == 2


@pytest.mark.parametrize(
    ("place", "conflict"),
    [
        (0, cancelled(CONFLICT, "None")),
        (1, refusal("TransactionConflictException")),
        (2, refusal("TransactionConflictException")),
        (3, refusal("TransactionConflictException")),
    ],
)
def test_conflicts_without_end_are_unavailable_after_growing_waits_with_jitter(
    table: dynamo.Table, sleeps: list[float], place: int, conflict: AWSResponse
) -> None:
    wire = Wire(table.client, conflict)
    write = ways(table)[place]
    for _ in range(30):
        with pytest.raises(Unavailable):
            write()
    assert len(wire.requests) == 30 * ATTEMPTS
    assert len(sleeps) == 30 * (ATTEMPTS - 1)
    assert len(set(sleeps)) == len(sleeps), "waits of one length would collide again"
    for retry, longest in enumerate([0.05, 0.1, 0.2, 0.4, 0.8]):
        waits = sleeps[retry :: ATTEMPTS - 1]
        assert 0 <= min(waits) < longest / 2 < max(waits) <= longest


THERE = {"pk": {"S": "SHELF"}, "sk": {"S": "a"}}


@pytest.mark.parametrize(
    ("codes", "rows", "undecided"),
    [
        ((FAILED, CONFLICT), [key("a"), None], {1}),
        ((CONFLICT, FAILED), [None, {}], {0}),
        ((FAILED, "None"), [key("a"), None], set()),
        ((FAILED, "ThrottlingError"), [key("a"), None], {1}),
        ((FAILED, "ValidationError"), [key("a"), None], {1}),
        ((FAILED, FAILED), [key("a"), {}], set()),
    ],
)
def test_a_failed_condition_is_final_whatever_else_happened(
    table: dynamo.Table,
    sleeps: list[float],
    codes: tuple[str, ...],
    rows: list[Any],
    undecided: set[int],
) -> None:
    items = {0: THERE} if codes[0] == FAILED else None
    wire = Wire(table.client, cancelled(*codes, items=items))
    with pytest.raises(ConditionFailed) as caught:
        writes.transact(table.client, two(table))
    assert caught.value.rows == rows
    assert [caught.value.failed(0), caught.value.failed(1)] == [code == FAILED for code in codes]
    assert set(caught.value.undecided) == undecided
    assert len(wire.requests) == 1
    assert sleeps == []


def test_a_condition_that_fails_after_a_conflict_is_final_too(
    table: dynamo.Table, sleeps: list[float]
) -> None:
    wire = Wire(table.client, cancelled(CONFLICT, "None"), cancelled("None", FAILED))
    with pytest.raises(ConditionFailed) as caught:
        writes.transact(table.client, two(table))
    assert caught.value.rows == [None, {}]
    assert len(wire.requests) == 2
    assert len(sleeps) == 1


@pytest.mark.parametrize(
    "codes",
    [
        ("ValidationError", "None"),
        ("ValidationError", CONFLICT),
        ("ThrottlingError", "ItemCollectionSizeLimitExceeded"),
        ("None", "AccessDenied"),
    ],
)
def test_a_transaction_that_can_never_happen_is_told_at_once(
    table: dynamo.Table, sleeps: list[float], codes: tuple[str, ...]
) -> None:
    wire = Wire(table.client, cancelled(*codes))
    with pytest.raises(ClientError, match="TransactionCanceledException"):
        writes.transact(table.client, two(table))
    assert len(wire.requests) == 1
    assert sleeps == []


@pytest.mark.parametrize(
    "code", ["AccessDeniedException", "ResourceNotFoundException", "ValidationException"]
)
def test_any_other_error_of_a_write_passes_through(
    table: dynamo.Table, sleeps: list[float], code: str
) -> None:
    wire = Wire(table.client, refusal(code))
    for write in ways(table):
        with pytest.raises(ClientError, match=code):
            write()
    assert len(wire.requests) == len(ways(table))
    assert sleeps == []


@pytest.mark.parametrize(
    "trouble",
    [
        refusal("ThrottlingException"),
        refusal("TransactionInProgressException"),
        refusal("InternalServerError", 500),
        EndpointConnectionError(endpoint_url=ENDPOINT),
    ],
)
def test_a_busy_dynamodb_is_left_alone_once_the_sdk_gave_up(
    table: dynamo.Table, trouble: AWSResponse | Exception
) -> None:
    wire = Wire(table.client, trouble)
    for write in ways(table):
        with pytest.raises(Unavailable):
            write()
    assert len(wire.requests) == len(ways(table)) * CALLS


def test_a_lost_answer_is_asked_for_again_under_the_same_token(table: dynamo.Table) -> None:
    lost = ReadTimeoutError(endpoint_url=ENDPOINT)
    wire = Wire(table.client, lost, lost, {})
    writes.transact(table.client, two(table))
    first, second, third = wire.requests
    assert first == second == third
    assert first["ClientRequestToken"], "by which DynamoDB knows it again"


def test_answers_that_stay_lost_are_unavailable(table: dynamo.Table) -> None:
    wire = Wire(table.client, ReadTimeoutError(endpoint_url=ENDPOINT))
    with pytest.raises(Unavailable):
        writes.transact(table.client, two(table))
    assert len(wire.requests) == CALLS
    assert len({request["ClientRequestToken"] for request in wire.requests}) == 1


def test_conflicts_end_with_the_time_of_the_request(table: dynamo.Table, clock: Clock) -> None:
    def pass_by(**_: object) -> None:
        clock.seconds += 6

    wire = Wire(table.client, cancelled(CONFLICT, "None"))
    table.client.meta.events.register("before-call.dynamodb", pass_by)
    deadline.begin(25)
    with pytest.raises(Unavailable):
        writes.transact(table.client, two(table))
    assert len(wire.requests) == 3
    assert deadline.remaining() == 6
