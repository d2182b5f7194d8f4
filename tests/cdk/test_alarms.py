"""Alarms: what each looks at, what it makes of silence, and whom it tells."""

from typing import Any

import pytest

from tests.cdk.conftest import plain, resources, synthesize
from tests.cdk.test_events import queues

pytestmark = pytest.mark.slow

ALARM = "AWS::CloudWatch::Alarm"
SUBSCRIPTION = "AWS::SNS::Subscription"


def alarms(template: dict[str, Any]) -> list[dict[str, Any]]:
    return [plain(each["Properties"]) for each in resources(template, ALARM).values()]


def test_a_dead_letter_raises_an_alarm_and_so_does_what_is_not_replicated(
    template: dict[str, Any],
) -> None:
    of_queues = [each for each in alarms(template) if each["Namespace"] == "AWS/SQS"]
    watched = {each["Value"] for alarm in of_queues for each in alarm["Dimensions"]}
    for_good = {name for name in queues(template) if name.endswith("Queue")}
    assert watched == {f"${{{name}.QueueName}}" for name in for_good}
    assert len(for_good) == 7
    for alarm in of_queues:
        assert alarm["MetricName"] == "ApproximateNumberOfMessagesVisible"
        assert (alarm["ComparisonOperator"], alarm["Threshold"]) == (
            "GreaterThanOrEqualToThreshold",
            1,
        )
        assert (alarm["Statistic"], alarm["Period"]) == ("Maximum", 300)
        assert alarm["EvaluationPeriods"] == 1
        assert alarm["TreatMissingData"] == "notBreaching"  # SQS is silent on queues long empty


def test_there_are_no_other_alarms_but_those_of_exports(template: dict[str, Any]) -> None:
    names = sorted(each["MetricName"] for each in alarms(template))
    assert names == ["ApproximateNumberOfMessagesVisible"] * 7 + ["ExportAge", "FailedExports"]


def test_every_alarm_tells_the_topic(template: dict[str, Any]) -> None:
    for each in alarms(template):
        assert each["AlarmActions"] == ["${Alarms}"]
        assert each.get("ActionsEnabled", True) is True


def test_the_topic_takes_alarms_of_this_account_and_by_tls(
    template: dict[str, Any], local_template: dict[str, Any]
) -> None:
    def policy(template: dict[str, Any]) -> list[dict[str, Any]]:
        (found,) = (
            plain(each["Properties"]["PolicyDocument"]["Statement"])
            for each in resources(template, "AWS::SNS::TopicPolicy").values()
            if plain(each["Properties"]["Topics"]) == ["${Alarms}"]
        )
        statements: list[dict[str, Any]] = found
        return statements

    denied, allowed = policy(template)
    assert (denied["Effect"], denied["Condition"]) == (
        "Deny",
        {"Bool": {"aws:SecureTransport": "false"}},
    )
    assert allowed == {
        "Sid": "AlarmsOfThisAccount",
        "Action": "sns:Publish",
        "Effect": "Allow",
        "Principal": {"Service": "cloudwatch.amazonaws.com"},
        "Resource": "${Alarms}",
        "Condition": {"StringEquals": {"aws:SourceAccount": "${AWS::AccountId}"}},
    }
    assert policy(local_template) == [allowed]


def test_a_setting_subscribes_an_address(template: dict[str, Any]) -> None:
    def mailed(template: dict[str, Any]) -> list[dict[str, Any]]:
        found = (plain(each["Properties"]) for each in resources(template, SUBSCRIPTION).values())
        return [each for each in found if each["Protocol"] == "email"]

    assert mailed(template) == []
    (subscription,) = mailed(synthesize(alarmEmail="oncall@example.com"))
    assert subscription["Endpoint"] == "oncall@example.com"
    assert subscription["TopicArn"] == "${Alarms}"
