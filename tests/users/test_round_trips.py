"""What every operation costs in calls to AWS, and what a cold start imports for it."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from shop.identity import Role
from shop.ids import new_id
from tests.users.world import EMAIL, PASSWORD, WRONG, Client, deliver, removal
from users import composition, service

if TYPE_CHECKING:
    from tests.users.world import Answer, Store

pytestmark = pytest.mark.slow

NEW = "five words of my own"
UNKNOWN = "unknown@example.com"


class Bill:
    """Tells what was called since it was last asked."""

    def __init__(self, calls: list[str]) -> None:
        self._calls = calls
        self._calls.clear()

    def of(self, answer: Answer, status: int) -> list[str]:
        assert answer.status == status, answer.body
        made = self._calls.copy()
        self._calls.clear()
        return made


@pytest.fixture
def bill(calls: list[str]) -> Bill:
    return Bill(calls)


def test_of_those_who_are_not_signed_in(visitor: Client, bill: Bill) -> None:
    assert bill.of(visitor.register(), 201) == ["TransactWriteItems"]
    assert bill.of(visitor.register(), 409) == ["TransactWriteItems"]
    assert bill.of(visitor.register("x"), 422) == []
    signed_in = visitor.sign_in()
    assert bill.of(signed_in, 201) == [
        "GetItem", "BatchGetItem", "UpdateItem", "Sign", "TransactWriteItems",
    ]  # fmt: skip
    for email in (EMAIL, UNKNOWN):
        answer = visitor.sign_in(email, WRONG)
        assert bill.of(answer, 401) == ["GetItem", "BatchGetItem", "UpdateItem"]
        for _ in range(5):
            visitor.sign_in(email, WRONG)
        bill.of(answer, 401)
        assert bill.of(visitor.sign_in(email, WRONG), 429) == ["GetItem", "BatchGetItem"]
    token = signed_in.body["refreshToken"]
    assert bill.of(visitor.refresh(token), 200) == ["BatchGetItem", "Sign", "UpdateItem"]
    assert bill.of(visitor.refresh(token), 200) == ["BatchGetItem", "Sign"]
    assert bill.of(visitor.refresh("x"), 401) == []
    assert bill.of(visitor.me(), 401) == []


def test_of_those_who_are(reader: Client, bill: Bill) -> None:
    assert bill.of(reader.me(), 200) == ["BatchGetItem"]
    assert bill.of(reader.change(), 200) == ["BatchGetItem"]
    assert bill.of(reader.change(firstName="A"), 200) == ["BatchGetItem", "UpdateItem"]
    assert bill.of(reader.change(email="READER@example.com"), 200) == ["BatchGetItem", "UpdateItem"]
    moved = reader.change(email="new@example.com")
    assert bill.of(moved, 200) == ["BatchGetItem", "TransactWriteItems"]
    checked = ["BatchGetItem", "UpdateItem"]
    assert bill.of(reader.change_password(WRONG, NEW), 401) == checked
    # A failure that is known costs one more: the first count meets it.
    once_more = [*checked, "UpdateItem", "TransactWriteItems"]
    assert bill.of(reader.change_password(PASSWORD, NEW), 204) == once_more
    again = reader.change_password(NEW, PASSWORD)
    assert bill.of(again, 204) == [*checked, "TransactWriteItems"]
    assert bill.of(reader.change_password(PASSWORD, "password"), 422) == []
    assert bill.of(reader.delete(), 204) == [*checked, "TransactWriteItems"]
    assert bill.of(reader.delete(), 401) == ["BatchGetItem"]


def test_of_signing_out(reader: Client, bill: Bill) -> None:
    assert bill.of(reader.sign_out(), 204) == ["BatchGetItem", "DeleteItem"]


def test_of_administrators(admin: Client, visitor: Client, bill: Bill) -> None:
    assert admin.caller
    user_id = visitor.register().body["id"]
    assert bill.of(visitor.me(), 401) == ["TransactWriteItems"]
    asked = ["BatchGetItem"]  # whether the session lasts, and the role
    for limit in (1, 2, 3, 100):
        assert bill.of(admin.users(limit=limit), 200) == [*asked, "Query", "BatchGetItem"]
    assert bill.of(admin.users(email=EMAIL), 200) == [*asked, "GetItem", "GetItem"]
    assert bill.of(admin.users(email=UNKNOWN), 200) == [*asked, "GetItem"]
    assert bill.of(admin.user(user_id), 200) == [*asked, "GetItem"]
    assert bill.of(admin.user(new_id()), 404) == [*asked, "GetItem"]
    assert bill.of(admin.user("x"), 404) == asked
    changed = admin.set_role(user_id, role="admin")
    assert bill.of(changed, 200) == [*asked, "GetItem", "TransactWriteItems"]
    assert bill.of(admin.set_role(user_id), 200) == [*asked, "GetItem"]
    assert bill.of(admin.set_role(admin.caller.user_id), 200) == asked
    own = admin.set_role(admin.caller.user_id, role="customer")
    assert bill.of(own, 200) == [*asked, "UpdateItem"]
    assert bill.of(admin.users(), 403) == asked


def test_of_operators_and_of_the_stream(reader: Client, store: Store, calls: list[str]) -> None:
    assert reader.caller
    calls.clear()
    service.set_role(composition.repository(), EMAIL, Role.ADMIN)
    assert calls == ["GetItem", "GetItem", "UpdateItem"]
    store.remove(store.user(reader.caller.user_id))
    calls.clear()
    deliver(reader.context, removal(reader.caller.user_id))
    assert calls == ["Query", "DeleteItem"]


def test_the_function_connects_once(reader: Client) -> None:
    before = (composition.repository(), composition.session_repository(), composition.signer())
    reader.me()
    assert (
        composition.repository(), composition.session_repository(), composition.signer(),
    ) == before  # fmt: skip


def test_a_cold_start_imports_nothing_that_few_requests_need() -> None:
    heavy = "argon2 cryptography email_validator jwt zxcvbn"
    program = (
        f"import sys, users.handler; print([n for n in '{heavy}'.split() if n in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, check=True, text=True
    )
    assert done.stdout.strip() == "[]"
