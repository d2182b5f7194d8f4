"""GET, PATCH and DELETE /addresses/{address_id}, from the gateway's event to the answer."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from addresses.handler import api
from shop import identity
from shop.ids import new_id
from tests.addresses.world import Customer

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext

    from tests.addresses.world import Answer, Store
    from tests.shop.wire import Wire

NOT_FOUND = (404, "not-found")
UNAUTHENTICATED = (401, "unauthenticated")


def every_operation(customer: Customer, address_id: str) -> dict[str, Answer]:
    """All that can be asked of one address."""
    return {
        "get": customer.get(address_id),
        "change": customer.change(address_id, {"street": "Elsewhere"}),
        "change nothing": customer.change(address_id, {}),
        "make default": customer.change(address_id, {"isDefault": True}),
        "make no default": customer.change(address_id, {"isDefault": False}),
        "delete": customer.delete(address_id),
    }


# --- whose it is ------------------------------------------------------------------------------
def test_anothers_address_is_404_for_every_operation_and_stays(
    customer: Customer, other: Customer, store: Store
) -> None:
    address = customer.created()
    other.created()
    before = store.rows(customer.user_id), store.rows(other.user_id)
    for operation, answer in every_operation(other, address["id"]).items():
        assert answer.problem == NOT_FOUND, operation
    assert (store.rows(customer.user_id), store.rows(other.user_id)) == before
    assert [each["id"] for each in other.everything()] != [address["id"]]


def test_without_a_caller_everything_is_401_before_anything_is_looked_at(
    untouched: Wire, context: LambdaContext
) -> None:
    nobody = Customer(context, None)
    answers = {
        **every_operation(nobody, "0" * 32),
        "create": nobody.create(),
        "create nonsense": nobody.send("POST", "/addresses", body="{"),
        "list": nobody.page(),
        "list nonsense": nobody.page(limit="x"),
    }
    for operation, answer in answers.items():
        assert answer.problem == UNAUTHENTICATED, operation
    assert untouched.requests == []


def test_the_document_asks_for_a_token_everywhere() -> None:
    """The gateway's routes are made from it."""
    document = json.loads(api.get_openapi_json_schema(openapi_version="3.1.0"))
    asked = {
        f"{method} {path}": operation["security"]
        for path, operations in document["paths"].items()
        for method, operation in operations.items()
    }
    assert len(asked) == 5
    assert [each for each in asked.values() if each != identity.USER["security"]] == []


def test_an_unknown_id_is_404_for_every_operation_and_named(
    customer: Customer, store: Store
) -> None:
    customer.created()
    before = store.rows(customer.user_id)
    address_id = new_id()
    for operation, answer in every_operation(customer, address_id).items():
        assert answer.problem == NOT_FOUND, operation
        assert address_id in answer.body["detail"]
    assert store.rows(customer.user_id) == before


@pytest.mark.parametrize(
    "address_id",
    [
        "1", "0" * 31, "0" * 33, "0" * 5000, "A" * 32, "BOOK", "..", " ", "%20", "null", "'", '"',
        "<script>", "#", "\u00e9" * 32, "\u0663" * 32, "\x00", "a\nb", "0" * 32 + "/x",
    ],
    ids=lambda address_id: ascii(address_id)[:20],
)  # fmt: skip
def test_what_cannot_be_an_id_is_404_and_asks_no_store(
    nobody_home: Customer, untouched: Wire, address_id: str
) -> None:
    for operation, answer in every_operation(nobody_home, address_id).items():
        assert answer.problem == NOT_FOUND, operation
        assert len(answer.body["detail"]) < 200
    assert untouched.requests == []


# --- PATCH ------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "fields",
    [
        {"street": "1 New Street"},
        {"city": "Cork"},
        {"country": "Portugal"},
        {"state": "Munster"},
        {"state": None},
        {"zipCode": "T12"},
        {"zipCode": None},
        {"state": None, "zipCode": None, "street": "1 New Street"},
        {"street": "Both", "isDefault": True},
        {"street": "Both", "isDefault": False},
        {"isDefault": True},
        {"isDefault": False},
    ],
)
@pytest.mark.parametrize("is_default", [True, False])
def test_what_is_sent_changes_and_nothing_else(
    customer: Customer, store: Store, fields: dict[str, Any], *, is_default: bool
) -> None:
    address = customer.created(state="Connacht", zipCode="H91")
    neighbour = customer.created(isDefault=not is_default)
    before = {**address, "isDefault": is_default}
    assert customer.get(address["id"]).body == before

    answer = customer.change(address["id"], fields)

    assert answer.status == 200
    wanted = {**before, **fields}
    if wanted == before:
        assert answer.body == before
    else:
        assert answer.body["updatedAt"] > before["updatedAt"]
        assert answer.body == {**wanted, "updatedAt": answer.body["updatedAt"]}
    assert customer.get(address["id"]).body == answer.body
    seen = customer.get(neighbour["id"]).body
    moved_here = fields.get("isDefault") is True
    assert seen == {**neighbour, "isDefault": neighbour["isDefault"] and not moved_here}
    store.assert_sound(customer.user_id)


