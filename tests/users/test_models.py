"""What may be sent about accounts, and what is refused before anything is done."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from pydantic import ValidationError

from tests.users.world import EMAIL, PASSWORD
from users.models import (
    AccountDeletion,
    Credentials,
    NewUser,
    PasswordChange,
    RoleChange,
    SessionRefresh,
    UserChanges,
)

if TYPE_CHECKING:
    from shop.models import RequestModel
    from tests.users.world import Client

GOOD = {"email": EMAIL, "password": PASSWORD}


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"firstName": None, "lastName": None},
        {"firstName": "x", "lastName": "x" * 255},
        {"firstName": "Jos\u00e9 \u676f \U0001f600", "lastName": "O'Neil-x"},
        {"email": "\uff52eader@b\u00fccher.example"},
        {"email": "a" * 64 + "@example.com"},
        {"password": "e\u0301" * 128},
    ],
    ids=lambda fields: ascii(fields)[:40],
)
def test_a_good_registration_is_taken_as_typed(fields: dict[str, Any]) -> None:
    new = NewUser.model_validate(GOOD | fields)
    sent = new.model_dump(by_alias=True, include=new.model_fields_set)
    assert sent == GOOD | fields


@pytest.mark.parametrize(
    ("fields", "bad"),
    [
        ({"email": None}, "email"),
        ({"email": 7}, "email"),
        ({"email": ""}, "email"),
        ({"email": "reader"}, "email"),
        ({"email": "\ud800@example.com"}, "email"),
        ({"email": "a@" + "b" * 250 + ".com"}, "email"),
        ({"email": ["reader@example.com"]}, "email"),
        ({"password": None}, "password"),
        ({"password": 12345678}, "password"),
        ({"password": "x7#mQ2v"}, "password"),
        ({"password": "x7#mQ2v!" * 16 + "x"}, "password"),
        ({"password": "x" * 1025}, "password"),
        ({"password": "\udfff" * 8}, "password"),
        ({"password": "Password1"}, "password"),
        ({"password": EMAIL}, "password"),
        ({"password": "READER@example.com"}, "password"),
        ({"firstName": ""}, "firstName"),
        ({"firstName": " "}, "firstName"),
        ({"firstName": "x" * 256}, "firstName"),
        ({"firstName": "a\nb"}, "firstName"),
        ({"firstName": 7}, "firstName"),
        ({"lastName": "\x00"}, "lastName"),
        ({"lastName": "\ud800"}, "lastName"),
        ({"first_name": "A"}, "first_name"),
        ({"role": "admin"}, "role"),
        ({"id": "1"}, "id"),
    ],
    ids=lambda fields: ascii(fields)[:40],
)
def test_a_bad_registration_names_its_field_and_no_secret(
    visitor: Client, fields: dict[str, Any], bad: str
) -> None:
    answer = visitor.ask("POST", "/users", GOOD | fields)
    assert answer.bad_fields == [f"body.{bad}"]
    assert str((GOOD | fields)["password"]) not in str(answer.body)


def test_all_that_is_wrong_is_told_at_once(visitor: Client) -> None:
    answer = visitor.ask("POST", "/users", {"email": "x", "password": "x", "lastName": ""})
    assert answer.bad_fields == ["body.email", "body.password", "body.lastName"]
    messages = [error["msg"] for error in answer.body["errors"]]
    assert messages[:2] == [
        "An email address must have an @-sign.",
        "A password has at least 8 characters",
    ]


@pytest.mark.parametrize("missing", ["email", "password"])
def test_email_and_password_are_needed(visitor: Client, missing: str) -> None:
    body = {name: value for name, value in GOOD.items() if name != missing}
    assert visitor.ask("POST", "/users", body).bad_fields == [f"body.{missing}"]


@pytest.mark.parametrize(
    ("model", "fields"),
    [
        (UserChanges, {"email": None}),
        (UserChanges, {"email": "reader"}),
        (UserChanges, {"firstName": ""}),
        (UserChanges, {"password": PASSWORD}),
        (UserChanges, {"role": "admin"}),
        (RoleChange, {"role": None}),
        (RoleChange, {"role": "king"}),
        (RoleChange, {"email": EMAIL}),
        (PasswordChange, {"currentPassword": "x"}),
        (PasswordChange, {"currentPassword": "x", "newPassword": "x"}),
        (PasswordChange, {"currentPassword": "", "newPassword": PASSWORD}),
        (PasswordChange, {"currentPassword": "x" * 1025, "newPassword": PASSWORD}),
        (PasswordChange, {"currentPassword": "x", "newPassword": "password"}),
        (AccountDeletion, {}),
        (AccountDeletion, {"password": ""}),
        (AccountDeletion, {"password": None}),
        (Credentials, {"email": EMAIL}),
        (SessionRefresh, {}),
        (SessionRefresh, {"refreshToken": ""}),
        (SessionRefresh, {"refreshToken": "x" * 1025}),
    ],
    ids=lambda value: ascii(value)[-40:],
)
def test_what_other_bodies_may_not_be(model: type[RequestModel], fields: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        model.model_validate(fields)


@pytest.mark.parametrize("model", [UserChanges, RoleChange])
def test_an_empty_change_is_one(model: type[RequestModel]) -> None:
    assert model.model_validate({}).model_fields_set == set()


def test_models_do_not_show_secrets() -> None:
    models = [
        NewUser.model_validate(GOOD),
        Credentials.model_validate(GOOD),
        PasswordChange.model_validate({"currentPassword": PASSWORD, "newPassword": PASSWORD}),
        AccountDeletion.model_validate({"password": PASSWORD}),
        SessionRefresh.model_validate({"refreshToken": PASSWORD}),
    ]
    assert PASSWORD not in repr(models) + str(models)
