"""Routes of sessions."""

from http import HTTPStatus
from typing import Annotated

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Body
from aws_lambda_powertools.event_handler.router import APIGatewayHttpRouter

from shop import identity
from shop.errors import (
    MalformedJson,
    ShopError,
    Unavailable,
    UnsupportedMediaType,
    ValidationFailed,
)
from shop.http import JSON, documented
from shop.identity import PUBLIC, USER
from users import sessions
from users.composition import repository, session_repository, signer
from users.errors import InvalidCredentials, InvalidRefreshToken, TooManyAttempts
from users.models import Credentials, SessionRefresh, TokenPair

router = APIGatewayHttpRouter()  # type: ignore[no-untyped-call]  # the library's gap

_BODY: tuple[type[ShopError], ...] = (MalformedJson, UnsupportedMediaType, ValidationFailed)
_HEADERS = {"Cache-Control": "no-store"}
_HEADERS_SAY = {"Cache-Control": "`no-store`: tokens are not for caches"}


@router.post(
    "/sessions",
    operation_id="signIn",
    summary="Sign in",
    openapi_extensions=PUBLIC,
    responses=documented(
        "Tokens of a new session",
        *_BODY,
        InvalidCredentials,
        TooManyAttempts,
        Unavailable,
        status=HTTPStatus.CREATED,
        headers=_HEADERS_SAY,
    ),
)
def sign_in(credentials: Annotated[Credentials, Body()]) -> Response[TokenPair]:
    pair = sessions.sign_in(repository(), session_repository(), signer(), credentials)
    return Response(HTTPStatus.CREATED, content_type=JSON, body=pair, headers=dict(_HEADERS))


@router.post(
    "/sessions/refresh",
    operation_id="refreshSession",
    summary="The next pair of tokens",
    openapi_extensions=PUBLIC,
    responses=documented(
        "The next pair; for a minute, the token sent brings the same refresh token again",
        *_BODY,
        InvalidRefreshToken,
        Unavailable,
        headers=_HEADERS_SAY,
    ),
)
def refresh_session(given: Annotated[SessionRefresh, Body()]) -> Response[TokenPair]:
    pair = sessions.refresh(session_repository(), signer(), given.refresh_token)
    return Response(HTTPStatus.OK, content_type=JSON, body=pair, headers=dict(_HEADERS))


@router.delete(
    "/sessions/current",
    operation_id="signOut",
    summary="Sign out, here only",
    openapi_extensions=USER,
    responses=documented("The session is over", Unavailable, status=HTTPStatus.NO_CONTENT),
)
def sign_out() -> Response[None]:
    caller = identity.caller(router.current_event.raw_event)
    sessions.sign_out(session_repository(), caller)
    return Response(HTTPStatus.NO_CONTENT)
