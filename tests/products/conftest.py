from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from moto import mock_aws

from shop import dynamo
from tests.products.catalogue import Catalogue, Customer
from tests.products.tables import create_products_table
from tests.shop.wire import Wire

if TYPE_CHECKING:
    from collections.abc import Iterator

    from aws_lambda_powertools.utilities.typing import LambdaContext
    from moto.core.config import DefaultConfig

TABLE_NAME = "products"
# tests/conftest.py sees to the credentials; a new session for every test would take ten times
# as long as all the rest.
_MOTO: DefaultConfig = {"core": {"mock_credentials": False, "reset_boto3_session": False}}


@pytest.fixture
def catalogue(monkeypatch: pytest.MonkeyPatch) -> Iterator[Catalogue]:
    """An empty catalogue on an emulated DynamoDB, which the function will find."""
    monkeypatch.setenv("TABLE_NAME", TABLE_NAME)
    with mock_aws(config=_MOTO):
        create_products_table(dynamo.client(), TABLE_NAME)
        yield Catalogue(dynamo.client(), TABLE_NAME)


@pytest.fixture
def customer(context: LambdaContext) -> Customer:
    return Customer(context)


@pytest.fixture
def calls(catalogue: Catalogue) -> list[str]:
    """The calls to DynamoDB from here on, by name."""
    made: list[str] = []
    dynamo.client().meta.events.register(
        "before-call.dynamodb", lambda model, **_: made.append(model.name)
    )
    return made


@pytest.fixture
def untouched(monkeypatch: pytest.MonkeyPatch) -> Wire:
    """A DynamoDB that nothing should reach."""
    monkeypatch.setenv("TABLE_NAME", "products")
    return Wire(dynamo.client(), AssertionError("no call was wanted"))
