"""The exception tree; every leaf carries its HTTP status and its RFC 9457 problem type.

ShopError
|-- MalformedJson         400 malformed-json
|-- InvalidCursor         400 invalid-cursor
|-- Unauthenticated       401 unauthenticated
|-- Forbidden             403 forbidden
|-- NotFound              404 not-found
|   `-- RouteNotFound     404 route-not-found
|-- MethodNotAllowed      405 method-not-allowed
|-- UnsupportedMediaType  415 unsupported-media-type
|-- ValidationFailed      422 validation-failed
|-- InternalError         500 internal-error
`-- Unavailable           503 unavailable

Contexts add their own leaves in their ``errors`` module. Raise them anywhere: ``shop.http``
turns them into answers, in one place.
"""

from http import HTTPStatus
from typing import ClassVar


class ShopError(Exception):
    """An error that a client gets to see.

    ``detail`` is a sentence for the client's developer; ``extensions`` are further members of the
    problem document; ``headers`` go out with it.
    """

    status: ClassVar[HTTPStatus]
    type: ClassVar[str]
    title: ClassVar[str]

    def __init__(
        self,
        detail: str,
        *,
        extensions: dict[str, object] | None = None,
        headers: dict[str, str] | None = None,
    ) -> None:
        super().__init__(detail)
        self.detail = detail
        self.extensions = extensions or {}
        self.headers = headers or {}


class MalformedJson(ShopError):
    status = HTTPStatus.BAD_REQUEST
    type = "malformed-json"
    title = "The body is not JSON"


class InvalidCursor(ShopError):
    status = HTTPStatus.BAD_REQUEST
    type = "invalid-cursor"
    title = "The cursor is not one of this list's"

    def __init__(self) -> None:
        super().__init__("Use nextCursor as the list gave it, with the same filters and sort.")


class Unauthenticated(ShopError):
    """There is no access token, or one that is not (or no longer) good."""

    status = HTTPStatus.UNAUTHORIZED
    type = "unauthenticated"
    title = "A valid access token is needed"

    def __init__(self, detail: str) -> None:
        super().__init__(detail, headers={"WWW-Authenticate": "Bearer"})


class Forbidden(ShopError):
    status = HTTPStatus.FORBIDDEN
    type = "forbidden"
    title = "This is not for everyone"


class NotFound(ShopError):
    status = HTTPStatus.NOT_FOUND
    type = "not-found"
    title = "There is no such thing"


class RouteNotFound(NotFound):
    type = "route-not-found"
    title = "There is no such route"


class MethodNotAllowed(ShopError):
    status = HTTPStatus.METHOD_NOT_ALLOWED
    type = "method-not-allowed"
    title = "The route does not know this method"


class UnsupportedMediaType(ShopError):
    status = HTTPStatus.UNSUPPORTED_MEDIA_TYPE
    type = "unsupported-media-type"
    title = "The body must be application/json"


class ValidationFailed(ShopError):
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    type = "validation-failed"
    title = "The request does not say what it should"


class InternalError(ShopError):
    status = HTTPStatus.INTERNAL_SERVER_ERROR
    type = "internal-error"
    title = "Something went wrong on our side"


class Unavailable(ShopError):
    """The store is busy or out of reach; trying again later is safe and may work."""

    status = HTTPStatus.SERVICE_UNAVAILABLE
    type = "unavailable"
    title = "The shop is busy"

    def __init__(self, *, retry_after_seconds: int = 1) -> None:
        super().__init__(
            f"Try again in {retry_after_seconds} s.",
            headers={"Retry-After": str(retry_after_seconds)},
        )
