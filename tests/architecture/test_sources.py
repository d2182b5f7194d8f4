"""Rules that no linter knows."""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from ops.paths import ROOT

ADDRESS = re.compile(r"https?://|\bfiles\.|registry\.")


def sources(*folders: str) -> Iterator[Path]:
    for folder in folders:
        yield from (ROOT / folder).rglob("*.py")


def test_nothing_edits_the_import_path() -> None:
    edits = [
        str(path)
        for path in sources("cdk", "functions", "layers", "ops")
        if re.search(r"sys\.path\s*[.\[+=]", path.read_text())
    ]
    assert edits == []


def test_no_function_scans_a_table() -> None:
    texts = [path.read_text() for path in sources("functions", "layers")]
    assert len(texts) > 10
    assert not any(".scan(" in text for text in texts)


def test_types_of_every_service_that_the_stack_uses_are_checked() -> None:
    """Those that mypy skips are Any, and nothing would say so."""
    used = {
        f"aws_cdk.{name}"
        for path in sources("cdk", "tests")
        for name in re.findall(r"from aws_cdk(?: import |\.)(aws_\w+|assertions)", path.read_text())
    }
    mypy = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["mypy"]
    (read,) = (each for each in mypy["overrides"] if each["follow_imports"] == "normal")
    assert len(used) > 10
    assert used <= set(read["module"])


@pytest.mark.parametrize(
    "lock",
    [
        "requirements/runtime.txt",
        "requirements/dev.txt",
        "requirements/emulator.txt",
        "requirements/checkov.txt",
        "package-lock.json",
    ],
)
def test_locks_pin_by_hash_and_name_no_address(lock: str) -> None:
    text = (ROOT / lock).read_text()
    assert not ADDRESS.search(text)
    if lock.endswith(".txt"):
        pinned = re.findall(r"^[a-z][^=\n]*==.*$", text, re.MULTILINE)
        hashed = re.findall(r"^[a-z][^=\n]*==.*\\\n    --hash=sha256:", text, re.MULTILINE)
        assert len(pinned) == len(hashed) > 10
    else:
        assert text.count('"integrity"') == text.count('"version"') > 0
