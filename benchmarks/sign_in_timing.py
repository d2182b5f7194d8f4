"""Whether the time of a refused sign-in tells that an e-mail has an account.

The users function is asked in this process: wrong passwords of accounts that exist, and e-mails
that have none, in random order, each e-mail once. DynamoDB is answered for below the client, so
that what is measured, in CPU time, is the function's own. (The calls are the same for both; the
tests count them.)

The test is a permutation test of the difference of the two medians, two-sided: how often labels
dealt out at random give a difference as large as the one that was measured. As a control the same
is done with a function that does not hash for an unknown e-mail; there it must be found.
"""

from __future__ import annotations

import json
import os
import platform
import random
import statistics
import time
from typing import TYPE_CHECKING, Annotated, Any
from unittest import mock

import typer
from rich.console import Console
from rich.table import Table

from shop import clock, dynamo
from shop.identity import Role
from shop.ids import new_id
from tests.conftest import FakeLambdaContext
from tests.events import http_event
from tests.shop.wire import response
from users import emails, handler, passwords, rows

if TYPE_CHECKING:
    from collections.abc import Sequence

    from botocore.awsrequest import AWSRequest, AWSResponse

PERMUTATIONS = 10_000
ENVIRONMENT = {
    "AWS_ACCESS_KEY_ID": "none",
    "AWS_SECRET_ACCESS_KEY": "none",
    "AWS_DEFAULT_REGION": "eu-central-1",
    "POWERTOOLS_LOG_LEVEL": "CRITICAL",
    "TABLE_NAME": "users",
    "SIGNING_KEY_ARN": "none",
    "TOKEN_ISSUER": "none",
    "TOKEN_AUDIENCE": "none",
}

chance = random.Random(20261122)  # noqa: S311  (no secret)
honest = passwords.matches


def careless(password_hash: str, password: str) -> bool:
    """What a function does that stops when there is no such account."""
    return password_hash != passwords.NOBODYS_HASH and honest(password_hash, password)


class Rows:
    """Rows of DynamoDB, as far as a sign-in asks for them."""

    def __init__(self) -> None:
        self._rows: dict[str, dict[str, Any]] = {}
        dynamo.client().meta.events.register(
            "before-send.dynamodb",
            self._answer,  # type: ignore[arg-type]  # this event takes an answer
        )

    def add_account(self, email: str, password_hash: str) -> None:
        key, now, user_id = emails.lookup_key(email), clock.now(), new_id()
        account = rows.Account(
            user_id, email, key, password_hash, None, None, Role.CUSTOMER, 0, now, now
        )
        self._add(rows.from_account(account))
        self._add({**rows.marker_key(key), "userId": user_id})

    def _add(self, row: dict[str, Any]) -> None:
        wire = dynamo.to_wire(row)
        self._rows[_name(wire)] = wire

    def _answer(self, request: AWSRequest, **_: Any) -> AWSResponse:
        asked = json.loads(request.body)
        if "RequestItems" in asked:
            ((table, batch),) = asked["RequestItems"].items()
            found = [
                self._rows[name] for each in batch["Keys"] if (name := _name(each)) in self._rows
            ]
            return response(200, {"Responses": {table: found}, "UnprocessedKeys": {}})
        row = self._rows.get(_name(asked["Key"]))
        return response(200, {"Item": row} if row and "UpdateExpression" not in asked else {})


def _name(row: dict[str, Any]) -> str:
    return f"{row['pk']['S']} {row['sk']['S']}"


def main(runs: Annotated[int, typer.Option(help="Sign-ins of each kind")] = 1000) -> None:
    """Measure, and print medians in milliseconds of CPU, their ratio, and how likely it is."""
    os.environ |= ENVIRONMENT
    store = Rows()
    title = f"{platform.machine()}, Python {platform.python_version()}, {runs} of each"
    table = Table("function", "unknown", "wrong password", "ratio", "p", title=title)
    table.add_row("as it is", *compared(*measured(store, runs)))
    with mock.patch.object(passwords, "matches", careless):
        table.add_row("control: no hash when unknown", *compared(*measured(store, runs)))
    Console().print(table)


def measured(store: Rows, runs: int) -> tuple[list[float], list[float]]:
    """Seconds of CPU of sign-ins with unknown e-mails, and with wrong passwords."""
    password_hash = passwords.hashed("otters hold hands asleep")
    attempts = [(f"{new_id()}@example.com", number % 2 == 0) for number in range(2 * runs)]
    for email, exists in attempts:
        if exists:
            store.add_account(email, password_hash)
    chance.shuffle(attempts)
    times: dict[bool, list[float]] = {True: [], False: []}
    for email, exists in attempts:
        body = json.dumps({"email": email, "password": "not this one"})
        event = http_event("POST", "/sessions", body=body)
        started = time.process_time()
        answer = handler.handler(event, FakeLambdaContext())
        times[exists].append(time.process_time() - started)
        assert json.loads(answer["body"])["type"] == "invalid-credentials"
    return times[False], times[True]


def compared(unknown: Sequence[float], wrong: Sequence[float]) -> list[str]:
    """A row of the table."""
    medians = statistics.median(unknown), statistics.median(wrong)
    cells = [f"{median * 1000:.2f} ms" for median in medians]
    return [*cells, f"{medians[0] / medians[1]:.3f}", f"{likelihood(unknown, wrong):.4f}"]


def likelihood(one: Sequence[float], other: Sequence[float]) -> float:
    """Share of random labellings with a difference of medians at least as large (the p-value)."""
    seen = abs(statistics.median(one) - statistics.median(other))
    together = [*one, *other]
    larger = 0
    for _ in range(PERMUTATIONS):
        chance.shuffle(together)
        dealt = together[: len(one)], together[len(one) :]
        larger += abs(statistics.median(dealt[0]) - statistics.median(dealt[1])) >= seen
    return (larger + 1) / (PERMUTATIONS + 1)


if __name__ == "__main__":
    typer.run(main)
