"""POST /addresses, from the gateway's event to the answer."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from addresses.repository import BOOK
from shop import clock
from shop.ids import is_id
from tests.addresses.world import ADDRESS, Customer

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext

    from tests.addresses.world import Store
    from tests.shop.wire import Wire

FULL = {**ADDRESS, "state": "Connacht", "zipCode": "H91 E2K3", "isDefault": True}


def test_a_new_address_is_answered_whole(customer: Customer) -> None:
    before = clock.now()
    answer = customer.create(**FULL)
    assert answer.status == 201
    assert answer.headers["Content-Type"] == "application/json"
    assert is_id(answer.body["id"])
    assert answer.headers["Location"] == f"/addresses/{answer.body['id']}"
    times = {name: answer.body[name] for name in ("createdAt", "updatedAt")}
    assert before <= times["createdAt"] == times["updatedAt"] <= clock.now()
    assert answer.body == {
        "id": answer.body["id"], "userId": customer.user_id, **FULL, **times
    }  # fmt: skip
    assert customer.get(answer.body["id"]).body == answer.body
    assert customer.everything() == [answer.body]


def test_what_an_address_does_not_have_is_null_and_not_stored(
    customer: Customer, store: Store
) -> None:
    address = customer.created(state=None)
    assert (address["state"], address["zipCode"]) == (None, None)
    row = store.rows(customer.user_id)[f"ADDRESS#{address['id']}"]
    assert row.keys() == {"pk", "sk", *ADDRESS, "createdAt", "updatedAt"}


@pytest.mark.parametrize("asked", [{}, {"isDefault": False}, {"isDefault": True}])
def test_the_first_address_is_the_default_whatever_was_asked(
    customer: Customer, asked: dict[str, Any]
) -> None:
    address = customer.created(**asked)
    assert address["isDefault"] is True
    assert customer.defaults() == [address["id"]]


def test_a_further_address_is_the_default_only_when_asked(customer: Customer) -> None:
    first, second = customer.created(), customer.created()
    assert second["isDefault"] is False
    assert customer.defaults() == [first["id"]]
    third = customer.created(isDefault=True)
    assert third["isDefault"] is True
    assert customer.defaults() == [third["id"]]


def test_a_book_that_lost_its_default_takes_the_next_new_address(customer: Customer) -> None:
    first, _ = customer.created(), customer.created()
    customer.delete(first["id"])
    assert customer.defaults() == []
    third = customer.created(isDefault=False)
    assert third["isDefault"] is True
    assert customer.defaults() == [third["id"]]


def test_the_same_address_twice_is_two(customer: Customer, store: Store) -> None:
    ids = {customer.created()["id"] for _ in range(3)}
    assert len(ids) == 3
    assert store.rows(customer.user_id)[BOOK]["count"] == 3


def test_an_account_that_is_gone_gets_no_address_and_leaves_nothing(
    store: Store, context: LambdaContext
) -> None:
    gone = Customer(context, store.add_user())
    store.delete_user(gone.user_id)
    answer = gone.create()
    assert answer.problem == (401, "unauthenticated")
    assert answer.headers["WWW-Authenticate"] == "Bearer"
    assert answer.body["detail"] == "The account is gone."
    assert store.count() == 0


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ("", 422), ("null", 422), ("[]", 422), ('"x"', 422), ("{}", 422), ("1", 422),
        ("{", 400), ("{'street': 1}", 400), ('{"street": NaN}', 400), (b"\xff\xfe", 400),
        (json.dumps(ADDRESS).encode("utf-16"), 400), ("[" * 100_000, 400),
    ],
    ids=lambda each: ascii(each)[:20],
)  # fmt: skip
def test_a_body_that_is_no_address_is_refused(
    nobody_home: Customer, untouched: Wire, body: str | bytes, status: int
) -> None:
    answer = nobody_home.send("POST", "/addresses", body=body)
    wanted = {400: "malformed-json", 422: "validation-failed"}[status]
    assert answer.problem == (status, wanted)
    assert untouched.requests == []


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"street": None, "zipCode": "x" * 21}, [["body", "street"], ["body", "zipCode"]]),
        ({"id": "0" * 32}, [["body", "id"]]),
        ({"userId": "0" * 32}, [["body", "userId"]]),
        ({"city": "a\nb", "isDefault": "yes"}, [["body", "city"], ["body", "isDefault"]]),
    ],
)
def test_each_bad_field_is_named(
    nobody_home: Customer, untouched: Wire, fields: dict[str, Any], wrong: list[list[str]]
) -> None:
    assert nobody_home.create(**fields).problem_fields == wrong
    assert untouched.requests == []


def test_only_json_is_read(nobody_home: Customer, untouched: Wire) -> None:
    headers = {"content-type": "application/x-www-form-urlencoded"}
    answer = nobody_home.send("POST", "/addresses", headers=headers, body="street=x")
    assert answer.problem == (415, "unsupported-media-type")
    assert untouched.requests == []
