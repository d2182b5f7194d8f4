"""AWS as the unit tests have it: moto's, in memory."""

from __future__ import annotations

from typing import TYPE_CHECKING

from moto import mock_aws

if TYPE_CHECKING:
    from moto.core.config import DefaultConfig
    from moto.core.models import MockAWS

# tests/conftest.py sees to the credentials; a new boto3 session for every test would take ten
# times as long as all the rest.
_CONFIG: DefaultConfig = {"core": {"mock_credentials": False, "reset_boto3_session": False}}


def emulated_aws() -> MockAWS:
    """AWS with nothing in it, until the end of the ``with``."""
    return mock_aws(config=_CONFIG)
