"""Exports of all tables: what the function is told, and when someone is told of it."""

from typing import Any

import pytest

from exports import handler as exports
from exports.models import Table
from exports.repository import _prefix
from tests.cdk.conftest import functions, plain, resources
from tests.cdk.test_events import mappings, queues, rules

pytestmark = pytest.mark.slow


def test_every_table_is_exported_under_its_logical_id(template: dict[str, Any]) -> None:
    tables = resources(template, "AWS::DynamoDB::GlobalTable")
    variables = plain(functions(template)["exports"]["Environment"]["Variables"])
    assert variables["TABLES"] == ",".join(f"{each}=${{{each}.Arn}}" for each in tables)
    assert variables["BUCKET_NAME"] == "${ExportsBucket}"
    assert variables["STACK_NAME"] == "shop-dev"
    assert _prefix(Table("UsersTable", "arn")) == "exports/UsersTable"  # as the permissions have it


def test_it_looks_every_hour_and_ticks_do_not_pile_up(template: dict[str, Any]) -> None:
    properties = rules(template)["ExportsTicksRule"]
    assert (properties["State"], properties["ScheduleExpression"]) == ("ENABLED", "rate(1 hour)")
    (target,) = properties["Targets"]
    assert target["Arn"] == "${ExportsTicks.Arn}"
    assert target["DeadLetterConfig"] == {"Arn": "${ExportsTicksDeadLettersQueue.Arn}"}
    assert "Input" not in target
    waiting = queues(template)["ExportsTicks"]
    assert waiting["MessageRetentionPeriod"] == 2 * 3600
    assert waiting["VisibilityTimeout"] == 6 * functions(template)["exports"]["Timeout"]
    assert waiting["RedrivePolicy"] == {
        "deadLetterTargetArn": "${ExportsTicksDeadLettersQueue.Arn}",
        "maxReceiveCount": 2,
    }
    assert 2 * waiting["VisibilityTimeout"] < waiting["MessageRetentionPeriod"]
    assert mappings(template)["exports", "${ExportsTicks.Arn}"]["BatchSize"] == 1


def alarm(template: dict[str, Any], metric: str) -> dict[str, Any]:
    (found,) = (
        plain(each["Properties"])
        for each in resources(template, "AWS::CloudWatch::Alarm").values()
        if each["Properties"]["MetricName"] == metric
    )
    assert found["Namespace"] == exports.NAMESPACE
    assert found["Dimensions"] == [
        {"Name": "service", "Value": "exports"},
        {"Name": "stack", "Value": "shop-dev"},
    ]
    assert (found["Statistic"], found["Period"], found["EvaluationPeriods"]) == ("Maximum", 3600, 1)
    result: dict[str, Any] = found
    return result


def test_a_failed_export_raises_an_alarm(template: dict[str, Any]) -> None:
    found = alarm(template, exports.FAILED)
    assert found["ComparisonOperator"] == "GreaterThanOrEqualToThreshold"
    assert found["Threshold"] == 1
    assert found["TreatMissingData"] == "notBreaching"


def test_an_old_export_raises_an_alarm_and_so_does_silence(template: dict[str, Any]) -> None:
    found = alarm(template, exports.AGE)
    assert found["ComparisonOperator"] == "GreaterThanThreshold"
    assert found["Threshold"] == 26 * 3600
    assert found["TreatMissingData"] == "breaching"
