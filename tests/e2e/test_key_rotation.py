"""The runbook docs/runbooks/rotate-token-keys.md, on a stack: nobody is signed out."""

import jwt
import pytest
from rich.console import Console

from ops.local import stack as local_stack
from ops.local.folder import LocalFolder
from ops.local.stack import LocalStack, Steps
from tests.e2e.accounts import Account, sign_in
from tests.e2e.conftest import Api

pytestmark = pytest.mark.e2e


def deploy(folder: LocalFolder, stack: LocalStack, keys: str) -> None:
    steps = Steps(Console(quiet=True))
    local_stack.deploy(folder, stack.emulator, steps, {"shop:tokenKeys": keys})


def kid(account: Account) -> str:
    value: str = jwt.get_unverified_header(account.token)["kid"]
    return value


def works(account: Account) -> bool:
    return account.get("/users/me").status_code == 200


def test_a_key_is_rotated_and_nobody_is_signed_out(
    api: Api, stack: LocalStack, folder: LocalFolder, customer: Account
) -> None:
    """And back again: the other tests hold tokens of the first key."""
    before = customer
    deploy(folder, stack, "1,2")
    during = sign_in(api, customer.email)
    assert kid(during) == kid(before)
    assert works(before)
    assert works(during)
    deploy(folder, stack, "2,1")
    after = sign_in(api, customer.email)
    assert kid(after) != kid(before)
    assert works(before)
    assert works(after)
    deploy(folder, stack, "1")
    assert works(before)
    assert not works(after)
    refreshed = api.request("POST", "/sessions/refresh", json={"refreshToken": after.refresh_token})
    assert refreshed.status_code == 200
    after.token = refreshed.json()["accessToken"]
    assert kid(after) == kid(before)
    assert works(after)
