"""What the emulator's CloudFormation leaves out, done from the template: the one place for it.

It creates tables without PointInTimeRecovery and TimeToLive, though the direct calls work. A green
deployment there proves nothing about either; tests/cdk asserts them on the template.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from mypy_boto3_dynamodb import DynamoDBClient

    from ops.target import Target

_TABLE = "AWS::DynamoDB::GlobalTable"


def apply(template: Mapping[str, Any], target: Target) -> None:
    """Bring the deployed tables of ``target`` to what ``template`` says of them."""
    dynamodb = target.dynamodb()
    for logical_id, properties in _tables(template):
        name = _physical_name(target, logical_id)
        _recovery(dynamodb, name, properties)
        _time_to_live(dynamodb, name, properties)


def _tables(template: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for logical_id, resource in template["Resources"].items():
        if resource["Type"] == _TABLE:
            yield logical_id, resource["Properties"]


def _physical_name(target: Target, logical_id: str) -> str:
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
