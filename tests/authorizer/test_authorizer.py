"""Good tokens are known, everything else is not, and the reason is told."""

from __future__ import annotations

import json
import time
import uuid
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from authorizer import handler, verifier
from shop import tokens
from shop.errors import Unavailable
from shop.identity import Caller, Role, context
from tests.authorizer.conftest import mint_of, new_key
from tests.authorizer.corpus import forged
from tests.events import http_event
from tests.shop.wire import refusal

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext

    from tests.authorizer.corpus import Mint

INVALID = "The access token is not valid."
EXPIRED = "The access token has expired."
MISSING = "Send an access token."


def ask(authorization: str | None, lambda_context: LambdaContext) -> dict[str, Any]:
    headers = {} if authorization is None else {"authorization": authorization}
    answer = handler.handler(http_event("GET", "/users/me", headers=headers), lambda_context)
    assert answer["isAuthorized"] is True
    found: dict[str, Any] = answer["context"]
    return found


@pytest.fixture(name="context_")
def _context(context: LambdaContext) -> LambdaContext:
    return context


@pytest.mark.parametrize("role", Role)
def test_a_good_token_says_who_calls(mint: Mint, context_: LambdaContext, role: Role) -> None:
    caller = Caller(uuid.uuid4().hex, uuid.uuid4().hex, role)
    token = mint.good(caller)
    assert ask(f"Bearer {token}", context_) == context(caller)
    assert ask(f"bearer {token}", context_) == context(caller)
    assert len(token) < verifier.LONGEST * 0.7, "there is room for longer ids of keys and regions"


def test_every_forgery_is_rejected(
    mint: Mint, keys: list[str], caller: Caller, context_: LambdaContext
) -> None:
    public_key = verifier.client().get_public_key(KeyId=keys[0])["PublicKey"]
    corpus = list(forged(mint, caller, public_key))
    assert len(corpus) > 90
    accepted = [
        name
        for name, token in corpus
        if ask(f"Bearer {token}", context_) not in ({"rejected": INVALID}, {"rejected": EXPIRED})
    ]
    assert accepted == []


@pytest.mark.parametrize(
    "authorization",
    [
        None,
        "",
        " ",
        "Bearer",
        "Bearer ",
        "Basic dXNlcjpwYXNz",
        "Token abc",
        "bearer\tabc",
        "\u00e9",
    ],
)
def test_without_a_token_one_is_asked_for(
    keys: list[str], context_: LambdaContext, authorization: str | None
) -> None:
    assert ask(authorization, context_) == {"rejected": MISSING}


def test_more_than_one_space_or_header_is_no_token(
    mint: Mint, caller: Caller, context_: LambdaContext
) -> None:
    good = mint.good(caller)
    for header in (f"Bearer  {good}", f"Bearer {good}, Bearer {good}", f"Bearer Bearer {good}"):
        assert ask(header, context_) == {"rejected": INVALID}


def test_clocks_may_differ_by_a_minute_and_no_more(
    mint: Mint, caller: Caller, context_: LambdaContext
) -> None:
    now = int(time.time())
    for changes, expected in (
        ({"exp": now - 50}, context(caller)),
        ({"exp": now - 61}, {"rejected": EXPIRED}),
        ({"iat": now + 50}, context(caller)),
        ({"iat": now + 70}, {"rejected": INVALID}),
    ):
        token = mint.signed(mint.header(), mint.claims(caller, **changes))
        assert ask(f"Bearer {token}", context_) == expected, changes


def test_two_keys_are_known_by_their_kid_and_a_third_is_not(
    keys: list[str], caller: Caller, context_: LambdaContext
) -> None:
    for arn in keys:
        assert ask(f"Bearer {mint_of(arn).good(caller)}", context_) == context(caller)
    retired = mint_of(new_key())
    assert ask(f"Bearer {retired.good(caller)}", context_) == {"rejected": INVALID}
    first, second = map(mint_of, keys)
    swapped = first.signed(first.header(kid=second.kid), first.claims(caller))
    assert ask(f"Bearer {swapped}", context_) == {"rejected": INVALID}


def test_a_public_key_is_asked_for_once(
    mint: Mint, caller: Caller, context_: LambdaContext
) -> None:
    tokens_made = [mint.good(caller) for _ in range(3)]
    calls: list[str] = []
    verifier.client().meta.events.register(
        "before-call.kms", lambda model, **_: calls.append(model.name)
    )
    for token in tokens_made:
        ask(f"Bearer {token}", context_)
    ask("Bearer nonsense", context_)
    assert calls == ["GetPublicKey"]


def _refuse(code: str) -> None:
    verifier.client().meta.events.register(
        "before-send.kms",
        lambda **_: refusal(code),  # type: ignore[arg-type]  # this event takes an answer
    )


def test_a_kms_that_is_busy_is_not_taken_for_a_bad_token(
    mint: Mint, caller: Caller, context_: LambdaContext
) -> None:
    token = mint.good(caller)
    _refuse("ThrottlingException")
    with pytest.raises(Unavailable):
        ask(f"Bearer {token}", context_)


def test_a_key_that_may_not_be_read_is_not_taken_for_a_bad_token(
    mint: Mint, caller: Caller, context_: LambdaContext
) -> None:
    token = mint.good(caller)
    _refuse("AccessDeniedException")
    with pytest.raises(ClientError, match="AccessDenied"):
        ask(f"Bearer {token}", context_)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=300)
@given(header=st.text(max_size=300) | st.text(alphabet="Bearer.=-_eyJ0 ", max_size=300))
def test_no_header_is_too_odd(keys: list[str], context_: LambdaContext, header: str) -> None:
    assert "rejected" in ask(header, context_)
    assert "rejected" in ask(f"Bearer {header}", context_)


def test_no_token_is_logged(
    mint: Mint, caller: Caller, context_: LambdaContext, capsys: pytest.CaptureFixture[str]
) -> None:
    good = mint.good(caller)
    bad = good[:-1]
    ask(f"Bearer {good}", context_)
    ask(f"Bearer {bad}", context_)
    written = capsys.readouterr().out
    lines = [json.loads(line) for line in written.splitlines()]
    assert [(line["message"], line["accepted"]) for line in lines] == [
        ("token", True),
        ("token", False),
    ]
    assert lines[1]["reason"] == INVALID
    for part in good.split("."):
        assert part not in written


def test_a_token_is_good_for_a_quarter_of_an_hour(caller: Caller) -> None:
    claims = tokens.claims(caller, issuer="i", audience="a", now=1000)
    assert claims["exp"] - claims["iat"] == 900
    assert sorted(claims) == sorted(tokens.CLAIMS)
    assert tokens.claims(caller, issuer="i", audience="a", now=1000)["jti"] != claims["jti"]
