"""The template, as tests/cdk has it."""

from tests.cdk.conftest import template

__all__ = ["template"]
