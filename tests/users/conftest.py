from __future__ import annotations

from typing import TYPE_CHECKING

import boto3
import pytest
from argon2 import PasswordHasher

from shop import clock as shop_clock
from shop import dynamo
from tests.emulated import emulated_aws
from tests.users import world
from tests.users.tables import create_users_table
from tests.users.world import Client, Clock, Store
from users import composition, passwords, sessions

if TYPE_CHECKING:
    from collections.abc import Iterator

    from aws_lambda_powertools.utilities.typing import LambdaContext

    from users.rows import Account

CHEAP = PasswordHasher(memory_cost=8, time_cost=1, parallelism=1)


@pytest.fixture(autouse=True)
def _new_process() -> Iterator[None]:
    yield
    world.forget()


@pytest.fixture(autouse=True)
def _cheap_hashes(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Hash with little work, unless a test wants ``real_hashes``."""
    if "real_hashes" not in request.fixturenames:
        monkeypatch.setattr(passwords, "_hasher", lambda: CHEAP)
        monkeypatch.setattr(passwords, "NOBODYS_HASH", CHEAP.hash("nobody's"))


@pytest.fixture
def real_hashes() -> None:
    """The parameters that the function really uses."""


@pytest.fixture
def store(monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    """An empty table and a key to sign with, emulated, which the function will find."""
    with emulated_aws():
        made = boto3.client("kms").create_key(KeySpec="ECC_NIST_P256", KeyUsage="SIGN_VERIFY")
        monkeypatch.setenv("TABLE_NAME", world.TABLE_NAME)
        monkeypatch.setenv("SIGNING_KEY_ARN", made["KeyMetadata"]["Arn"])
        monkeypatch.setenv("TOKEN_ISSUER", world.ISSUER)
        monkeypatch.setenv("TOKEN_AUDIENCE", world.AUDIENCE)
        create_users_table(dynamo.client(), world.TABLE_NAME)
        yield Store(dynamo.client())


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """A clock in the hands of the test."""
    stopped = Clock()
    monkeypatch.setattr(shop_clock, "now", stopped.now)
    return stopped


@pytest.fixture
def visitor(store: Store, clock: Clock, context: LambdaContext) -> Client:
    """Someone who is not signed in. Time stands still."""
    return Client(context)


@pytest.fixture
def reader(visitor: Client) -> Client:
    """Someone with an account, signed in."""
    assert visitor.register().status == 201
    return visitor.signed_in()


@pytest.fixture
def account(reader: Client) -> Account:
    """The account of ``reader``, as an operation has seen it."""
    assert reader.caller
    return sessions.signed_in(composition.session_repository(), reader.caller)


@pytest.fixture
def admin(visitor: Client, store: Store) -> Client:
    """An administrator, signed in."""
    assert visitor.register("admin@example.com").status == 201
    return visitor.signed_in("admin@example.com").as_admin(store)


@pytest.fixture
def calls(store: Store) -> list[str]:
    """The calls to AWS from here on, by name."""
    made: list[str] = []
    for client in (dynamo.client(), composition.signer().client):
        client.meta.events.register("before-call", lambda model, **_: made.append(model.name))
    return made


@pytest.fixture
def checked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The hashes that passwords were held against."""
    against: list[str] = []
    real = passwords.matches

    def matches(password_hash: str, password: str) -> bool:
        against.append(password_hash)
        return real(password_hash, password)

    monkeypatch.setattr(passwords, "matches", matches)
    return against
