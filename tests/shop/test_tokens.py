"""What an access token says, and that it says it of the same caller when it comes back."""

from __future__ import annotations

import json

import pytest

from shop import tokens
from shop.identity import Caller, Role
from shop.ids import is_id, new_id

NOW = 1_795_359_845
ISSUER = "https://shop.example"
AUDIENCE = "shop-api"


def claims_of(caller: Caller) -> dict[str, object]:
    return tokens.claims(caller, issuer=ISSUER, audience=AUDIENCE, now=NOW)


@pytest.mark.parametrize("role", Role)
def test_a_token_says_for_whom_it_is_and_until_when(role: Role) -> None:
    caller = Caller(new_id(), new_id(), role)
    claims = claims_of(caller)
    assert is_id(str(claims["jti"]))
    assert claims == {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "sub": caller.user_id,
        "sid": caller.session_id,
        "role": role.value,
        "iat": NOW,
        "exp": NOW + 15 * 60,
        "jti": claims["jti"],
    }


def test_a_token_has_every_claim_that_is_required_of_it() -> None:
    assert set(claims_of(Caller(new_id(), new_id(), Role.CUSTOMER))) == set(tokens.CLAIMS)


def test_every_token_is_another_one() -> None:
    caller = Caller(new_id(), new_id(), Role.CUSTOMER)
    assert len({str(claims_of(caller)["jti"]) for _ in range(20)}) == 20


@pytest.mark.parametrize("role", Role)
def test_a_caller_is_the_same_when_the_token_comes_back(role: Role) -> None:
    caller = Caller(new_id(), new_id(), role)
    assert tokens.caller(json.loads(json.dumps(claims_of(caller)))) == caller


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"role": "root"}, ValueError),
        ({"role": "ADMIN"}, ValueError),
        ({"role": ""}, ValueError),
        ({"role": None}, ValueError),
        ({"role": ["admin"]}, ValueError),
    ],
)
def test_a_role_that_there_is_not_is_no_caller(
    change: dict[str, object], error: type[Exception]
) -> None:
    claims = claims_of(Caller(new_id(), new_id(), Role.CUSTOMER))
    with pytest.raises(error):
        tokens.caller(claims | change)


@pytest.mark.parametrize("name", ["sub", "sid", "role"])
def test_nobody_is_made_up_for_a_claim_that_is_missing(name: str) -> None:
    claims = claims_of(Caller(new_id(), new_id(), Role.CUSTOMER))
    del claims[name]
    with pytest.raises(KeyError):
        tokens.caller(claims)


def test_a_key_is_called_by_the_last_part_of_its_arn() -> None:
    key_id = "1234abcd-12ab-34cd-56ef-1234567890ab"
    assert tokens.key_id(f"arn:aws:kms:eu-central-1:123456789012:key/{key_id}") == key_id
