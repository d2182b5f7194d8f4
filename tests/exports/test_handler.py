"""From a tick in a queue to exports and metrics."""

from __future__ import annotations

import gzip
import json
import time
from typing import TYPE_CHECKING, Any

import boto3
import pytest

from exports import handler as exports
from exports.models import Findings
from tests.emulated import emulated_aws
from tests.exports.tables import BUCKET, TABLES, Exporter

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext
    from mypy_boto3_s3 import S3Client

TICK = {"source": "aws.events", "time": "2026-11-23T08:07:12Z"}
EVENT = {"Records": [{"eventSource": "aws:sqs", "body": json.dumps(TICK)}]}


@pytest.fixture(autouse=True)
def _settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TABLES", ",".join(f"{each.name}={each.arn}" for each in TABLES))
    monkeypatch.setenv("BUCKET_NAME", BUCKET)
    monkeypatch.setenv("STACK_NAME", "shop-test")
    monkeypatch.setenv("POWERTOOLS_SERVICE_NAME", "exports")


def metrics(text: str) -> dict[str, Any]:
    (line,) = (each for each in text.splitlines() if "_aws" in each)
    found: dict[str, Any] = json.loads(line)
    return found


def written_below(s3: S3Client, prefix: str) -> str:
    """The key of the one object there, which moto writes in a thread of its own."""
    for _ in range(200):
        found = s3.list_objects_v2(Bucket=BUCKET, Prefix=prefix).get("Contents", [])
        if found:
            (one,) = found
            return one["Key"]
        time.sleep(0.05)
    raise AssertionError("nothing was exported")


def test_a_tick_starts_exports_and_is_measured(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], context: LambdaContext
) -> None:
    exporter = Exporter()
    monkeypatch.setattr(exports, "client", lambda: exporter.client)
    exports.handler(EVENT, context)
    assert len(exporter.exports) == 2
    written = metrics(capsys.readouterr().out)
    assert (written["FailedExports"], "ExportAge" in written) == ([0.0], False)


def test_metrics_are_those_that_the_alarms_look_at(capsys: pytest.CaptureFixture[str]) -> None:
    """Names and dimensions: tests/cdk/test_exports.py has the other side."""
    exports.measure(Findings(failed=2, started=0, oldest=26.5), "shop-test")
    written = metrics(capsys.readouterr().out)
    (directive,) = written["_aws"]["CloudWatchMetrics"]
    assert directive["Namespace"] == exports.NAMESPACE
    assert [sorted(each) for each in directive["Dimensions"]] == [["service", "stack"]]
    assert (written["stack"], written["service"]) == ("shop-test", "exports")
    assert directive["Metrics"] == [
        {"Name": "FailedExports", "Unit": "Count"},
        {"Name": "ExportAge", "Unit": "Seconds"},
    ]
    assert (written["FailedExports"], written["ExportAge"]) == ([2.0], [26.5 * 3600])


def test_what_is_no_tick_is_an_error(context: LambdaContext) -> None:
    with pytest.raises(KeyError):
        exports.handler({"Records": [{"eventSource": "aws:dynamodb"}]}, context)


def test_the_request_is_one_that_dynamodb_takes(
    monkeypatch: pytest.MonkeyPatch, context: LambdaContext
) -> None:
    """Against moto, which writes the rows under the prefix."""
    with emulated_aws():
        dynamodb, s3 = boto3.client("dynamodb"), boto3.client("s3", region_name="us-east-1")
        s3.create_bucket(Bucket=BUCKET)
        arn = dynamodb.create_table(
            TableName="shop-Users",
            AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
            KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
            BillingMode="PAY_PER_REQUEST",
        )["TableDescription"]["TableArn"]
        dynamodb.update_continuous_backups(
            TableName="shop-Users",
            PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True},
        )
        dynamodb.put_item(TableName="shop-Users", Item={"pk": {"S": "one"}})
        monkeypatch.setenv("TABLES", f"UsersTable={arn}")
        exports.handler(EVENT, context)
        written = written_below(s3, "exports/UsersTable/AWSDynamoDB/")
        body = s3.get_object(Bucket=BUCKET, Key=written)["Body"].read()
    assert json.loads(gzip.decompress(body)) == {"Item": {"pk": {"S": "one"}}}
