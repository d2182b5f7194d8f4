from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from addresses import handler
from addresses.repository import AddressRepository
from shop import dynamo
from tests.addresses.book import Book
from tests.addresses.tables import create_addresses_table, create_users_table
from tests.addresses.world import TABLE_NAME, USERS_TABLE_NAME, Customer, Store
from tests.emulated import emulated_aws
from tests.shop.wire import Wire

if TYPE_CHECKING:
    from collections.abc import Iterator

    from aws_lambda_powertools.utilities.typing import LambdaContext


@pytest.fixture(autouse=True)
def _settings(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("TABLE_NAME", TABLE_NAME)
    monkeypatch.setenv("USERS_TABLE_NAME", USERS_TABLE_NAME)
    yield
    handler.repository.cache_clear()


@pytest.fixture
def store() -> Iterator[Store]:
    """No addresses and no users, on an emulated DynamoDB which the function will find."""
    with emulated_aws():
        create_addresses_table(dynamo.client(), TABLE_NAME)
        create_users_table(dynamo.client(), USERS_TABLE_NAME)
        yield Store(dynamo.client())


@pytest.fixture
def repository(store: Store) -> AddressRepository:
    return AddressRepository(
        dynamo.Table(TABLE_NAME, store.client), dynamo.Table(USERS_TABLE_NAME, store.client)
    )


@pytest.fixture
def customer(store: Store, context: LambdaContext) -> Customer:
    return Customer(context, store.add_user())


@pytest.fixture
def other(store: Store, context: LambdaContext) -> Customer:
    """Another user than ``customer``."""
    return Customer(context, store.add_user())


@pytest.fixture
def book(repository: AddressRepository, store: Store) -> Book:
    return Book(repository, store)


@pytest.fixture
def calls(store: Store) -> list[str]:
    """The calls to DynamoDB from here on, by name."""
    made: list[str] = []
    store.client.meta.events.register(
        "before-call.dynamodb", lambda model, **_: made.append(model.name)
    )
    return made


@pytest.fixture
def untouched(context: LambdaContext) -> Wire:
    """A DynamoDB that nothing should reach."""
    return Wire(dynamo.client(), AssertionError("no call was wanted"))


@pytest.fixture
def nobody_home(untouched: Wire, context: LambdaContext) -> Customer:
    """A user whose requests should be answered without the store."""
    return Customer(context, "0" * 32)
