"""Identifiers: 32 hexadecimal digits, opaque to clients."""

import re
import uuid

_SHAPE = re.compile(r"[0-9a-f]{32}")


def new_id() -> str:
    return uuid.uuid4().hex


def derived_id(namespace: uuid.UUID, name: str) -> str:
    """Always the same id for the same ``name`` in ``namespace`` (RFC 9562, version 5)."""
    return uuid.uuid5(namespace, name).hex


def is_id(text: str) -> bool:
    """Whether ``text`` can be an id at all. What cannot is not found, without asking the store."""
    return _SHAPE.fullmatch(text) is not None
