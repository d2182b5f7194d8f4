from __future__ import annotations

import itertools
import time
from typing import TYPE_CHECKING, Any

import pytest

from products import handler, image_store
from shop import dynamo
from tests.emulated import emulated_aws
from tests.products.administrator import Administrator
from tests.products.bucket import BUCKET_NAME, IMAGES_URL, Bucket, queued
from tests.products.catalogue import Catalogue, Customer
from tests.products.tables import create_products_table
from tests.shop.wire import Wire

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from aws_lambda_powertools.utilities.typing import LambdaContext

    from tests.products.bucket import Deliver

TABLE_NAME = "products"


@pytest.fixture(autouse=True)
def _cold_start_of_administration() -> Iterator[None]:
    """Let nothing that the function keeps between requests outlive a test."""
    yield
    for cached in (handler.writer, handler.store, image_store.client):
        cached.cache_clear()


@pytest.fixture
def settings(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the stack tells the function."""
    monkeypatch.setenv("TABLE_NAME", TABLE_NAME)
    monkeypatch.setenv("IMAGES_BUCKET", BUCKET_NAME)
    monkeypatch.setenv("IMAGES_URL", IMAGES_URL)


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits before trying again."""
    monkeypatch.setattr(time, "sleep", lambda _: None)


@pytest.fixture
def ticking(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every look at the clock finds it a second later, so that no two uploads begin at once."""
    seconds = itertools.count()
    monkeypatch.setattr(time, "time_ns", lambda: next(seconds) * 10**9)


@pytest.fixture
def catalogue(settings: None) -> Iterator[Catalogue]:
    """An empty catalogue on an emulated DynamoDB, which the function will find."""
    with emulated_aws():
        create_products_table(dynamo.client(), TABLE_NAME)
        yield Catalogue(dynamo.client(), TABLE_NAME)


@pytest.fixture
def categories(catalogue: Catalogue) -> None:
    """The categories that products can be in."""
    for name in ("cups", "plates"):
        catalogue.add_category(name)


@pytest.fixture
def bucket(catalogue: Catalogue) -> Bucket:
    """An empty bucket for images on an emulated S3, beside the catalogue."""
    return Bucket(image_store.client())


@pytest.fixture
def customer(context: LambdaContext) -> Customer:
    return Customer(context)


@pytest.fixture
def admin(context: LambdaContext) -> Administrator:
    return Administrator(context)


@pytest.fixture
def product(bucket: Bucket, categories: None, admin: Administrator) -> dict[str, Any]:
    """A product that could do with an image."""
    return admin.create(stock=10, category="cups").body


@pytest.fixture
def deliver(context: LambdaContext) -> Deliver:
    """Gives the function an event of the bucket, as the queue does."""

    def give(event: Mapping[str, Any]) -> None:
        assert handler.handler(queued(event), context) == {}

    return give


@pytest.fixture
def calls(catalogue: Catalogue) -> list[str]:
    """The calls to AWS from here on, by name."""
    made: list[str] = []
    for client in (dynamo.client(), image_store.client()):
        client.meta.events.register("before-call", lambda model, **_: made.append(model.name))
    return made


@pytest.fixture
def untouched(settings: None) -> Wire:
    """A DynamoDB that nothing should reach."""
    return Wire(dynamo.client(), AssertionError("no call was wanted"))
