"""Who knows the password is not shut out by a service that is away."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from botocore.exceptions import ReadTimeoutError

from tests.users.faults import REFUSED, Calls, meanwhile
from tests.users.world import WRONG

if TYPE_CHECKING:
    from tests.users.world import Client, Store

pytestmark = pytest.mark.slow

BLOCKED = (429, "too-many-attempts")
SIGN_IN = ["BatchGetItem", "GetItem", "UpdateItem", "Sign", "TransactWriteItems"]


@pytest.mark.parametrize("place", [3, 4], ids=["Sign", "TransactWriteItems"])
def test_an_outage_does_not_shut_out_who_knows_the_password(
    visitor: Client, store: Store, place: int
) -> None:
    visitor.register()
    visitor.sign_in(password=WRONG)
    calls = Calls()
    for _ in range(8):
        with calls.breaking(place, REFUSED):
            assert visitor.sign_in().problem == (503, "unavailable")
        assert calls.names[-2:] == [SIGN_IN[place], "DeleteItem"]
        assert store.attempts() == store.sessions() == []
    assert visitor.sign_in().status == 201


def test_an_outage_forgets_no_wrong_password(visitor: Client, store: Store) -> None:
    visitor.register()
    calls = Calls()
    for _ in range(6):
        with calls.breaking(3, REFUSED):
            assert visitor.sign_in(password=WRONG).status == 401
    assert visitor.sign_in().problem == BLOCKED


@pytest.mark.parametrize(
    "error", [ReadTimeoutError(endpoint_url="https://aws.test/"), OSError("unforeseen")]
)
def test_what_went_wrong_first_is_told_when_forgetting_goes_wrong_too(
    visitor: Client, store: Store, error: Exception
) -> None:
    visitor.register()

    def fail() -> None:
        raise error

    with Calls().breaking(3, REFUSED), meanwhile("DeleteItem", fail) as done:
        assert visitor.sign_in().problem == (503, "unavailable")
    assert done
    (row,) = store.attempts()
    assert row["failures"] == 1
