"""What can go wrong with accounts and sessions."""

from http import HTTPStatus

from shop.errors import Forbidden, NotFound, ShopError, Unauthenticated, ValidationFailed

_CHALLENGE = {"WWW-Authenticate": "Bearer"}


class EmailTaken(ShopError):
    status = HTTPStatus.CONFLICT
    type = "email-taken"
    title = "There is an account with this e-mail address"

    def __init__(self) -> None:
        super().__init__("Sign in to it, or use another address.")


class InvalidCredentials(ShopError):
    """The same for an unknown e-mail address and a wrong password, so that nobody learns which."""

    status = HTTPStatus.UNAUTHORIZED
    type = "invalid-credentials"
    title = "The e-mail address or the password is wrong"

    def __init__(self) -> None:
        super().__init__("Check both and try again.", headers=dict(_CHALLENGE))


class InvalidRefreshToken(ShopError):
    """The same for whatever is wrong with it."""

    status = HTTPStatus.UNAUTHORIZED
    type = "invalid-refresh-token"
    title = "The refresh token is not valid, or no longer"

    def __init__(self) -> None:
        super().__init__("Sign in again.", headers=dict(_CHALLENGE))


class TooManyAttempts(ShopError):
    status = HTTPStatus.TOO_MANY_REQUESTS
    type = "too-many-attempts"
    title = "There were too many failed attempts"

    def __init__(self, seconds: int) -> None:
        super().__init__(f"Try again in {seconds} s.", headers={"Retry-After": str(seconds)})


class SessionEnded(Unauthenticated):
    """The access token is still good, but its session or its account is gone."""

    def __init__(self) -> None:
        super().__init__("The session has ended. Sign in again.")


class RoleTakenAway(Forbidden):
    """The access token says admin, the account no longer does."""

    def __init__(self) -> None:
        super().__init__("This takes the role admin, which you no longer have.")


class UserNotFound(NotFound):
    def __init__(self, which: str) -> None:
        super().__init__(f"There is no user {which[:64]!r}.")


class InvalidField(ValidationFailed):
    """A field of the body that only turns out bad when it is held against what is stored."""

    def __init__(self, field: str, message: str) -> None:
        error = {"loc": ["body", field], "msg": message}
        super().__init__(f"body.{field}: {message}", extensions={"errors": [error]})
