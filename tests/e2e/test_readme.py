"""The README's first session, pasted as it stands: its commands work and its output is real."""

import re
from pathlib import Path

import pytest

from ops.paths import ROOT
from tests.e2e.conftest import Api
from tests.e2e.documents import printed, require_as_shown, steps

pytestmark = pytest.mark.e2e

README = ROOT / "README.md"
# What differs from one run to the next.
CHANGING = re.compile(
    r"\d{4}-\d\d-\d\dT[\d:.]+Z"  # times
    r"|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f-]{22}"  # request ids
    r'|(?<="id":")[0-9a-f]{32}|(?<="userId":")[0-9a-f]{32}'
    r'|(?<="shippingAddressId":")[0-9a-f]{32}|(?<=/orders/)[0-9a-f]{32}'
    r"|(?mi:^(date|apigw-requestid):.*$)"
)


def test_the_first_session_is_real(api: Api, tmp_path: Path) -> None:
    session = [step for step in steps(README) if not step.command.startswith("API=")]
    assert len(session) >= 8
    variables = {"API": api.url, "PATH": "/usr/bin:/bin"}
    outputs = printed([step.command for step in session], variables, tmp_path)
    require_as_shown(README, session, outputs, CHANGING)
