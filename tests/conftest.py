"""What every test gets: no network, no AWS account, nothing left over from the test before."""

from __future__ import annotations

import gc
import itertools
import os
import signal
from typing import TYPE_CHECKING

import pytest
from aws_lambda_powertools.utilities.typing import LambdaContext
from hypothesis import settings
from pytest_socket import disable_socket

import addresses.handler
import authorizer.handler
import authorizer.verifier
import exports.repository
import orders.bus
import orders.handler
import products.handler
import products.image_store
import users.composition
from documents import static
from shop import deadline, dynamo, observability

if TYPE_CHECKING:
    from collections.abc import Iterator

# The same examples on every machine; a run with --hypothesis-profile=explore looks for new ones.
settings.register_profile("default", deadline=None, derandomize=True, max_examples=40)
settings.register_profile("explore", deadline=None, max_examples=5000)
settings.load_profile("default")

# A shell that starts the tests in the background has them ignore Ctrl-C, and all that they start.
signal.signal(signal.SIGINT, signal.default_int_handler)

_CACHES = [
    addresses.handler.repository,
    authorizer.handler.verifier,
    authorizer.verifier.client,
    authorizer.verifier.public_key,
    dynamo.client,
    exports.repository.client,
    observability.logger,
    orders.bus.client,
    orders.handler.event_bus,
    orders.handler.repository,
    orders.handler.settings,
    orders.handler.writer,
    products.handler.repository,
    products.handler.store,
    products.handler.writer,
    products.image_store.client,
    static.paths,
    static.read,
    users.composition.repository,
    users.composition.session_repository,
    users.composition.signer,
]
_service_names = (f"unit-test-{number}" for number in itertools.count())


def _is_end_to_end(item: pytest.Item) -> bool:
    return item.get_closest_marker("e2e") is not None


def pytest_collection_finish() -> None:
    """Keep the garbage collector from what was imported: it takes a tenth of the time else."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Let no unit test reach a network (pytest-socket allows it again after each test)."""
    if not _is_end_to_end(item):
        disable_socket(allow_unix_socket=True)


@pytest.fixture(autouse=True)
def _no_aws_account(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep the account of whoever runs the tests out of them: only made-up keys, and no files."""
    if _is_end_to_end(request.node):
        return
    for name in [each for each in os.environ if each.startswith(("AWS_", "POWERTOOLS_"))]:
        monkeypatch.delenv(name)
    unit_test_environment = {
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_SESSION_TOKEN": "testing",
        "AWS_DEFAULT_REGION": "eu-central-1",
        "AWS_REGION": "eu-central-1",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
        # A logger keeps the output that it was made with, so every test has one of its own.
        "POWERTOOLS_SERVICE_NAME": next(_service_names),
    }
    for name, value in unit_test_environment.items():
        monkeypatch.setenv(name, value)


@pytest.fixture(autouse=True)
def _cold_start() -> Iterator[None]:
    """Let nothing that a function keeps between requests outlive a test."""
    yield
    for cached in _CACHES:
        cached.cache_clear()
    deadline.clear()


class FakeLambdaContext(LambdaContext):
    def __init__(self) -> None:
        self._function_name = "shop-unit-test"
        self._function_version = "$LATEST"
        self._invoked_function_arn = (
            "arn:aws:lambda:eu-central-1:123456789012:function:shop-unit-test"
        )
        self._memory_limit_in_mb = 1024
        self._aws_request_id = "5b0f3f0c-7e6f-4d0e-8e5d-9f0a1b2c3d4e"
        self._log_group_name = "/aws/lambda/shop-unit-test"
        self._log_stream_name = "2026/11/22/[$LATEST]0123456789abcdef0123456789abcdef"

    @staticmethod
    def get_remaining_time_in_millis() -> int:
        return 25_000


@pytest.fixture
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The longest that each pause could have been; none is waited for."""
    longest: list[float] = []

    def shortest(low: float, high: float) -> float:
        longest.append(high)
        return low

    monkeypatch.setattr("random.uniform", shortest)
    return longest


@pytest.fixture
def context() -> LambdaContext:
    return FakeLambdaContext()
