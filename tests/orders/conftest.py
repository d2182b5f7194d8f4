from __future__ import annotations

import time
from datetime import datetime
from typing import TYPE_CHECKING, Any

import pytest

from orders import handler, moves
from shop import clock, dynamo
from shop.identity import Role
from shop.ids import new_id
from tests.emulated import emulated_aws
from tests.orders.tables import create_orders_table
from tests.orders.unpaid import Clock
from tests.orders.world import (
    ADDRESSES,
    ENVIRONMENT,
    ORDERS,
    PRODUCTS,
    USERS,
    Client,
    Customer,
    Shop,
)
from tests.products.tables import create_products_table
from tests.tables import create_table

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from aws_lambda_powertools.utilities.typing import LambdaContext

    from orders.repository import OrderRepository
    from orders.writer import OrderWriter


@pytest.fixture(autouse=True)
def _settings(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)


@pytest.fixture
def shop() -> Iterator[Shop]:
    """Four empty tables, on an emulated DynamoDB which the function will find."""
    with emulated_aws():
        create_orders_table(dynamo.client(), ORDERS)
        create_table(dynamo.client(), USERS)
        create_table(dynamo.client(), ADDRESSES)
        create_products_table(dynamo.client(), PRODUCTS)
        yield Shop(dynamo.client())


@pytest.fixture
def repository(shop: Shop) -> OrderRepository:
    return handler.repository()


@pytest.fixture
def writer(shop: Shop) -> OrderWriter:
    return handler.writer()


@pytest.fixture
def customer(shop: Shop, context: LambdaContext) -> Customer:
    return Customer(context, shop)


@pytest.fixture
def other(shop: Shop, context: LambdaContext) -> Customer:
    """Another user than ``customer``."""
    return Customer(context, shop)


@pytest.fixture
def admin(shop: Shop, context: LambdaContext) -> Client:
    return Client(context, new_id(), Role.ADMIN)


@pytest.fixture
def calls(shop: Shop) -> list[str]:
    """The calls to DynamoDB from here on, by name."""
    made: list[str] = []
    shop.client.meta.events.register(
        "before-call.dynamodb", lambda model, **_: made.append(model.name)
    )
    return made


@pytest.fixture
def asked(shop: Shop) -> list[dict[str, Any]]:
    """The parameters of the calls to DynamoDB from here on."""
    made: list[dict[str, Any]] = []
    shop.client.meta.events.register(
        "provide-client-params.dynamodb", lambda params, **_: made.append(params)
    )
    return made


@pytest.fixture
def set_clock(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Lets the shop's clock stand still at a time."""
    return lambda time: monkeypatch.setattr(clock, "now", lambda: time)


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits before trying again, the SDK included."""
    monkeypatch.setattr(time, "sleep", lambda _: None)


@pytest.fixture
def noon(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The clock by which orders are placed and get too old; it stands still."""
    standing = Clock()
    fake = type("fake", (datetime,), {"now": staticmethod(standing.now)})
    monkeypatch.setattr(clock, "datetime", fake)
    monkeypatch.setattr(moves, "datetime", fake)
    return standing
