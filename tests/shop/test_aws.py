"""A service that is busy or out of reach is Unavailable, in bounded time; its other errors stay."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import (
    ClientError,
    ConnectionClosedError,
    ConnectTimeoutError,
    EndpointConnectionError,
    HTTPClientError,
    ParamValidationError,
    ProxyConnectionError,
    ReadTimeoutError,
    SSLError,
)

from shop import aws, deadline
from shop.errors import Unavailable
from tests.shop.shelf import NAME, Clock, key
from tests.shop.wire import Wire, refusal, response

if TYPE_CHECKING:
    from botocore.awsrequest import AWSResponse

    from shop import dynamo

ENDPOINT = "https://dynamodb.test/"
ATTEMPTS = 3  # of one call, by the SDK

BUSY = [
    ("InternalServerError", 500),
    ("LimitExceededException", 400),
    ("ProvisionedThroughputExceededException", 400),
    ("RequestLimitExceeded", 400),
    ("ServiceUnavailable", 503),
    ("SlowDown", 503),
    ("ThrottlingException", 400),
    ("TransactionConflictException", 400),
    ("TransactionInProgressException", 400),
    ("DependencyTimeoutException", 503),
    ("KMSInternalException", 500),
]


def read(table: dynamo.Table) -> object:
    """Any call: one request and what it answers."""
    client = table.client
    return aws.available(lambda: client.describe_table(TableName=NAME))["Table"]["TableName"]


SUCCESS: dict[str, Any] = {"Table": {"TableName": NAME}}


def test_what_a_call_returns_is_passed_on() -> None:
    answer = object()
    assert aws.available(lambda: answer) is answer


@pytest.mark.parametrize(("code", "status"), BUSY)
def test_a_busy_service_is_unavailable(table: dynamo.Table, code: str, status: int) -> None:
    wire = Wire(table.client, refusal(code, status))
    with pytest.raises(Unavailable) as caught:
        read(table)
    assert isinstance(caught.value.__cause__, ClientError)
    assert 1 <= len(wire.requests) <= ATTEMPTS


@pytest.mark.parametrize("code", sorted(aws.BUSY))
def test_a_busy_service_is_known_by_the_code_alone(code: str) -> None:
    def refuse() -> None:
        raise ClientError({"Error": {"Code": code, "Message": "no"}}, "Sign")

    with pytest.raises(Unavailable):
        aws.available(refuse)


@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_trouble_before_the_service_which_has_no_code_is_unavailable(
    table: dynamo.Table, status: int
) -> None:
    wire = Wire(table.client, response(status, {}))
    with pytest.raises(Unavailable):
        read(table)
    assert len(wire.requests) == ATTEMPTS


@pytest.mark.parametrize(
    "error",
    [
        EndpointConnectionError(endpoint_url=ENDPOINT),
        ConnectTimeoutError(endpoint_url=ENDPOINT),
        ReadTimeoutError(endpoint_url=ENDPOINT),
        ConnectionClosedError(endpoint_url=ENDPOINT),
        ProxyConnectionError(proxy_url=ENDPOINT),
        SSLError(endpoint_url=ENDPOINT, error=OSError()),
        HTTPClientError(error="no"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_a_service_out_of_reach_is_unavailable(table: dynamo.Table, error: Exception) -> None:
    wire = Wire(table.client, error)
    with pytest.raises(Unavailable) as caught:
        read(table)
    assert caught.value.__cause__ is error
    assert 1 <= len(wire.requests) <= ATTEMPTS


@pytest.mark.parametrize(
    "answer",
    [
        refusal("ThrottlingException"),
        refusal("InternalServerError", 500),
        EndpointConnectionError(endpoint_url=ENDPOINT),
        ReadTimeoutError(endpoint_url=ENDPOINT),
    ],
)
def test_a_passing_trouble_goes_unnoticed(
    table: dynamo.Table, answer: AWSResponse | Exception, sleeps: list[float]
) -> None:
    Wire(table.client, answer, answer, SUCCESS)
    assert read(table) == NAME
    assert len(sleeps) == ATTEMPTS - 1


@pytest.mark.parametrize(
    "code",
    [
        "AccessDeniedException",
        "ConditionalCheckFailedException",
        "KMSInvalidSignatureException",
        "ResourceNotFoundException",
        "TransactionCanceledException",
        "ValidationException",
    ],
)
def test_any_other_error_of_the_service_passes_through(table: dynamo.Table, code: str) -> None:
    wire = Wire(table.client, refusal(code))
    with pytest.raises(ClientError, match=code):
        read(table)
    assert len(wire.requests) == 1, "trying again would not help"


def test_a_mistake_of_ours_passes_through(table: dynamo.Table) -> None:
    wire = Wire(table.client, SUCCESS)
    with pytest.raises(ParamValidationError):
        aws.available(lambda: table.client.get_item(TableName=NAME, Key=key("a")))
    with pytest.raises(ZeroDivisionError):
        aws.available(lambda: 1 // 0)
    assert wire.requests == []


def test_the_longest_call_is_that_of_the_configuration(table: dynamo.Table) -> None:
    config: Any = table.client.meta.config
    assert config.retries == {"mode": "standard", "total_max_attempts": ATTEMPTS}
    waits = [1, 2]  # at most, before the second and the third attempt
    longest = ATTEMPTS * (config.connect_timeout + config.read_timeout) + sum(waits)
    assert longest == aws.CALL_SECONDS


def test_the_waits_between_attempts_stay_within_those_of_the_longest_call(
    table: dynamo.Table, sleeps: list[float]
) -> None:
    Wire(table.client, refusal("ThrottlingException"))
    for _ in range(30):
        with pytest.raises(Unavailable):
            read(table)
    assert len(sleeps) == 30 * (ATTEMPTS - 1)
    assert max(sleeps[0::2]) <= 1
    assert max(sleeps[1::2]) <= 2


def test_without_time_for_a_call_there_is_none(clock: Clock) -> None:
    made: list[float] = []
    deadline.begin(30)
    clock.seconds += deadline.remaining() - aws.CALL_SECONDS
    aws.available(lambda: made.append(deadline.remaining()))
    assert made == [aws.CALL_SECONDS], "there was just enough"
    clock.seconds += 0.25
    with pytest.raises(Unavailable):
        aws.available(lambda: made.append(deadline.remaining()))
    assert len(made) == 1
