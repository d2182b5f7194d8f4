"""Who a request is from, and what the three declarations let whom do."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from shop import identity
from shop.errors import Forbidden, ShopError, Unauthenticated
from shop.identity import ADMIN, PUBLIC, SCHEME, USER, Caller, Role
from tests.events import http_event

if TYPE_CHECKING:
    from collections.abc import Mapping

CUSTOMER = Caller(
    "5b0f3f0c7e6f5d0e8e5d9f0a1b2c3d4e", "0f0f3f0c7e6f5d0e8e5d9f0a1b2c3d4f", Role.CUSTOMER
)
ADMINISTRATOR = CUSTOMER._replace(role=Role.ADMIN)
KNOWN = identity.context(CUSTOMER)


def request(handed_on: Mapping[str, Any] | None) -> dict[str, Any]:
    """A request and what the authorizer handed on with it; None: it was not asked."""
    event = http_event("GET", "/users/me")
    if handed_on is not None:
        event["requestContext"]["authorizer"] = {"lambda": handed_on}
    return event


@pytest.mark.parametrize("caller", [CUSTOMER, ADMINISTRATOR])
def test_a_caller_is_whom_the_authorizer_handed_on(caller: Caller) -> None:
    handed_on = identity.context(caller)
    assert handed_on == {
        "sub": caller.user_id,
        "sid": caller.session_id,
        "role": caller.role.value,
    }
    assert all(type(value) is str for value in handed_on.values()), "the gateway takes no more"
    assert identity.caller(request(json.loads(json.dumps(handed_on)))) == caller


NOBODY: list[Mapping[str, Any] | None] = [
    None,
    {},
    {"rejected": "The token has expired."},
    {name: KNOWN[name] for name in ("sid", "role")},
    {name: KNOWN[name] for name in ("sub", "role")},
    {name: KNOWN[name] for name in ("sub", "sid")},
    {**KNOWN, "role": "root"},
    {**KNOWN, "role": "Admin"},
    {**KNOWN, "role": ""},
    {**KNOWN, "role": None},
]


@pytest.mark.parametrize("handed_on", NOBODY, ids=str)
def test_without_all_of_a_caller_there_is_none(handed_on: Mapping[str, Any] | None) -> None:
    with pytest.raises(Unauthenticated):
        identity.caller(request(handed_on))


def test_an_authorizer_that_handed_on_nothing_knew_nobody() -> None:
    event = request({})
    event["requestContext"]["authorizer"]["lambda"] = None  # as the gateway has it then
    with pytest.raises(Unauthenticated):
        identity.caller(event)


@pytest.mark.parametrize(
    ("handed_on", "detail"),
    [
        (None, "Send an access token."),
        ({}, "Send an access token."),
        ({"rejected": ""}, "Send an access token."),
        ({"rejected": "The token has expired."}, "The token has expired."),
    ],
)
def test_who_is_not_known_hears_why_and_how_to_change_it(
    handed_on: Mapping[str, Any] | None, detail: str
) -> None:
    with pytest.raises(Unauthenticated) as caught:
        identity.caller(request(handed_on))
    assert caught.value.detail == detail
    assert caught.value.headers == {"WWW-Authenticate": "Bearer"}


@pytest.mark.parametrize(
    ("declared", "nobody", "customer", "administrator"),
    [
        (PUBLIC, None, None, None),
        (USER, Unauthenticated, None, None),
        (ADMIN, Unauthenticated, Forbidden, None),
    ],
    ids=["PUBLIC", "USER", "ADMIN"],
)
def test_who_may_do_what(
    declared: Mapping[str, Any],
    nobody: type[ShopError] | None,
    customer: type[ShopError] | None,
    administrator: type[ShopError] | None,
) -> None:
    def outcome(handed_on: Mapping[str, Any] | None) -> type[ShopError] | None:
        try:
            identity.require(declared["security"], request(handed_on))
        except ShopError as error:
            return type(error)
        return None

    assert [outcome(each) for each in NOBODY] == [nobody] * len(NOBODY)
    assert outcome(identity.context(CUSTOMER)) == customer
    assert outcome(identity.context(ADMINISTRATOR)) == administrator


def test_who_lacks_the_role_hears_which_one() -> None:
    event = request(identity.context(CUSTOMER))
    with pytest.raises(Forbidden, match=r"^This takes the role admin\.$") as caught:
        identity.require(ADMIN["security"], event)
    assert caught.value.headers == {}, "another token would not help"


@pytest.mark.parametrize(
    "security",
    [
        [{"apiKey": []}],
        [{SCHEME: []}, {"apiKey": []}],
        [{}],
        [{SCHEME: ["root"]}],
        [{SCHEME: ["Admin"]}],
    ],
)
def test_a_declaration_that_is_none_of_ours_lets_nobody_in(
    security: list[Mapping[str, list[str]]],
) -> None:
    for caller in (CUSTOMER, ADMINISTRATOR):
        with pytest.raises((Forbidden, KeyError, ValueError)):
            identity.require(security, request(identity.context(caller)))


def test_the_declarations_are_those_of_the_document() -> None:
    assert PUBLIC == {"security": []}
    assert USER == {"security": [{"bearer": []}]}
    assert ADMIN == {"security": [{"bearer": ["admin"]}]}
    assert json.loads(json.dumps(ADMIN)) == ADMIN
