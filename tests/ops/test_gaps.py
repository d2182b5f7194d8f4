"""What the emulator's CloudFormation leaves out is brought to what the template says.

And what it saves of an earlier start is brought to what the next one needs.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, cast

import boto3
import pytest

from ops.local import gaps
from ops.local.folder import LocalFolder
from tests.emulated import emulated_aws

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_s3 import S3Client

    from ops.target import Target

TABLE = "shop-local-UsersTable"
BUCKET = "shop-local-images"
REPLICA = "shop-local-images-eu-west-1-0123456789"
ROLE = "shop-local-replication"
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
        self._s3 = boto3.client("s3")
        for bucket in (BUCKET, REPLICA):
            self._s3.create_bucket(
                Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": "eu-central-1"}
            )
            self._s3.put_bucket_versioning(
                Bucket=bucket, VersioningConfiguration={"Status": "Enabled"}
            )
        self.replication: dict[str, Any] = {}  # as asked for: moto forgets the prefix
        self._s3.meta.events.register(
            "provide-client-params.s3.PutBucketReplication",
            lambda params, **_: self.replication.update({params["Bucket"]: params}),
        )
        self.stack = "shop-local"
        self.origins: list[str] = []

    def dynamodb(self) -> DynamoDBClient:
        return self._dynamodb

    def s3(self) -> S3Client:
        return self._s3

    def apigatewayv2(self) -> Deployed:
        return self

    def update_api(self, **asked: Any) -> None:
        assert asked["ApiId"] == API
        self.origins = asked["CorsConfiguration"]["AllowOrigins"]

    def cloudformation(self) -> Deployed:
        return self

    def describe_stack_resource(self, **asked: str) -> dict[str, Any]:
        names = {"UsersTable": TABLE, "Api": API, "Role": ROLE, "Bucket": BUCKET, "Copy": REPLICA}
        physical = names[asked["LogicalResourceId"]]
        return {"StackResourceDetail": {"PhysicalResourceId": physical}}


@pytest.fixture
def deployed() -> Iterator[Deployed]:
    with emulated_aws():
        yield Deployed()


def apply(document: dict[str, Any], deployed: Deployed) -> None:
    gaps.apply(document, cast("Target", deployed))


def template(table: dict[str, Any], api: dict[str, Any], bucket: dict[str, Any]) -> dict[str, Any]:
    return {
        "Resources": {
            "UsersTable": {"Type": "AWS::DynamoDB::GlobalTable", "Properties": table},
            "Api": {"Type": "AWS::ApiGatewayV2::Api", "Properties": api},
            "Bucket": {"Type": "AWS::S3::Bucket", "Properties": bucket},
            "Role": {"Type": "AWS::IAM::Role", "Properties": {}},
            "Copy": {"Type": "Custom::ReplicaBucket", "Properties": {}},
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
    {
        "ReplicationConfiguration": {
            "Role": {"Fn::GetAtt": ["Role", "Arn"]},
            "Rules": [
                {
                    "Id": "images",
                    "Priority": 1,
                    "Status": "Enabled",
                    "Filter": {"Prefix": "images/"},
                    "DeleteMarkerReplication": {"Status": "Enabled"},
                    "Destination": {"Bucket": {"Fn::GetAtt": ["Copy", "Arn"]}},
                }
            ],
        }
    },
)
REPLICATED = {
    "Role": f"arn:aws:iam::000000000000:role/{ROLE}",
    "Rules": [
        {
            "ID": "images",
            "Priority": 1,
            "Status": "Enabled",
            "Filter": {"Prefix": "images/"},
            "DeleteMarkerReplication": {"Status": "Enabled"},
            "Destination": {"Bucket": f"arn:aws:s3:::{REPLICA}"},
        }
    ],
}


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
        asked = {"Bucket": BUCKET, "ReplicationConfiguration": REPLICATED}
        assert deployed.replication == {BUCKET: asked}


def test_what_the_template_does_not_say_is_left_alone(deployed: Deployed) -> None:
    apply(template({"Replicas": [{}]}, {}, {}), deployed)
    assert state(deployed) == ("DISABLED", None, [])
    assert deployed.replication == {}


# --- what was saved ---------------------------------------------------------------------------
QUEUE = "http://localhost:{}/000000000000/shop-local-ProductsArrivals"
API_ADDRESS = "http://shop.execute-api.localhost:{}"
OTHERS = [
    "http://localhost:3000",  # where a front end is
    "http://localhost:3000,http://localhost:5173",
    "https://d1.cloudfront.localhost:4566",
    "http://elsewhere:4566/000000000000/queue",
    "http://localhost:4566/other",
    "arn:aws:sqs:eu-central-1:000000000000:shop-local-ProductsArrivals",
]


def saved_state(port: int) -> dict[str, Any]:
    """Shaped like what the emulator saves, file by file."""
    queue, api = QUEUE.format(port), API_ADDRESS.format(port)
    return {
        "sqs.json": {"queues": {f"0\x00eu\x00'{queue}'": {"url": queue}}, "by_name": {"q": queue}},
        "cloudformation.json": {"resources": [queue], "outputs": [api, *OTHERS]},
        "apigateway.json": {"apis": {"shop": {"apiEndpoint": api, "origins": OTHERS}}},
        "dynamodb.json": {"imageUrl": QUEUE.format(4566)},  # data is left as it is
    }


@pytest.fixture
def folder(tmp_path: Path) -> LocalFolder:
    folder = LocalFolder(tmp_path / "local")
    folder.state.mkdir(parents=True)
    return folder


def save(folder: LocalFolder, state: dict[str, Any]) -> None:
    for name, content in state.items():
        (folder.state / name).write_text(json.dumps(content))


def saved(folder: LocalFolder) -> dict[str, Any]:
    return {path.name: json.loads(path.read_text()) for path in folder.state.iterdir()}


@pytest.mark.parametrize("port", [4566, 50123, 81])
def test_saved_addresses_get_the_port_of_the_next_start(folder: LocalFolder, port: int) -> None:
    save(folder, saved_state(4566))
    gaps.before_start(folder, port)
    assert saved(folder) == saved_state(port)


def test_streams_are_read_from_their_start_again(folder: LocalFolder) -> None:
    def state(position: int) -> dict[str, Any]:
        positions = {"data": {"mapping-1": position, "mapping-2": position}}
        payload = {"dynamodb_stream_positions": positions, "functions": {"data": {"f": 7}}}
        return {"lambda.json": {"version": 1, "payload": payload}}

    save(folder, state(7))
    gaps.before_start(folder, 4566)
    assert saved(folder) == state(0)


def test_before_the_first_start_there_is_nothing_to_mend(folder: LocalFolder) -> None:
    gaps.before_start(folder, 4566)
    assert saved(folder) == {}
