"""What the routes work with, made when first needed and then kept."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from shop import config, dynamo
from users.repository import UserRepository
from users.session_repository import SessionRepository

if TYPE_CHECKING:
    from users.signer import Signer


@dataclass(frozen=True)
class Settings:
    table_name: str
    signing_key_arn: str
    token_issuer: str
    token_audience: str


@cache
def repository() -> UserRepository:
    return UserRepository(_table())


@cache
def session_repository() -> SessionRepository:
    return SessionRepository(_table())


@cache
def signer() -> Signer:
    from users.signer import create  # noqa: PLC0415  (slow to import, and few requests need it)

    settings = config.from_environment(Settings)
    return create(settings.signing_key_arn, settings.token_issuer, settings.token_audience)


def _table() -> dynamo.Table:
    return dynamo.Table(config.from_environment(Settings).table_name, dynamo.client())
