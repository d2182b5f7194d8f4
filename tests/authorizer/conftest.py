from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from authorizer import verifier
from shop.identity import Caller, Role
from shop.ids import new_id
from tests.authorizer.corpus import Mint
from tests.emulated import emulated_aws

if TYPE_CHECKING:
    from collections.abc import Iterator


ISSUER = "shop-test"
AUDIENCE = "shop-test-api"


@pytest.fixture
def keys(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """The ARNs of two keys in an emulated KMS, which the authorizer is told to accept."""
    with emulated_aws():
        arns = [new_key(), new_key()]
        monkeypatch.setenv("VERIFICATION_KEY_ARNS", ",".join(arns))
        monkeypatch.setenv("TOKEN_ISSUER", ISSUER)
        monkeypatch.setenv("TOKEN_AUDIENCE", AUDIENCE)
        yield arns


@pytest.fixture
def mint(keys: list[str]) -> Mint:
    """Makes tokens with the first of the two keys."""
    return mint_of(keys[0])


@pytest.fixture
def caller() -> Caller:
    return Caller(new_id(), new_id(), Role.CUSTOMER)


def new_key() -> str:
    made = verifier.client().create_key(KeySpec="ECC_NIST_P256", KeyUsage="SIGN_VERIFY")
    return made["KeyMetadata"]["Arn"]


def mint_of(arn: str, *, issuer: str = ISSUER, audience: str = AUDIENCE) -> Mint:
    def sign(message: bytes) -> bytes:
        answer = verifier.client().sign(
            KeyId=arn, Message=message, MessageType="RAW", SigningAlgorithm="ECDSA_SHA_256"
        )
        return answer["Signature"]

    return Mint(sign, kid=arn.rpartition("/")[2], issuer=issuer, audience=audience)
