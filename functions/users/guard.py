"""Every check of a password goes through here: counted first, and always the same work.

Signing in is counted by address. What a signed-in user confirms is counted by user, since the
address can be changed without a password, and each new one would bring new attempts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from users import attempts, instants, passwords
from users.errors import InvalidCredentials, TooManyAttempts
from users.repository import AttemptsChanged

if TYPE_CHECKING:
    from users.attempts import Attempts
    from users.repository import UserRepository
    from users.rows import Account

_TRIES = 5


def count_attempt(repository: UserRepository, whose: str, seen: Attempts | None) -> None:
    """Count an attempt before the password is looked at, so that guesses side by side count, too.

    ``whose`` is as rows.attempts_key has it. ``seen`` is what was known last; what is wrong about
    it is found out by the write. Raises TooManyAttempts, during a block without any call.
    """
    for _ in range(_TRIES):
        refuse_while_blocked(seen)
        try:
            counted = attempts.with_one_more(seen, instants.now_ms())
            repository.count_attempt(whose, seen, counted)
        except AttemptsChanged as changed:
            seen = changed.attempts
        else:
            return
    raise TooManyAttempts(1)


def refuse_while_blocked(seen: Attempts | None) -> None:
    """Raises TooManyAttempts."""
    seconds = attempts.seconds_to_wait(seen, instants.now_ms())
    if seconds:
        raise TooManyAttempts(seconds)


def require(account: Account | None, password: str) -> Account:
    """The account, if ``password`` is its own; else, and for none, raises InvalidCredentials."""
    password_hash = account.password_hash if account else passwords.NOBODYS_HASH
    right = passwords.matches(password_hash, password)
    if account is None or not right:
        raise InvalidCredentials
    return account
