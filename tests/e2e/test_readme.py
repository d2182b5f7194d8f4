"""The README's first session, pasted as it stands: its commands work and its output is real."""

import re
import subprocess

import pytest

from ops.paths import ROOT
from tests.e2e.conftest import Api

pytestmark = pytest.mark.e2e

BLOCKS = re.findall(
    r"^```console\n(.*?)^```", (ROOT / "README.md").read_text(), re.MULTILINE | re.DOTALL
)
# What differs from one run to the next.
CHANGING = re.compile(
    r"\d{4}-\d\d-\d\dT[\d:.]+Z"  # times
    r"|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f-]{22}"  # request ids
    r"|(?mi:^(date|apigw-requestid):.*$)"
)


def session() -> list[tuple[str, str]]:
    """Commands of the README with the output that it shows for them."""
    found: list[tuple[str, str]] = []
    for line in "".join(BLOCKS).splitlines():
        if line.startswith("$ "):
            found.append((line.removeprefix("$ "), ""))
        else:
            command, shown = found.pop()
            found.append((command, f"{shown}{line}\n"))
    return found


def steady(text: str) -> str:
    return CHANGING.sub("*", text.replace("\r", "")).strip()


def test_the_first_session_is_real(api: Api) -> None:
    steps = session()
    assert len(steps) >= 6
    for command, shown in steps:
        if command.startswith("API="):
            continue
        ran = subprocess.run(
            ["/bin/bash", "-euc", command],
            env={"API": api.url, "PATH": "/usr/bin:/bin"},
            capture_output=True,
            text=True,
            check=True,
        )
        assert steady(ran.stdout) == steady(shown), command
