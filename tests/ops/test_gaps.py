"""What the emulator's CloudFormation leaves out is brought to what the template says."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import boto3
import pytest
from moto import mock_aws

from ops.local import gaps

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mypy_boto3_dynamodb import DynamoDBClient

    from ops.target import Target

TABLE = "shop-local-UsersTable"
API = "shop"


class Deployed:
    """A target that is there: CloudFormation's answer is fixed, the services are emulated."""

    def __init__(self) -> None:
        self._dynamodb = boto3.client("dynamodb")
        self._dynamodb.create_table(
            TableName=TABLE,
            AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
            KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
            BillingMode="PAY_PER_REQUEST",
        )
        self.stack = "shop-local"
        self.origins: list[str] = []

    def dynamodb(self) -> DynamoDBClient:
        return self._dynamodb

    def apigatewayv2(self) -> Deployed:
        return self

    def update_api(self, **asked: Any) -> None:
        assert asked["ApiId"] == API
        self.origins = asked["CorsConfiguration"]["AllowOrigins"]

    def cloudformation(self) -> Deployed:
        return self

    def describe_stack_resource(self, **asked: str) -> dict[str, Any]:
        physical = {"UsersTable": TABLE, "Api": API}[asked["LogicalResourceId"]]
        return {"StackResourceDetail": {"PhysicalResourceId": physical}}


@pytest.fixture
def deployed() -> Iterator[Deployed]:
    with mock_aws():
        yield Deployed()


def apply(document: dict[str, Any], deployed: Deployed) -> None:
    gaps.apply(document, cast("Target", deployed))


def template(table: dict[str, Any], api: dict[str, Any]) -> dict[str, Any]:
    return {
        "Resources": {
            "UsersTable": {"Type": "AWS::DynamoDB::GlobalTable", "Properties": table},
            "Api": {"Type": "AWS::ApiGatewayV2::Api", "Properties": api},
            "Other": {"Type": "AWS::Logs::LogGroup", "Properties": {}},
        }
    }


WHOLE = template(
    {
        "Replicas": [
            {
                "PointInTimeRecoverySpecification": {
                    "PointInTimeRecoveryEnabled": True,
                    "RecoveryPeriodInDays": 35,
                }
            }
        ],
        "TimeToLiveSpecification": {"Enabled": True, "AttributeName": "expiresAt"},
    },
    {"CorsConfiguration": {"AllowOrigins": ["http://localhost:3000"]}},
)


def state(deployed: Deployed) -> tuple[str, str | None, list[str]]:
    """Recovery, the attribute of the time to live, and the origins, as the services tell."""
    dynamodb = deployed.dynamodb()
    backups = dynamodb.describe_continuous_backups(TableName=TABLE)
    recovery = backups["ContinuousBackupsDescription"]["PointInTimeRecoveryDescription"]
    ttl = dynamodb.describe_time_to_live(TableName=TABLE)["TimeToLiveDescription"]
    return recovery["PointInTimeRecoveryStatus"], ttl.get("AttributeName"), deployed.origins


def test_all_that_the_template_says_is_applied_and_again_harmless(deployed: Deployed) -> None:
    for _ in range(2):
        apply(WHOLE, deployed)
        assert state(deployed) == ("ENABLED", "expiresAt", ["http://localhost:3000"])


def test_what_the_template_does_not_say_is_left_alone(deployed: Deployed) -> None:
    apply(template({"Replicas": [{}]}, {}), deployed)
    assert state(deployed) == ("DISABLED", None, [])
