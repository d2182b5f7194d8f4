"""`shop admin` on the running stack."""

import pytest

from ops.local.folder import LocalFolder
from tests.e2e.accounts import Account, new_email, register
from tests.e2e.conftest import Api, outputs, shop

pytestmark = pytest.mark.e2e


def run(folder: LocalFolder, *arguments: str) -> tuple[int, str]:
    process = shop(folder.root, "admin", *arguments)
    output, _ = process.communicate(timeout=60)
    return process.returncode, output


def test_the_local_administrator_is_in_the_outputs(folder: LocalFolder, admin: Account) -> None:
    assert outputs(folder.root)["admin"].keys() == {"email", "password"}
    assert folder.outputs.stat().st_mode & 0o077 == 0, "the password is for its owner only"
    assert admin.get("/users/me").json()["role"] == "admin"


def test_a_role_is_granted_and_revoked(api: Api, folder: LocalFolder) -> None:
    account = register(api)
    for command, role in (("grant", "admin"), ("grant", "admin"), ("revoke", "customer")):
        code, output = run(folder, command, account.email.upper())
        assert code == 0, output
        assert account.get("/users/me").json()["role"] == role


def test_who_is_unknown_cannot_be_granted_anything(stack: object, folder: LocalFolder) -> None:
    email = new_email()
    code, output = run(folder, "grant", email)
    assert code == 1
    assert f"There is no account with the e-mail {email}" in output
    assert "Traceback" not in output
    for odd in ("no address", "ren\udce9@example.com"):
        code, output = run(folder, "grant", odd)
        assert code == 1
        assert "Traceback" not in output
    assert "is not UTF-8" in output