@pytest.mark.parametrize("fields", [{}, {"isDefault": True}])
def test_a_change_that_changes_nothing_writes_nothing(
    customer: Customer, calls: list[str], fields: dict[str, Any]
) -> None:
    address = customer.created()
    calls.clear()
    answer = customer.change(address["id"], fields)
    assert (answer.status, answer.body) == (200, address)
    assert calls == ["BatchGetItem"]


def test_the_same_value_again_is_a_change(customer: Customer) -> None:
    """Sending it says that it is so as of now."""
    address = customer.created()
    again = customer.change(address["id"], {"street": address["street"]}).body
    assert again["updatedAt"] > address["updatedAt"]


def test_an_update_moves_on_although_the_clock_does_not(
    customer: Customer, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = customer.created()
    monkeypatch.setattr("shop.clock.now", lambda: "2020-01-01T00:00:00.000Z")
    times = [address["updatedAt"]]
    for number in range(3):
        changed = customer.change(address["id"], {"street": str(number)}).body
        assert changed["createdAt"] == address["createdAt"]
        times.append(changed["updatedAt"])
    assert times == sorted(set(times))


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        ('{"street": null}', "validation-failed"),
        ('{"isDefault": null}', "validation-failed"),
        ('{"zipCode": "123456789012345678901"}', "validation-failed"),
        ('{"id": "00000000000000000000000000000000"}', "validation-failed"),
        ('{"createdAt": "2026-01-01T00:00:00.000Z"}', "validation-failed"),
        ("", "validation-failed"),
        ("null", "validation-failed"),
        ("[]", "validation-failed"),
        ("{", "malformed-json"),
    ],
)
def test_a_bad_change_is_refused_and_changes_nothing(
    customer: Customer, store: Store, body: str, problem: str
) -> None:
    address = customer.created()
    before = store.rows(customer.user_id)
    answer = customer.one("PATCH", address["id"], body=body)
    assert answer.problem == ({"malformed-json": 400}.get(problem, 422), problem)
    assert store.rows(customer.user_id) == before


def test_a_good_field_beside_a_bad_one_changes_nothing(customer: Customer) -> None:
    address = customer.created()
    answer = customer.change(address["id"], {"street": "New", "city": ""})
    assert answer.problem_fields == [["body", "city"]]
    assert customer.get(address["id"]).body == address


# --- DELETE -----------------------------------------------------------------------------------
def test_a_deleted_address_is_gone(customer: Customer, store: Store) -> None:
    kept, deleted = customer.created(), customer.created()
    answer = customer.delete(deleted["id"])
    assert (answer.status, answer.body) == (204, {})
    for operation, refused in every_operation(customer, deleted["id"]).items():
        assert refused.problem == NOT_FOUND, operation
    assert customer.everything() == [kept]
    store.assert_sound(customer.user_id)


def test_no_other_address_becomes_the_default_by_itself(customer: Customer, store: Store) -> None:
    first, second, third = (customer.created() for _ in range(3))
    assert customer.delete(first["id"]).status == 204
    assert customer.defaults() == []
    customer.change(second["id"], {"isDefault": True})
    customer.delete(third["id"])
    assert customer.defaults() == [second["id"]]
    store.assert_sound(customer.user_id)


def test_after_the_last_address_the_first_one_comes_anew(customer: Customer, store: Store) -> None:
    customer.delete(customer.created()["id"])
    store.assert_sound(customer.user_id)
    assert customer.everything() == []
    address = customer.created(isDefault=False)
    assert customer.defaults() == [address["id"]]
    store.assert_sound(customer.user_id)


def test_the_answer_to_a_deletion_has_no_body(customer: Customer) -> None:
    answer = customer.delete(customer.created()["id"])
    assert (answer.headers, answer.raw) == ({}, "")
