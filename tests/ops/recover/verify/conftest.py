from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ops.recover.verify import reconcile
from shop import dynamo
from shop.identity import Role
from shop.ids import new_id
from tests.emulated import emulated_aws
from tests.ops.recover.verify.scene import Scene
from tests.ops.recover.verify.world import Shop
from tests.orders.tables import create_orders_table
from tests.orders.world import ADDRESSES, ENVIRONMENT, ORDERS, PRODUCTS, USERS, Client, Customer
from tests.products.tables import create_products_table
from tests.tables import create_table
from tests.users.tables import create_users_table

if TYPE_CHECKING:
    from collections.abc import Iterator

    from aws_lambda_powertools.utilities.typing import LambdaContext


@pytest.fixture(autouse=True)
def _settings(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(reconcile, "CLEANUP_SECONDS", 0)


@pytest.fixture
def shop() -> Iterator[Shop]:
    """Four empty tables, on an emulated DynamoDB which the functions will find."""
    with emulated_aws():
        create_orders_table(dynamo.client(), ORDERS)
        create_users_table(dynamo.client(), USERS)
        create_table(dynamo.client(), ADDRESSES)
        create_products_table(dynamo.client(), PRODUCTS)
        yield Shop(dynamo.client())


@pytest.fixture
def customer(shop: Shop, context: LambdaContext) -> Customer:
    return Customer(context, shop)


@pytest.fixture
def admin(shop: Shop, context: LambdaContext) -> Client:
    return Client(context, new_id(), Role.ADMIN)


@pytest.fixture
def scene(shop: Shop, customer: Customer, admin: Client) -> Scene:
    return Scene(shop, customer, admin)
