"""Access tokens, checked as anyone can who has the public key."""

from __future__ import annotations

from typing import TYPE_CHECKING

import jwt
import pytest
from botocore.exceptions import ClientError
from cryptography.hazmat.primitives.serialization import load_der_public_key

from shop import tokens
from shop.errors import Unavailable
from shop.identity import Caller, Role
from shop.ids import new_id
from tests.shop.wire import refusal
from tests.users.world import AUDIENCE, ISSUER
from users import composition, instants

if TYPE_CHECKING:
    from typing import Any

    from tests.users.world import Store

CALLER = Caller(new_id(), new_id(), Role.ADMIN)


@pytest.fixture
def public_key(store: Store) -> Any:
    signer = composition.signer()
    answer = signer.client.get_public_key(KeyId=signer._key_arn)
    return load_der_public_key(answer["PublicKey"])


def test_a_token_is_what_everyone_else_takes_for_one(public_key: Any) -> None:
    token = composition.signer().access_token(CALLER)
    said = jwt.decode(
        token,
        public_key,
        algorithms=[tokens.ALGORITHM],
        audience=AUDIENCE,
        issuer=ISSUER,
        options={"require": tokens.CLAIMS},
    )
    assert tokens.caller(said) == CALLER
    assert said.keys() == set(tokens.CLAIMS)
    assert said["exp"] - said["iat"] == 900
    assert abs(said["iat"] - instants.now_seconds()) < 60


def test_the_header_says_which_key_and_no_more(store: Store) -> None:
    signer = composition.signer()
    header = jwt.get_unverified_header(signer.access_token(CALLER))
    assert header == {"alg": "ES256", "typ": "at+jwt", "kid": signer._key_arn.rpartition("/")[2]}


def test_every_signature_fits_its_64_bytes(public_key: Any) -> None:
    """KMS answers in DER, where numbers have as many bytes as they need."""
    for _ in range(40):
        token = composition.signer().access_token(CALLER)
        assert len(token.split(".")[2]) == 86
        jwt.decode(token, public_key, algorithms=["ES256"], audience=AUDIENCE)


def test_no_two_tokens_are_the_same(store: Store) -> None:
    signer = composition.signer()
    assert signer.access_token(CALLER) != signer.access_token(CALLER)


def test_a_changed_token_is_refused(public_key: Any) -> None:
    head, payload, signature = composition.signer().access_token(CALLER).split(".")
    other = composition.signer().access_token(CALLER._replace(role=Role.CUSTOMER)).split(".")[1]
    with pytest.raises(jwt.InvalidSignatureError):
        jwt.decode(
            f"{head}.{other}.{signature}", public_key, algorithms=["ES256"], audience=AUDIENCE
        )
    assert payload != other


@pytest.mark.parametrize(
    ("code", "raised"),
    [
        ("ThrottlingException", Unavailable),
        ("KMSInternalException", Unavailable),
        ("DependencyTimeoutException", Unavailable),
        ("AccessDeniedException", ClientError),
        ("KMSInvalidStateException", ClientError),
    ],
)
def test_trouble_with_the_key(
    store: Store, monkeypatch: pytest.MonkeyPatch, code: str, raised: type[Exception]
) -> None:
    monkeypatch.setattr("time.sleep", lambda _: None)
    signer = composition.signer()
    signer.client.meta.events.register_first(
        "before-send.kms",
        lambda **_: refusal(code),  # type: ignore[arg-type]  # this event takes an answer
    )
    with pytest.raises(raised):
        signer.access_token(CALLER)


def test_the_client_is_made_once(store: Store) -> None:
    assert composition.signer() is composition.signer()
