"""The picture and the report: whole, readable, and never kinder than what was found."""

from __future__ import annotations

import json
from collections import Counter
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from ops.recover.drill import drill_report
from ops.recover.drill.harm import Harm
from ops.recover.drill.lanes import WIDTH, Scale, bands
from ops.recover.drill.record import BROKEN, Check, Kind, Lane, Moment, Record, Recovery, Span
from ops.recover.drill.recovery_double import STATEMENT
from ops.recover.drill.svg import width
from ops.recover.drill.timeline import timeline

if TYPE_CHECKING:
    from pathlib import Path

    from ops.recover.drill.lanes import Placed

BEGAN = datetime(2026, 11, 22, 12, tzinfo=UTC)
SECONDS = 90
SVG = "{http://www.w3.org/2000/svg}"


def at(second: float) -> datetime:
    return BEGAN + timedelta(seconds=second)


def record(**more: Any) -> Record:
    made = Record(Console(quiet=True), began=BEGAN, ended=at(SECONDS))
    made.checks.append(Check(Lane.SHOP, "All is <well> & fine", good=True, detail="", at=at(1)))
    made.spans.append(Span(Lane.SHOP, Kind.LOAD, "load <&>", at(0), at(9)))
    made.moments.append(Moment("T", "all is well", at(5)))
    made.recoveries.append(Recovery("Back", "shop recover table restore", 4, 2))
    for name, value in more.items():
        setattr(made, name, value)
    return made


spans = st.lists(
    st.builds(
        lambda lane, label, began, seconds: Span(
            lane, Kind.RECOVERY, label, at(began), at(min(SECONDS, began + seconds))
        ),
        st.sampled_from(list(Lane)[:2]),
        st.text(st.characters(categories=["L", "N", "Zs"]), max_size=24),
        st.floats(0, SECONDS - 1),
        st.floats(0, 40),
    ),
    max_size=12,
)


def extent(placed: Placed) -> tuple[float, float]:
    """From where to where a bar and its label are."""
    label = width(placed.label) + 6
    match placed.side:
        case "right":
            return placed.left, placed.right + label
        case "left":
            return placed.left - label, placed.right
        case _:
            return placed.left, max(placed.right, placed.left + label)


@given(spans)
def test_nothing_on_the_picture_is_in_anothers_way(found: list[Span]) -> None:
    scale = Scale(BEGAN, SECONDS)
    lanes = list(bands(record(spans=found, checks=[]), scale))
    assert sum(len(band.placed) for band in lanes) == len(found)
    for band in lanes:
        for row in {placed.row for placed in band.placed}:
            places = sorted(extent(each) for each in band.placed if each.row == row)
            for one, other in pairwise(places):
                assert one[1] <= other[0]
        assert all(extent(each)[0] >= 0 and extent(each)[1] <= WIDTH for each in band.placed)
    for upper, lower in pairwise(lanes):
        assert upper.top + upper.height <= lower.top


def test_it_is_an_svg_that_tells_what_it_shows() -> None:
    root = ET.fromstring(timeline(record(writes=[at(second) for second in (1, 1, 2, 50)])))  # noqa: S314  (our own)
    title, description = root.find(f"{SVG}title"), root.find(f"{SVG}desc")
    assert title is not None
    assert description is not None
    assert root.get("aria-labelledby") == f"{title.get('id')} {description.get('id')}"
    assert "1 of 1 checks passed" in str(description.text)
    assert "Back: 2.0 s" in str(description.text)
    words = [each.text for each in root.iter(f"{SVG}text")]
    assert "load <&> · 9.0 s" in words
    assert "1 of 1 checks passed" in words
    pulses = [each for each in root.iter(f"{SVG}rect") if each.get("class") == "pulse"]
    assert len(pulses) == 3 + 1  # and the one of the legend


def test_a_failed_check_is_told_everywhere(tmp_path: Path) -> None:
    made = record()
    made.checks.append(Check(Lane.SHOP, "Not so", good=False, detail="why", at=at(2)))
    assert not made.good
    picture = timeline(made)
    assert "1 of 2 checks passed" in picture
    assert not [
        each
        for each in ET.fromstring(picture).iter(f"{SVG}rect")  # noqa: S314  (our own)
        if each.get("class") == "good"
    ]
    written = drill_report.write(made, tmp_path).read_text()
    assert "1 of 2 checks passed" in written.splitlines()[0]
    assert "✗ **failed:** Not so (why)" in written
    assert json.loads((tmp_path / "report.json").read_text())["good"] is False


@pytest.mark.parametrize("change", [{"checks": []}, {"trouble": "The load failed."}])
def test_a_drill_that_was_cut_off_is_not_good(change: dict[str, Any], tmp_path: Path) -> None:
    made = record(**change)
    assert not made.good
    text = drill_report.write(made, tmp_path).read_text()
    assert json.loads((tmp_path / "report.json").read_text())["trouble"] == (made.trouble or None)
    assert made.trouble in text


def test_the_report_says_what_was_only_played(tmp_path: Path) -> None:
    made = record(checksums={"live at T": {"Users": "ab" * 32}}, facts={"Counts": {"rows": 3}})
    text = drill_report.write(made, tmp_path).read_text()
    assert STATEMENT in text
    assert "| Back | 4.0 s | 2.0 s | `shop recover table restore` |" in text
    assert "Counts: 3 rows." in text
    assert f"`{'ab' * 8}`" in text
    told = json.loads((tmp_path / "report.json").read_text())
    assert told["double"] == STATEMENT
    assert told["checksums"]["live at T"]["Users"] == "ab" * 32
    assert (tmp_path / drill_report.PICTURE).exists()


def test_what_was_broken_is_a_table_with_its_sums(tmp_path: Path) -> None:
    harm = Harm(Counter({"Users rows deleted": 3, "Users rows gone with an account": 2}))
    harm.counts["objects added"] = 5
    facts = {BROKEN: harm.told(), "What the load did": {"orders": 1}}
    lines = drill_report.write(record(facts=facts), tmp_path).read_text().splitlines()
    first = lines.index("## What was broken")
    assert lines[first + 2 : first + 6] == [
        "| | deleted | gone with an account | added | in all |",
        "|---|---|---|---|---|",
        "| Users | 3 | 2 |  | 5 |",
        "| objects |  |  | 5 | 5 |",
    ]
    assert "What the load did: 1 orders." in lines
