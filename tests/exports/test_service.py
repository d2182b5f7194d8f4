"""When exports start, to which moment, and what is told of them."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exports import service
from exports.models import Findings
from exports.repository import Exports
from tests.exports.tables import BUCKET, ORDERS, TABLES, TICK, USERS, Exporter, later

FIRST = datetime.fromisoformat("2026-11-23T07:57:12Z")


@pytest.fixture
def exporter() -> Exporter:
    return Exporter()


def check(exporter: Exporter, tick: datetime = TICK) -> Findings:
    return service.check(TABLES, Exports(BUCKET, exporter.client), tick)


def test_the_first_tick_exports_every_table_as_of_one_second_that_is_restorable(
    exporter: Exporter,
) -> None:
    assert check(exporter) == Findings(failed=0, started=2, oldest=None)
    for table in TABLES:
        (export,) = (each for each in exporter.exports.values() if each["TableArn"] == table.arn)
        assert export["ExportTime"] == FIRST
        assert export["S3Bucket"] == BUCKET
        assert export["S3Prefix"] == f"exports/{table.name}"
        assert (export["ExportType"], export["ExportFormat"]) == ("FULL_EXPORT", "DYNAMODB_JSON")
        assert export["S3SseAlgorithm"] == "AES256"


def test_a_tick_that_comes_twice_exports_once(
    exporter: Exporter, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also when DynamoDB does not list yet what the first one started."""
    check(exporter)
    before = {arn: dict(each) for arn, each in exporter.exports.items()}
    hidden = Exporter()
    monkeypatch.setattr(hidden, "list_exports", lambda **_: {"ExportSummaries": []})
    hidden.exports = exporter.exports
    check(hidden)
    assert exporter.exports == before


def test_one_set_a_day_at_the_same_hour(exporter: Exporter) -> None:
    started = []
    for hour in range(24 * 4):
        wobble = (-1) ** hour * 4  # minutes
        if check(exporter, later(hours=hour, minutes=wobble)).started:
            started.append(hour)
        exporter.end("COMPLETED")
    assert started == [0, 24, 48, 72]
    assert exporter.of(USERS) == exporter.of(ORDERS)


def test_a_running_export_is_waited_for(exporter: Exporter) -> None:
    check(exporter)
    for hour in range(1, 23):
        assert check(exporter, later(hours=hour)) == Findings(failed=0, started=0, oldest=None)


def test_age_is_that_of_the_data_of_the_table_that_is_worst_off(exporter: Exporter) -> None:
    check(exporter)
    exporter.end("COMPLETED")
    assert check(exporter, later(hours=2)).oldest == pytest.approx(2 + 1 / 6)
    check(exporter, later(hours=24))
    exporter.end("COMPLETED", USERS)
    assert check(exporter, later(hours=25)).oldest == pytest.approx(25 + 1 / 6)
    exporter.end("COMPLETED")
    assert check(exporter, later(hours=25)).oldest == pytest.approx(1 + 1 / 6)


def test_a_table_without_any_complete_export_has_no_age_and_so_no_one_has(
    exporter: Exporter,
) -> None:
    check(exporter)
    exporter.end("COMPLETED", USERS)
    assert check(exporter, later(hours=1)).oldest is None


def test_a_failed_export_is_told_and_made_again_as_of_the_same_second(
    exporter: Exporter, caplog: pytest.LogCaptureFixture
) -> None:
    check(exporter)
    exporter.end("COMPLETED", USERS)
    exporter.end("FAILED", ORDERS, FailureCode="S3AccessDenied", FailureMessage="No way")
    findings = check(exporter, later(hours=1))
    assert (findings.failed, findings.started) == (1, 1)
    assert exporter.of(USERS) == [("COMPLETED", FIRST)]
    assert exporter.of(ORDERS) == [("FAILED", FIRST), ("IN_PROGRESS", FIRST)]
    (record,) = (each for each in caplog.records if each.levelno == logging.ERROR)
    assert record.__dict__["table"] == "OrdersTable"
    assert record.__dict__["reason"] == "S3AccessDenied: No way"
    exporter.end("COMPLETED")
    mended = check(exporter, later(hours=2))
    assert (mended.failed, mended.started) == (0, 0)
    assert mended.oldest == pytest.approx(2 + 1 / 6)


def test_a_table_that_keeps_failing_is_told_each_hour(exporter: Exporter) -> None:
    check(exporter)
    for hour in range(1, 30):
        exporter.end("COMPLETED", USERS)
        exporter.end("FAILED")
        assert check(exporter, later(hours=hour)).failed == 1


@pytest.mark.parametrize(("call", "started"), [("ListExports", 1), ("ExportTableToPointInTime", 1)])
def test_one_table_that_cannot_be_asked_about_keeps_no_other_back(
    exporter: Exporter, call: str, started: int
) -> None:
    exporter.refuse, exporter.refused_call = {USERS.arn}, call
    assert check(exporter) == Findings(failed=1, started=started, oldest=None)
    assert exporter.of(ORDERS) == [("IN_PROGRESS", FIRST)]
    exporter.end("COMPLETED")
    assert check(exporter, later(hours=1)).oldest is None  # not that of the other alone


def test_exports_of_someone_else_are_not_taken_for_ours(exporter: Exporter) -> None:
    recent = later(hours=-1)
    exporter.add(USERS.arn, "COMPLETED", recent, S3Bucket="someones")
    exporter.add(USERS.arn, "COMPLETED", recent, S3Prefix="other")
    exporter.add(USERS.arn, "FAILED", recent, ExportType="INCREMENTAL_EXPORT")
    assert check(exporter) == Findings(failed=0, started=2, oldest=None)


def test_a_new_table_joins_the_set_that_is_there(exporter: Exporter) -> None:
    exporter.add(USERS.arn, "COMPLETED", FIRST)
    check(exporter, later(hours=3))
    assert exporter.of(ORDERS) == [("IN_PROGRESS", FIRST)]


def test_calls_do_not_grow_with_the_years(exporter: Exporter) -> None:
    for day in range(40):
        check(exporter, later(days=day))
        exporter.end("COMPLETED")
    exporter.calls.clear()
    check(exporter, later(days=39, hours=1))
    assert exporter.calls.count("DescribeExport") == len(TABLES)  # the newest is complete
    assert "ExportTableToPointInTime" not in exporter.calls


@given(
    st.lists(
        st.tuples(st.integers(1, 90), st.sampled_from(["COMPLETED", "FAILED", "IN_PROGRESS"])),
        min_size=1,
        max_size=30,
    )
)
def test_whatever_happens_all_tables_come_to_one_second_of_the_last_day(
    story: list[tuple[int, str]],
) -> None:
    """Once exports work again, the next tick but one finds a whole and young set."""
    exporter = Exporter()
    now = TICK
    for hours, status in story:
        now += timedelta(hours=hours)
        check(exporter, now)
        exporter.end(status, USERS if hours % 2 else ORDERS)
    for _ in range(2):
        now += timedelta(hours=1)
        check(exporter, now)
        exporter.end("COMPLETED")
    newest = {
        max(at for status, at in exporter.of(each) if status == "COMPLETED") for each in TABLES
    }
    assert len(newest) == 1
    assert now - newest.pop() < timedelta(hours=25)
