"""Each call to AWS of each operation goes wrong once, in each way; then the client tries again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

from tests.users.faults import KINDS, LOST, REFUSED, RESENT, Calls
from tests.users.world import PASSWORD, Answer, Client

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.users.world import Clock, Store

pytestmark = pytest.mark.exhaustive

NEW = "five words of my own"


@dataclass
class Account:
    """Someone whose operation meets with trouble; each has an address of the own."""

    email: str
    client: Client
    refresh_token: str = ""

    @property
    def visitor(self) -> Client:
        return Client(self.client.context)

    def prepare(self) -> Account:
        assert self.visitor.register(self.email).status == 201
        session = self.visitor.sign_in(self.email)
        client = Client(self.client.context, session.caller)
        return Account(self.email, client, session.body["refreshToken"])


class Struck(NamedTuple):
    """The kind of trouble, and whether it struck the last call: the one that does everything."""

    kind: str
    last: bool

    @property
    def done(self) -> bool:
        """Whether it was done all the same."""
        return self.kind == RESENT or (self.kind == LOST and self.last)


class Trouble:
    """Does an operation once for each call that it makes and each kind of trouble."""

    def __init__(self, context: Any, store: Store) -> None:
        self.calls = Calls()
        self.store = store
        self._nobody = Client(context)
        self._number = 0

    def account(self) -> Account:
        self._number += 1
        return Account(f"reader{self._number}@example.com", self._nobody)

    def strike(
        self,
        act: Callable[[Account], Answer],
        check: Callable[[Account, Answer, Struck], None],
        *,
        registered: bool = True,
    ) -> list[str]:
        """``check`` the account after ``act`` met with each trouble. The calls of ``act``.

        It gets the account, the answer, and what the trouble was.
        """

        def someone() -> Account:
            return self.account().prepare() if registered else self.account()

        undisturbed = someone()
        names = self.calls.made_by(lambda: act(undisturbed))
        assert names
        for place in range(len(names)):
            for kind in KINDS:
                account = someone()
                with self.calls.breaking(place, kind):
                    answer = act(account)
                assert len(self.calls.names) > place, "the trouble came too late"
                if kind == RESENT:
                    assert answer.status < 300, (names[place], answer.body)
                else:
                    assert answer.problem == (503, "unavailable"), names[place]
                    assert answer.headers["Retry-After"] == "1"
                check(account, answer, Struck(kind, last=place == len(names) - 1))
                self.store.check()
        return names


@pytest.fixture
def trouble(store: Store, clock: Clock, context: Any, monkeypatch: pytest.MonkeyPatch) -> Trouble:
    monkeypatch.setattr("time.sleep", lambda _: None)
    return Trouble(context, store)


def test_registering(trouble: Trouble) -> None:
    def check(account: Account, answer: Answer, struck: Struck) -> None:
        again = account.client.register(account.email)
        assert again.status == (201 if struck.kind == REFUSED else 409)
        assert account.client.sign_in(account.email).status == 201
        assert len(trouble.store.rows(f"EMAIL#{account.email}")) == 1

    calls = trouble.strike(
        lambda account: account.client.register(account.email), check, registered=False
    )
    assert calls == ["TransactWriteItems"]


def test_signing_in(trouble: Trouble) -> None:
    def check(account: Account, answer: Answer, struck: Struck) -> None:
        assert account.client.caller
        sessions = trouble.store.sessions(account.client.caller.user_id)
        assert len(sessions) == (2 if struck.done else 1)
        again = account.visitor.sign_in(account.email)
        assert again.status == 201
        assert trouble.store.attempts() == []
        assert account.visitor.refresh(again.body["refreshToken"]).status == 200
        if struck.kind == RESENT:
            assert account.visitor.refresh(answer.body["refreshToken"]).status == 200

    calls = trouble.strike(lambda account: account.visitor.sign_in(account.email), check)
    assert calls == ["GetItem", "BatchGetItem", "UpdateItem", "Sign", "TransactWriteItems"]


def test_refreshing(trouble: Trouble) -> None:
    def check(account: Account, answer: Answer, struck: Struck) -> None:
        again = account.visitor.refresh(account.refresh_token)
        assert again.status == 200
        if struck.kind == RESENT:
            assert again.body["refreshToken"] == answer.body["refreshToken"]
        assert again.caller == account.client.caller
        assert account.visitor.refresh(again.body["refreshToken"]).status == 200

    calls = trouble.strike(lambda account: account.visitor.refresh(account.refresh_token), check)
    assert calls == ["BatchGetItem", "Sign", "UpdateItem"]


def test_changing_the_password(trouble: Trouble) -> None:
    def check(account: Account, answer: Answer, struck: Struck) -> None:
        assert account.client.me().status == 200  # this session goes on in any case
        signed_in = [account.visitor.sign_in(account.email, each) for each in (PASSWORD, NEW)]
        assert [each.status for each in signed_in] == ([401, 201] if struck.done else [201, 401])
        again = account.client.change_password(PASSWORD, NEW)
        assert again.status == (401 if struck.done else 204)
        assert account.visitor.sign_in(account.email, NEW).status == 201

    calls = trouble.strike(lambda account: account.client.change_password(PASSWORD, NEW), check)
    assert calls == ["BatchGetItem", "UpdateItem", "TransactWriteItems"]


def test_changing_the_email(trouble: Trouble) -> None:
    def move(account: Account) -> Answer:
        return account.client.change(email=f"moved.{account.email}", firstName="A")

    def check(account: Account, answer: Answer, struck: Struck) -> None:
        again = move(account)
        assert again.status == 200
        assert again.body["email"] == f"moved.{account.email}"
        assert account.visitor.sign_in(account.email).status == 401
        assert account.visitor.sign_in(f"moved.{account.email}").status == 201
        assert account.visitor.register(account.email).status == 201

    assert trouble.strike(move, check) == ["BatchGetItem", "TransactWriteItems"]


def test_changing_a_name(trouble: Trouble) -> None:
    def rename(account: Account) -> Answer:
        return account.client.change(firstName="A")

    def check(account: Account, answer: Answer, struck: Struck) -> None:
        before = account.client.me().body
        assert before["firstName"] == ("A" if struck.done else None)
        if struck.kind == RESENT:
            assert before == answer.body  # it was not done twice
        assert rename(account).body["firstName"] == "A"

    assert trouble.strike(rename, check) == ["BatchGetItem", "UpdateItem"]


def test_deleting(trouble: Trouble) -> None:
    def check(account: Account, answer: Answer, struck: Struck) -> None:
        assert account.client.delete().status == (401 if struck.done else 204)
        assert trouble.store.mentions(account.email) == []
        assert account.client.me().problem == (401, "unauthenticated")
        assert account.visitor.register(account.email).status == 201

    calls = trouble.strike(lambda account: account.client.delete(), check)
    assert calls == ["BatchGetItem", "UpdateItem", "TransactWriteItems"]


def test_signing_out(trouble: Trouble) -> None:
    def check(account: Account, answer: Answer, struck: Struck) -> None:
        assert account.client.sign_out().status == (401 if struck.done else 204)
        assert account.visitor.refresh(account.refresh_token).status == 401

    calls = trouble.strike(lambda account: account.client.sign_out(), check)
    assert calls == ["BatchGetItem", "DeleteItem"]
