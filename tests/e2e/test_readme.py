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
    r'|(?<="id":")[0-9a-f]{32}|(?<="userId":")[0-9a-f]{32}'
    r'|(?<="shippingAddressId":")[0-9a-f]{32}|(?<=/orders/)[0-9a-f]{32}'
    r"|(?mi:^(date|apigw-requestid):.*$)"
)
NEXT = "--- the next command ---"


def session() -> list[tuple[str, str]]:
    """Commands of the README with the output that it shows for them."""
    found: list[tuple[str, str]] = []
    for line in "".join(BLOCKS).splitlines():
        if line.startswith("$ "):
            found.append((line.removeprefix("$ "), ""))
        else:
            command, shown = found.pop()
            found.append((command, f"{shown}{line}\n"))
    return [(command, shown) for command, shown in found if not command.startswith("API=")]


def steady(text: str) -> str:
    return CHANGING.sub("*", text.replace("\r", "")).strip()


def outputs(api: Api, commands: list[str]) -> list[str]:
    """What each command prints, all in one shell."""
    script = f"\necho '{NEXT}'\n".join(commands)
    ran = subprocess.run(
        ["/bin/bash", "-euc", script],
        env={"API": api.url, "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=True,
    )
    return ran.stdout.split(NEXT)


def test_the_first_session_is_real(api: Api) -> None:
    steps = session()
    assert len(steps) >= 8
    printed = outputs(api, [command for command, _ in steps])
    for (command, shown), output in zip(steps, printed, strict=True):
        assert steady(output) == steady(shown), command
