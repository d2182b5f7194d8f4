"""Settings of a function, read from its environment when first needed.

A context declares them as a dataclass of strings: ``table_name`` is the environment variable
``TABLE_NAME``. The stack sets the same names; tests/architecture holds the two together.
"""

from __future__ import annotations

import os
from dataclasses import fields
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _typeshed import DataclassInstance


class ConfigurationError(RuntimeError):
    """The function was deployed without a setting that it needs."""


def variable_names(settings: type[DataclassInstance]) -> list[str]:
    """Environment variables that ``settings`` is read from."""
    return [field.name.upper() for field in fields(settings)]


def from_environment[Settings: DataclassInstance](settings: type[Settings]) -> Settings:
    """Read ``settings`` from the environment; raise ConfigurationError naming what is missing."""
    missing = [name for name in variable_names(settings) if not os.environ.get(name)]
    if missing:
        raise ConfigurationError(f"environment variables not set: {', '.join(missing)}")
    return settings(**{field.name: os.environ[field.name.upper()] for field in fields(settings)})
