"""What the emulator leaves out, done for it: the one place for that.

Its CloudFormation creates tables without PointInTimeRecovery and TimeToLive, buckets without
ReplicationConfiguration, and an HTTP API whose CORS settings it then does not understand, though
the direct calls work. A green deployment there
proves nothing about any of them; tests/cdk asserts them on the template. When it ends it forgets
streams, but not how far they were read; and it saves addresses with the port that it had, by which
it does not know its own queues again on another one.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from mypy_boto3_apigatewayv2 import ApiGatewayV2Client
    from mypy_boto3_dynamodb import DynamoDBClient

    from ops.local.folder import LocalFolder
    from ops.target import Target


# Of queues and of the API. Those of images are ours (shop:localPort), and deployed like any change.
_PORT = re.compile(r"(?<=//localhost:)\d+(?=/\d{12}/)|(?<=\.execute-api\.localhost:)\d+")
_ARNS = {
    "AWS::IAM::Role": "arn:aws:iam::000000000000:role/{}",
    "Custom::ReplicaBucket": "arn:aws:s3:::{}",
}
_WITH_PORTS = ("apigateway.json", "cloudformation.json", "sqs.json")


def before_start(folder: LocalFolder, port: int) -> None:
    """Mend what the emulator saved when it ended, before it starts again on ``port``."""
    _rewind_streams(folder)
    _readdress(folder, port)


def _readdress(folder: LocalFolder, port: int) -> None:
    for name in _WITH_PORTS:
        saved = folder.state / name
        if saved.exists():
            saved.write_text(_PORT.sub(str(port), saved.read_text()))


def _rewind_streams(folder: LocalFolder) -> None:
    """Let the functions read streams from their start.

    It saves how far each was read, and not the streams: what comes to them next would be skipped.
    """
    saved = folder.state / "lambda.json"
    if not saved.exists():
        return
    state = json.loads(saved.read_text())
    positions = state["payload"]["dynamodb_stream_positions"]["data"]
    positions.update(dict.fromkeys(positions, 0))
    saved.write_text(json.dumps(state))


def apply(template: Mapping[str, Any], target: Target) -> None:
    """Bring what is deployed as ``target`` to what ``template`` says of it."""
    dynamodb = target.dynamodb()
    for table, properties in _deployed("AWS::DynamoDB::GlobalTable", template, target):
        _recovery(dynamodb, table, properties)
        _time_to_live(dynamodb, table, properties)
    for bucket, properties in _deployed("AWS::S3::Bucket", template, target):
        _replication(bucket, properties, template, target)
    for api, properties in _deployed("AWS::ApiGatewayV2::Api", template, target):
        _cors(target.apigatewayv2(), api, properties)


def _deployed(
    kind: str, template: Mapping[str, Any], target: Target
) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Physical id and properties of each resource of a type."""
    for logical_id, resource in template["Resources"].items():
        if resource["Type"] == kind:
            yield _physical_id(logical_id, target), resource["Properties"]


def _physical_id(logical_id: str, target: Target) -> str:
    answer = target.cloudformation().describe_stack_resource(
        StackName=target.stack, LogicalResourceId=logical_id
    )
    return answer["StackResourceDetail"]["PhysicalResourceId"]


def _recovery(dynamodb: DynamoDBClient, name: str, properties: Mapping[str, Any]) -> None:
    # A global table says it for each region; ours has one.
    wanted = properties["Replicas"][0].get("PointInTimeRecoverySpecification")
    if wanted:
        dynamodb.update_continuous_backups(
            TableName=name,
            PointInTimeRecoverySpecification={
                "PointInTimeRecoveryEnabled": wanted["PointInTimeRecoveryEnabled"],
                "RecoveryPeriodInDays": wanted["RecoveryPeriodInDays"],
            },
        )


def _time_to_live(dynamodb: DynamoDBClient, name: str, properties: Mapping[str, Any]) -> None:
    wanted = properties.get("TimeToLiveSpecification")
    if not wanted:
        return
    present = dynamodb.describe_time_to_live(TableName=name)["TimeToLiveDescription"]
    # Setting what is set already is an error.
    if present.get("AttributeName") != wanted["AttributeName"]:
        dynamodb.update_time_to_live(
            TableName=name,
            TimeToLiveSpecification={"Enabled": True, "AttributeName": wanted["AttributeName"]},
        )


def _replication(
    bucket: str, properties: Mapping[str, Any], template: Mapping[str, Any], target: Target
) -> None:
    """By the names of the S3 API, which differ from the template's in one word."""
    wanted = properties.get("ReplicationConfiguration")
    if wanted:
        told: Any = _resolved(wanted, template, target)
        for rule in told["Rules"]:
            rule["ID"] = rule.pop("Id")
        target.s3().put_bucket_replication(Bucket=bucket, ReplicationConfiguration=told)


def _resolved(value: Any, template: Mapping[str, Any], target: Target) -> Any:
    """``value`` of a template with ARNs, as far as a replication names them."""
    match value:
        case {"Fn::GetAtt": [logical_id, "Arn"]}:
            kind = template["Resources"][logical_id]["Type"]
            return _ARNS[kind].format(_physical_id(logical_id, target))
        case dict():
            return {name: _resolved(each, template, target) for name, each in value.items()}
        case list():
            return [_resolved(each, template, target) for each in value]
    return value


def _cors(gateway: ApiGatewayV2Client, api: str, properties: Mapping[str, Any]) -> None:
    wanted = properties.get("CorsConfiguration")
    if wanted:
        gateway.update_api(ApiId=api, CorsConfiguration=wanted)
