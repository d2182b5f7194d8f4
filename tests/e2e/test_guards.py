"""No operation that is not public takes a request without a good token, on the running stack."""

import json
import re
from collections.abc import Iterator, Mapping

import jwt
import pytest

from ops.local.stack import LocalStack
from ops.openapi import DOCUMENT
from shop import tokens
from shop.identity import Caller, Role
from shop.ids import new_id
from tests.authorizer.corpus import Mint, forged
from tests.e2e.accounts import Account
from tests.e2e.conftest import Api

pytestmark = pytest.mark.e2e

PATHS = json.loads(DOCUMENT.read_text())["paths"]


def operations(*, public: bool) -> Iterator[tuple[str, str]]:
    """Method and path, filled in, of the operations that are public, or of those that are not."""
    for path, by_method in PATHS.items():
        for method, operation in by_method.items():
            if bool(operation["security"]) != public:
                yield method.upper(), re.sub(r"\{.*?\}", "0" * 32, path)


GUARDED = list(operations(public=False))


@pytest.fixture(scope="module")
def mint(stack: LocalStack) -> Mint:
    """Makes tokens with the stack's own key, which only its users function may use."""
    kms = stack.target.kms()
    (key,) = stack.target.resources("AWS::KMS::Key")

    def sign(message: bytes) -> bytes:
        answer = kms.sign(
            KeyId=key, Message=message, MessageType="RAW", SigningAlgorithm="ECDSA_SHA_256"
        )
        return answer["Signature"]

    name = stack.target.stack
    return Mint(sign, kid=key, issuer=name, audience=f"{name}-api")


@pytest.fixture(scope="module")
def public_key(stack: LocalStack) -> bytes:
    (key,) = stack.target.resources("AWS::KMS::Key")
    return stack.target.kms().get_public_key(KeyId=key)["PublicKey"]


def test_what_is_public_is_a_short_list() -> None:
    assert {
        (method, re.sub("0{32}", "{id}", path)) for method, path in operations(public=True)
    } == {
        ("POST", "/users"),
        ("POST", "/sessions"),
        ("POST", "/sessions/refresh"),
        ("GET", "/products"),
        ("GET", "/products/{id}"),
        ("GET", "/categories"),
        ("GET", "/health"),
        ("GET", "/docs"),
        ("GET", "/openapi.json"),
    }


def test_the_mint_makes_good_tokens(api: Api, mint: Mint, customer: Account) -> None:
    """So that what follows is refused for what it is, and not for a mistake of the test's."""
    session = _claim(customer.token, "sid")
    good = mint.good(Caller(customer.id, session, Role.CUSTOMER))
    answer = api.request("GET", "/users/me", {"authorization": f"Bearer {good}"})
    assert answer.status_code == 200, answer.text


@pytest.mark.parametrize(("method", "path"), GUARDED)
@pytest.mark.parametrize("header", [None, "", "Bearer", "Bearer ", "Basic dTpw", "Bearer x"])
def test_without_a_token_it_is_401(api: Api, method: str, path: str, header: str | None) -> None:
    headers = {} if header is None else {"authorization": header}
    _assert_401(api, method, path, headers)


@pytest.mark.parametrize(("method", "path"), GUARDED)
def test_with_each_forged_token_it_is_401(
    api: Api, mint: Mint, public_key: bytes, customer: Account, method: str, path: str
) -> None:
    caller = Caller(customer.id, _claim(customer.token, "sid"), Role.ADMIN)
    corpus = [
        (name, token)
        for name, token in forged(mint, caller, public_key)
        if token.isprintable()  # others are no headers at all
    ]
    assert len(corpus) > 90
    for name, token in corpus:
        _assert_401(api, method, path, {"authorization": f"Bearer {token}".encode()}, name)


def test_another_stacks_token_is_no_good(api: Api, mint: Mint, customer: Account) -> None:
    caller = Caller(customer.id, new_id(), Role.ADMIN)
    claims = mint.claims(caller, iss="shop-prod", aud="shop-prod-api")
    token = mint.signed(mint.header(), claims)
    _assert_401(api, "GET", "/users/me", {"authorization": f"Bearer {token}"})


def _assert_401(
    api: Api, method: str, path: str, headers: Mapping[str, str | bytes], name: str = ""
) -> None:
    answer = api.request(method, path, headers)
    assert answer.status_code == 401, f"{name}: {answer.status_code} {answer.text}"
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["www-authenticate"] == "Bearer"
    assert answer.json()["type"] == "unauthenticated"


def _claim(token: str, name: str) -> str:
    claims = jwt.decode(token, options={"verify_signature": False})
    assert set(claims) == set(tokens.CLAIMS)
    value: str = claims[name]
    return value
