"""Calls to AWS within a request: bounded waits, and Unavailable when a service is busy or away."""

from collections.abc import Callable
from http import HTTPStatus

from botocore import exceptions
from botocore.config import Config

from shop import deadline
from shop.errors import Unavailable

# The waits fit into an API request: a call that answers at all does so within milliseconds, and
# standard mode retries with jitter, waiting up to 1 s and then 2 s.
CONFIG = Config(
    connect_timeout=1,
    read_timeout=1,
    retries={"mode": "standard", "total_max_attempts": 3},
)
CALL_SECONDS = 3 * (1 + 1) + 1 + 2
"""The longest that one call can take with these, unless the service itself asks for a wait."""

# What a service answers when it wants us to come back later.
BUSY = {
    "DependencyTimeoutException",
    "InternalServerError",
    "KMSInternalException",
    "LimitExceededException",
    "ProvisionedThroughputExceededException",
    "RequestLimitExceeded",
    "ServiceUnavailable",
    "SlowDown",
    "ThrottlingException",
    "TransactionConflictException",
    "TransactionInProgressException",
}


def available[Answer](call: Callable[[], Answer], *, longest: float = CALL_SECONDS) -> Answer:
    """What ``call`` returns, which takes ``longest`` seconds at most.

    Raises Unavailable when the service is busy or out of reach, or when the request has no time
    left for it; any other error of the service passes through.
    """
    deadline.require(longest)
    try:
        return call()
    except exceptions.ClientError as error:
        if _busy(error):
            raise Unavailable from error
        raise
    except (exceptions.ConnectionError, exceptions.HTTPClientError) as error:
        raise Unavailable from error


def _busy(error: exceptions.ClientError) -> bool:
    """Also by its status: what stands before a service need not know that service's words."""
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    return error.response["Error"]["Code"] in BUSY or status >= HTTPStatus.INTERNAL_SERVER_ERROR
