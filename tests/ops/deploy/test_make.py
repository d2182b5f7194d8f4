"""``make deploy`` asks what it needs to know before it does what takes minutes."""

from __future__ import annotations

import subprocess

from ops.paths import ROOT


def test_which_stage_is_asked_before_anything_else() -> None:
    """By what make would run: nothing of it is run here."""
    ran = subprocess.run(
        ["make", "--dry-run", "deploy", "STAGE="],  # noqa: S607  (make is what this is about)
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    first, *_, last = ran.stdout.splitlines()
    assert first.startswith('test -n "" || { echo "Say which stage')
    assert last.startswith("shop deploy --stage")
    assert "make check" in ran.stdout
    assert "make synth" in ran.stdout
