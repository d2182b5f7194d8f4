"""Signing in, staying signed in, signing out.

A refresh token can be used once, and for a while after: who lost the answer, or asked twice at
once, gets the same successor again. One that is older than that was stolen from someone, or by
someone, so its session ends for both ("refresh token rotation", RFC 9700, section 4.14.2).
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from shop import clock, tokens
from shop.errors import Unavailable
from shop.identity import Caller
from shop.ids import new_id
from users import emails, guard, instants, passwords, refresh_tokens, roles, rows
from users.errors import InvalidCredentials, InvalidRefreshToken, SessionEnded
from users.models import TokenPair
from users.repository import AccountChanged
from users.rows import Session

if TYPE_CHECKING:
    from users.models import Credentials
    from users.refresh_tokens import RefreshToken
    from users.repository import UserRepository
    from users.rows import Account
    from users.session_repository import SessionRepository
    from users.signer import Signer

GRACE_MS = 60 * 1000
IDLE_SECONDS = 30 * 24 * 60 * 60
LONGEST_SECONDS = 90 * 24 * 60 * 60

_TRIES = 4


def sign_in(
    repository: UserRepository, store: SessionRepository, signer: Signer, credentials: Credentials
) -> TokenPair:
    """Raises InvalidCredentials and TooManyAttempts, each alike whether there is such an account.

    Known or unknown, the calls are the same, and so is the work.
    """
    email_key = emails.lookup_key(credentials.email)
    owner = repository.owner_of(email_key)
    whose = rows.of_sign_in(owner) if owner else email_key
    account, attempts = repository.account_and_attempts(owner or new_id(), whose)
    guard.refuse_while_blocked(attempts)
    if account and account.email_key != email_key:  # the address went to someone else meanwhile
        account = None
    guard.count_attempt(repository, whose, attempts)
    account = guard.require(account, credentials.password)
    try:
        return _begun(store, signer, account, credentials.password)
    except Unavailable:
        # Else an outage would shut out those who know their password, and for longer than it lasts.
        with suppress(Exception):  # what the client is told is what went wrong first
            repository.forget_attempts(whose)
        raise


def _begun(store: SessionRepository, signer: Signer, account: Account, password: str) -> TokenPair:
    """The tokens of a new session. Raises InvalidCredentials as ``_start`` does."""
    token = refresh_tokens.new_token(account.id, new_id())
    # Signed first, so that there is no session without tokens when KMS is out of reach.
    pair = _pair(signer, account, token)
    _start(store, account, _new_session(account, token), password)
    return pair


def _start(store: SessionRepository, account: Account, session: Session, password: str) -> None:
    """Raises InvalidCredentials when password or account were gone by now."""
    for _ in range(_TRIES):
        try:
            store.start(session, account, _rehashed(account, password))
        except AccountChanged as changed:
            # Within one epoch the password is the same; another hash of it is as good.
            if changed.account is None or changed.account.session_epoch != session.epoch:
                raise InvalidCredentials from changed
            account = changed.account
        else:
            return
    raise Unavailable


def _rehashed(account: Account, password: str) -> Account | None:
    """The account with its password hashed by today's parameters; None when it is already."""
    if not passwords.needs_rehash(account.password_hash):
        return None
    return account._replace(
        password_hash=passwords.hashed(password), updated_at=clock.after(account.updated_at)
    )


def _new_session(account: Account, token: RefreshToken) -> Session:
    now_ms = instants.now_ms()
    return Session(
        user_id=account.id,
        id=token.session_id,
        epoch=account.session_epoch,
        family_hash=refresh_tokens.hashed(token.family),
        current_hash=refresh_tokens.hashed(token.rotating),
        previous_hash=None,
        successor_nonce=None,
        rotated_at=now_ms,
        expires_at=now_ms // 1000 + IDLE_SECONDS,
        ends_at=now_ms // 1000 + LONGEST_SECONDS,
        created_at=clock.now(),
    )


def refresh(store: SessionRepository, signer: Signer, text: str) -> TokenPair:
    """The next pair. Raises InvalidRefreshToken, whatever is wrong with ``text``."""
    token = refresh_tokens.parse(text)
    if token is None:
        raise InvalidRefreshToken
    was_current = False
    for _ in range(_TRIES):
        account, session = _of_token(store, token)
        if refresh_tokens.is_hash_of(session.current_hash, token.rotating):
            was_current = True
            pair = _rotated(store, signer, account, session, token)
            if pair:
                return pair
        elif nonce := _nonce_again(session, token):
            return _pair(signer, account, token.successor(nonce))
        else:
            # Good when it came and old by now, it is no sign of theft, only of a race.
            if not was_current:
                store.end(session.user_id, session.id)
            raise InvalidRefreshToken
    raise Unavailable


def _of_token(store: SessionRepository, token: RefreshToken) -> tuple[Account, Session]:
    """The account and the session that the token is for. Raises InvalidRefreshToken."""
    account, session = store.find(token.user_id, token.session_id)
    if account is None or session is None or not _is_live(account, session):
        raise InvalidRefreshToken
    # Without the family secret it is a guess, which must not be able to end a session.
    if not refresh_tokens.is_hash_of(session.family_hash, token.family):
        raise InvalidRefreshToken
    return account, session


def _rotated(
    store: SessionRepository,
    signer: Signer,
    account: Account,
    session: Session,
    token: RefreshToken,
) -> TokenPair | None:
    """The pair after the current one; None when someone else rotated first."""
    now_ms = instants.now_ms()
    successor = token.successor(nonce := refresh_tokens.new_nonce())
    pair = _pair(signer, account, successor)
    rotated = session._replace(
        current_hash=refresh_tokens.hashed(successor.rotating),
        previous_hash=session.current_hash,
        successor_nonce=nonce,
        rotated_at=now_ms,
        expires_at=min(now_ms // 1000 + IDLE_SECONDS, session.ends_at),
    )
    return pair if store.rotate(session, rotated) else None


def _nonce_again(session: Session, token: RefreshToken) -> str | None:
    """The nonce of the last rotation, if it was the token's own, and within the grace."""
    is_previous = refresh_tokens.is_hash_of(session.previous_hash, token.rotating)
    in_time = instants.now_ms() < session.rotated_at + GRACE_MS
    return session.successor_nonce if is_previous and in_time else None


def signed_in(store: SessionRepository, caller: Caller) -> Account:
    """The account of the caller, whose session still lasts. Raises SessionEnded.

    An access token cannot be taken back, so who wants to know for sure asks the store.
    """
    account, session = store.find(caller.user_id, caller.session_id)
    if account is None or session is None or not _is_live(account, session):
        raise SessionEnded
    return account


def administrator(store: SessionRepository, caller: Caller) -> Account:
    """As ``signed_in``; raises RoleTakenAway, too, whatever the access token says."""
    account = signed_in(store, caller)
    roles.require_admin(account, account.session_epoch)
    return account


def sign_out(store: SessionRepository, caller: Caller) -> None:
    """Raises SessionEnded when it has already."""
    signed_in(store, caller)
    store.end(caller.user_id, caller.session_id)


def _is_live(account: Account, session: Session) -> bool:
    return session.epoch == account.session_epoch and instants.now_seconds() < session.expires_at


def _pair(signer: Signer, account: Account, token: RefreshToken) -> TokenPair:
    caller = Caller(account.id, token.session_id, account.role)
    return TokenPair(
        access_token=signer.access_token(caller),
        token_type="Bearer",  # noqa: S106  (its name)
        expires_in=tokens.LIFETIME_SECONDS,
        refresh_token=token.to_text(),
    )
