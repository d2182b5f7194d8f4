"""Documents that show a session in ```console blocks: it is run, and what it prints is compared.

A line that begins with ``$ `` is a command; what follows until the next one is what it prints,
errors included, and ``(exit code 3)`` in a line of its own where that is not 0.
"""

from __future__ import annotations

import re
import subprocess
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

_BLOCKS = re.compile(r"^```console\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_BOXES = re.compile("[\u2500-\u257f]")
_NEXT = "--- the next command; the last one ended with"
_SECONDS = 240


class Step(NamedTuple):
    command: str
    shown: str


def steps(document: Path) -> list[Step]:
    """Commands in their order, with the output that is shown for them."""
    found: list[Step] = []
    for line in "".join(_BLOCKS.findall(document.read_text())).splitlines():
        if line.startswith("$ "):
            found.append(Step(line.removeprefix("$ "), ""))
        else:
            last = found.pop()
            found.append(last._replace(shown=f"{last.shown}{line}\n"))
    return found


def printed(commands: Sequence[str], variables: Mapping[str, str], folder: Path) -> list[str]:
    """What each command prints, all in one shell; as many as were reached."""
    ends = f"printf '\\n{_NEXT} %s\\n' \"$?\""
    script = "\n".join(["exec 2>&1", *(f"{command}\n{ends}" for command in commands)])
    ran = subprocess.run(
        ["/bin/bash", "-uc", script],
        env=dict(variables),
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        text=True,
        timeout=_SECONDS,
        check=False,
    )
    parts = re.split(rf"\n{_NEXT} (\d+)\n", ran.stdout)
    return [
        text if code == "0" else f"{text.rstrip()}\n(exit code {code})"
        for text, code in zip(parts[::2], parts[1::2], strict=False)
    ]


def require_as_shown(
    document: Path, found: Sequence[Step], outputs: Sequence[str], changing: re.Pattern[str]
) -> None:
    """Fails unless every command printed what ``document`` shows, but for what is ``changing``."""
    for step, output in zip(found, outputs, strict=False):
        assert steady(output, changing) == steady(step.shown, changing), (
            f"{document.name}: {step.command}\nprinted:\n{output}"
        )
    assert len(outputs) == len(found), f"{document.name} ended after: {found[len(outputs) - 1]}"


def steady(text: str, changing: re.Pattern[str]) -> str:
    """Its words, without what differs from one run to the next, and however tables are drawn."""
    lines = changing.sub("*", text.replace("\r", ""))
    return changing.sub("*", " ".join(_BOXES.sub(" ", lines).split()))
