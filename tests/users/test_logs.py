"""No line of the log has a password, a token, or an e-mail address in it, whatever happens."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from botocore.exceptions import ClientError

from shop.errors import Unavailable
from shop.identity import Role
from tests.users.faults import DENIED, LOST, REFUSED, Calls
from tests.users.world import Client, deliver, removal
from users import composition, service

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.users.world import Answer, Store

pytestmark = pytest.mark.slow

CANARY = "canary7f3a"  # in all that people type
EMAIL = f"{CANARY}@example.com"
PASSWORD = f"{CANARY} password"
NEW = f"{CANARY} new password"


class Secrets:
    """What must not be told: what was typed, and every token that was answered."""

    def __init__(self) -> None:
        self.known = {CANARY, "$argon2"}

    def learn(self, answer: Answer) -> Answer:
        for name in ("accessToken", "refreshToken"):
            token = answer.body.get(name)
            if token:
                self.known |= {token, *token.split("."), token[-40:]}
        return answer


@pytest.fixture
def secrets() -> Secrets:
    return Secrets()


@pytest.fixture
def log(capsys: pytest.CaptureFixture[str]) -> pytest.CaptureFixture[str]:
    """What is written. To be asked for first: the logger keeps the output that it was made with."""
    return capsys


@pytest.fixture
def account(visitor: Client, secrets: Secrets) -> tuple[Client, str]:
    """Someone signed in, and the refresh token."""
    visitor.register(EMAIL, PASSWORD, firstName=CANARY)
    answer = secrets.learn(visitor.sign_in(EMAIL, PASSWORD))
    return Client(visitor.context, answer.caller), answer.body["refreshToken"]


def operations(client: Client, token: str, admin: Client) -> list[Callable[[], Answer]]:
    """All of them, done right and done wrong, in an order in which most succeed."""
    visitor = Client(client.context)
    assert client.caller
    user_id = client.caller.user_id
    return [
        lambda: visitor.register(f"other.{EMAIL}", PASSWORD, lastName=CANARY),
        lambda: visitor.register(EMAIL, PASSWORD),
        lambda: visitor.register(CANARY, CANARY[:7], firstName=f"{CANARY}\n"),
        lambda: visitor.register(EMAIL, EMAIL),
        lambda: visitor.sign_in(EMAIL, PASSWORD),
        lambda: visitor.sign_in(EMAIL, NEW),
        lambda: visitor.sign_in(CANARY, NEW),
        lambda: visitor.ask("POST", "/sessions", {"email": [CANARY], CANARY: CANARY}),
        lambda: visitor.refresh(token),
        lambda: visitor.refresh(token),
        lambda: visitor.refresh(CANARY),
        client.me,
        lambda: client.change(firstName=CANARY, email=f"new.{EMAIL}"),
        lambda: client.change(email=f"other.{EMAIL}"),
        lambda: client.change(email=CANARY),
        lambda: client.change_password(PASSWORD, NEW),
        lambda: client.change_password(PASSWORD, PASSWORD),
        lambda: client.change_password(NEW, f"new.{EMAIL}"),
        lambda: admin.users(email=f"new.{EMAIL}"),
        lambda: admin.users(email=CANARY),
        lambda: admin.users(cursor=CANARY),
        lambda: admin.user(user_id),
        lambda: admin.user(CANARY),
        lambda: admin.set_role(user_id, role="admin"),
        lambda: client.delete(PASSWORD),
        client.sign_out,
        lambda: client.delete(NEW),
    ]


def test_when_all_goes_well_and_when_clients_err(
    log: pytest.CaptureFixture[str],
    account: tuple[Client, str],
    admin: Client,
    secrets: Secrets,
) -> None:
    answers = [secrets.learn(each()) for each in operations(*account, admin)]
    assert {answer.status for answer in answers} == {200, 201, 204, 400, 401, 404, 409, 422}
    _nothing_is_told(secrets, log, len(answers))


@pytest.mark.parametrize("kind", [REFUSED, LOST, DENIED])
def test_when_a_call_to_aws_goes_wrong(
    log: pytest.CaptureFixture[str],
    account: tuple[Client, str],
    admin: Client,
    secrets: Secrets,
    monkeypatch: pytest.MonkeyPatch,
    kind: str,
) -> None:
    monkeypatch.setattr("time.sleep", lambda _: None)
    calls = Calls()
    statuses: list[int] = []
    for operation in operations(*account, admin):
        for place in range(5):
            with calls.breaking(place, kind):
                statuses.append(secrets.learn(operation()).status)
            if place >= len(calls.names):
                break  # there are no more calls that could go wrong
    assert statuses.count(500 if kind == DENIED else 503) > 15
    _nothing_is_told(secrets, log, len(statuses))


def test_when_rows_are_not_what_they_should_be(
    log: pytest.CaptureFixture[str],
    account: tuple[Client, str],
    admin: Client,
    store: Store,
    secrets: Secrets,
) -> None:
    client, _ = account
    assert client.caller
    row = store.user(client.caller.user_id)
    for broken in (
        {"passwordHash": CANARY},
        {"role": "king"},
        {"sessionEpoch": "many"},
        {"updatedAt": "long ago"},
        {"email": [CANARY]},
    ):
        store.set(row, **broken)
        for operation in operations(*account, admin):
            operation()
        store.set(row)
    out = _nothing_is_told(secrets, log, 5)
    assert "Traceback" in out


def test_in_the_stream_and_for_operators(
    log: pytest.CaptureFixture[str],
    account: tuple[Client, str],
    secrets: Secrets,
) -> None:
    client, _ = account
    assert client.caller
    calls = Calls()
    for kind, raised in ((REFUSED, Unavailable), (DENIED, ClientError)):
        with calls.breaking(0, kind), pytest.raises(raised):
            deliver(client.context, removal(client.caller.user_id))
    deliver(client.context, removal(client.caller.user_id))
    service.set_role(composition.repository(), EMAIL, Role.ADMIN)
    _nothing_is_told(secrets, log, 3)


def _nothing_is_told(secrets: Secrets, log: pytest.CaptureFixture[str], lines: int) -> str:
    captured = log.readouterr()
    out = captured.out + captured.err
    assert out.count("\n") >= lines
    told = [secret for secret in secrets.known if secret.casefold() in out.casefold()]
    assert told == [], [line for line in out.splitlines() if told[0].casefold() in line.casefold()]
    return out
