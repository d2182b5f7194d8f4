"""Types of accounts and sessions."""

from typing import Annotated

from pydantic import AfterValidator, Field, ValidationInfo, field_validator
from pydantic_core import PydanticCustomError

from shop.identity import Role
from shop.models import LABEL, ApiModel, Id, NextCursor, RequestModel, Timestamp
from users import emails, passwords

SAME_AS_EMAIL = "The password must not be the e-mail address"
_MOST_TYPED = 1024  # characters: what a password may have when it is only compared


def _email(value: str) -> str:
    try:
        emails.key(value)
    except ValueError as error:
        raise PydanticCustomError("email", "{reason}", {"reason": str(error)}) from None
    return value


def _new_password(value: str) -> str:
    objection = passwords.objection(value)
    if objection:
        raise PydanticCustomError("password", "{objection}", {"objection": objection})
    return value


EmailAddress = Annotated[
    str,
    Field(
        min_length=1,
        max_length=emails.MAX_LENGTH,
        examples=["reader@example.com"],
        json_schema_extra={"format": "email"},
    ),
    AfterValidator(_email),
]
TypedEmail = Annotated[
    str,
    Field(min_length=1, max_length=emails.MAX_LENGTH, examples=["reader@example.com"]),
]
PersonName = Annotated[str, Field(min_length=1, max_length=255, pattern=LABEL)]
# Its length is counted in NFC, so pydantic cannot count it.
NewPassword = Annotated[
    str,
    Field(
        max_length=_MOST_TYPED,
        repr=False,
        examples=["four words of mine"],
        json_schema_extra={
            "format": "password",
            "minLength": passwords.SHORTEST,
            "maxLength": passwords.LONGEST,
        },
    ),
    AfterValidator(_new_password),
]
TypedPassword = Annotated[
    str,
    Field(
        min_length=1,
        max_length=_MOST_TYPED,
        repr=False,
        examples=["four words of mine"],
        json_schema_extra={"format": "password"},
    ),
]


class User(ApiModel):
    """An account, as its owner and administrators see it."""

    id: Id
    email: Annotated[str, Field(description="As it was typed", examples=["reader@example.com"])]
    first_name: str | None
    last_name: str | None
    role: Role
    created_at: Timestamp
    updated_at: Timestamp


class UserPage(ApiModel):
    """One page of users."""

    items: list[User]
    next_cursor: NextCursor


class NewUser(RequestModel):
    """What it takes to open an account."""

    email: EmailAddress
    password: NewPassword
    first_name: PersonName | None = None
    last_name: PersonName | None = None

    @field_validator("password")
    @classmethod
    def _is_not_the_email(cls, password: str, info: ValidationInfo) -> str:
        email = info.data.get("email")  # not there when it was refused itself
        if email is not None and passwords.is_address(password, email):
            raise PydanticCustomError("password_is_email", SAME_AS_EMAIL)
        return password


class UserChanges(RequestModel):
    """What to change of the own account: what is sent, and nothing else. A name may be null."""

    first_name: PersonName | None = None
    last_name: PersonName | None = None
    # The default lets it stay away, and is never looked at; null is refused.
    email: Annotated[EmailAddress, Field(default_factory=str)]


class RoleChange(RequestModel):
    """What an administrator may change of an account."""

    # As above.
    role: Annotated[Role, Field(default_factory=lambda: Role.CUSTOMER)]


class PasswordChange(RequestModel):
    """The password that is, and the one that shall be."""

    current_password: TypedPassword
    new_password: NewPassword


class AccountDeletion(RequestModel):
    """That it is really the owner who wants the account gone."""

    password: TypedPassword


class Credentials(RequestModel):
    """What it takes to sign in."""

    email: TypedEmail
    password: TypedPassword


class SessionRefresh(RequestModel):
    """A refresh token, which is spent by this."""

    refresh_token: Annotated[str, Field(min_length=1, max_length=_MOST_TYPED, repr=False)]


class TokenPair(ApiModel):
    """What a signed-in client holds: a token for requests, and one for the next pair."""

    access_token: Annotated[
        str, Field(description="For the header `Authorization: Bearer ...`", repr=False)
    ]
    token_type: Annotated[str, Field(examples=["Bearer"])]
    expires_in: Annotated[int, Field(description="Seconds that `accessToken` is good for")]
    refresh_token: Annotated[str, Field(description="For POST /sessions/refresh, once", repr=False)]
