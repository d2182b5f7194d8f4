"""Routes of accounts, and what the table's stream brings."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Annotated, Any

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Body, Path, Query

from shop import events, identity
from shop.contracts import users
from shop.errors import (
    InvalidCursor,
    MalformedJson,
    ShopError,
    Unauthenticated,
    Unavailable,
    UnsupportedMediaType,
    ValidationFailed,
)
from shop.http import JSON, create_api, documented, entrypoint
from shop.identity import ADMIN, PUBLIC, USER, Caller
from shop.pagination import Cursor, Limit
from users import service, session_routes, sessions
from users.composition import Settings, repository, session_repository
from users.errors import (
    EmailTaken,
    InvalidCredentials,
    RoleTakenAway,
    TooManyAttempts,
    UserNotFound,
)
from users.models import (
    AccountDeletion,
    EmailAddress,
    NewUser,
    PasswordChange,
    RoleChange,
    User,
    UserChanges,
    UserPage,
)
from users.rows import Account

__all__ = ["Settings", "api", "handler"]

api = create_api()
api.include_router(session_routes.router)

UserId = Annotated[str, Path(description="The user's id")]
_BODY: tuple[type[ShopError], ...] = (MalformedJson, UnsupportedMediaType, ValidationFailed)


def _caller() -> Caller:
    return identity.caller(api.current_event.raw_event)


def _signed_in() -> Account:
    return sessions.signed_in(session_repository(), _caller())


def _administrator() -> Account:
    return sessions.administrator(session_repository(), _caller())


@api.post(
    "/users",
    operation_id="registerUser",
    summary="Open an account",
    openapi_extensions=PUBLIC,
    responses=documented(
        "The new account",
        *_BODY,
        EmailTaken,
        Unavailable,
        status=HTTPStatus.CREATED,
        headers={"Location": "The path of the account, for administrators"},
    ),
)
def register_user(new: Annotated[NewUser, Body()]) -> Response[User]:
    user = service.register(repository(), new)
    return Response(
        HTTPStatus.CREATED,
        content_type=JSON,
        body=user,
        headers={"Location": f"/users/{user.id}"},
    )


@api.get(
    "/users/me",
    operation_id="getMe",
    summary="The caller's account",
    openapi_extensions=USER,
    responses=documented("The account", Unavailable),
)
def get_me() -> User:
    return _signed_in().to_user()


@api.patch(
    "/users/me",
    operation_id="updateMe",
    summary="Change the caller's name or e-mail address",
    openapi_extensions=USER,
    responses=documented("The account as it is now", *_BODY, EmailTaken, Unavailable),
)
def update_me(changes: Annotated[UserChanges, Body()]) -> User:
    return service.change(repository(), _signed_in(), changes)


@api.put(
    "/users/me/password",
    operation_id="changePassword",
    summary="Change the password, and end all other sessions",
    openapi_extensions=USER,
    responses=documented(
        "It is changed",
        *_BODY,
        InvalidCredentials,
        Unauthenticated,
        TooManyAttempts,
        Unavailable,
        status=HTTPStatus.NO_CONTENT,
    ),
)
def change_password(wanted: Annotated[PasswordChange, Body()]) -> Response[None]:
    service.change_password(repository(), _signed_in(), _caller().session_id, wanted)
    return Response(HTTPStatus.NO_CONTENT)


@api.delete(
    "/users/me",
    operation_id="deleteMe",
    summary="Delete the caller's account, sessions and addresses; orders stay",
    openapi_extensions=USER,
    responses=documented(
        "The account is gone, its e-mail address free",
        *_BODY,
        InvalidCredentials,
        Unauthenticated,
        TooManyAttempts,
        Unavailable,
        status=HTTPStatus.NO_CONTENT,
    ),
)
def delete_me(deletion: Annotated[AccountDeletion, Body()]) -> Response[None]:
    service.delete(repository(), _signed_in(), deletion.password)
    return Response(HTTPStatus.NO_CONTENT)


@api.get(
    "/users",
    operation_id="listUsers",
    summary="All users, newest first",
    openapi_extensions=ADMIN,
    responses=documented("A page of users", InvalidCursor, ValidationFailed, Unavailable),
)
def list_users(
    email: Annotated[EmailAddress | None, Query(description="Only whose this is")] = None,
    limit: Limit = 20,
    cursor: Cursor = None,
) -> UserPage:
    _administrator()
    if email is not None:
        return service.users_with_email(repository(), email, cursor=cursor)
    return service.list_users(repository(), limit=limit, cursor=cursor)


@api.get(
    "/users/<user_id>",
    operation_id="getUser",
    summary="One user",
    openapi_extensions=ADMIN,
    responses=documented("The user", UserNotFound, Unavailable),
)
def get_user(user_id: UserId) -> User:
    _administrator()
    return service.get_user(repository(), user_id)


@api.patch(
    "/users/<user_id>",
    operation_id="updateUser",
    summary="Change a user's role, from their next refresh on",
    openapi_extensions=ADMIN,
    responses=documented("The user as it is now", *_BODY, RoleTakenAway, UserNotFound, Unavailable),
)
def update_user(user_id: UserId, changes: Annotated[RoleChange, Body()]) -> User:
    return service.change_role(repository(), _administrator(), user_id, changes)


def end_sessions(record: Mapping[str, Any]) -> None:
    """Delete the sessions of a user whose account is gone; other records are no news."""
    if record["eventName"] == "REMOVE" and (
        record["dynamodb"]["Keys"]["sk"]["S"] == users.SORT_KEY
    ):
        session_repository().delete_all(users.deleted_user_id(record))


handler = entrypoint(api, {events.STREAM: end_sessions})
