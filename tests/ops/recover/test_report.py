"""The report: every fact for programs, and the same for people."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from ops.recover.journal import Journal
from ops.recover.report import Report, seconds_between

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

BEGAN, ENDED = "2026-01-31T08:30:00.000Z", "2026-01-31T09:10:30.500Z"


def report(rpo: float | None = 300.0, **facts: object) -> Report:
    steps = {
        "check": {"began": BEGAN, "ended": "2026-01-31T08:30:01.500Z", "facts": {"rows": 3}},
        "wait": {"began": BEGAN, "ended": ENDED, "facts": facts},
    }
    seconds = seconds_between(BEGAN, ENDED)
    return Report(
        "table restore", "shop-test/UsersTable", BEGAN, ENDED, {"at": BEGAN}, steps, rpo, seconds
    )


def test_both_files_are_written_beside_each_other(tmp_path: Path) -> None:
    path = report(sha256="abc").write(tmp_path / "new")
    assert path.parent == tmp_path / "new"
    assert path.name == ("report-table-restore-shop-test-UsersTable-2026-01-31T091030500Z.md")
    written = json.loads(path.with_suffix(".json").read_text())
    assert written == report(sha256="abc")._asdict()
    assert path.read_text() == report(sha256="abc").to_markdown()


def test_a_person_reads_times_losses_and_facts() -> None:
    text = report(sha256="abc", tables={"a": "b"}).to_markdown()
    for line in (
        "# table restore: shop-test/UsersTable",
        "| RTO (from the first command to the end) | 2430 s |",
        "| RPO (writes that are lost) | 300 s |",
        "| at | `2026-01-31T08:30:00.000Z` |",
        "| check | 1.5 | rows: `3` |",
        '| wait | 2430.5 | sha256: `abc`; tables: `{"a": "b"}` |',
    ):
        assert line in text.splitlines()


def test_what_is_not_known_is_said_so() -> None:
    assert "| RPO (writes that are lost) | not known |" in report(None).to_markdown()


def test_long_facts_are_cut_for_people_only() -> None:
    long = report(left=["x" * 500])
    assert "x" * 500 not in long.to_markdown()
    assert long.facts == {"rows": 3, "left": ["x" * 500]}


def test_it_ends_now_and_began_when_the_journal_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Journal, "now", staticmethod(lambda: BEGAN))
    journal = Journal.of(tmp_path, "table restore", "a", {})
    monkeypatch.setattr(Journal, "now", staticmethod(lambda: ENDED))
    made = Report.of("table restore", "a", journal, 1.0)
    assert (made.began, made.ended, made.rto_seconds) == (BEGAN, ENDED, 2430.5)
