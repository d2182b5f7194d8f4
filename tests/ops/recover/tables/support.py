"""A stack whose tables moto has; its template and the functions' mappings are made up."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import boto3

from ops.recover.journal import Journal
from shop.dynamo import from_wire, to_wire
from tests.tables import create_table

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import pytest
    from mypy_boto3_dynamodb import DynamoDBClient

    from ops.target import Target

STACK = "shop-test"
LIVE = "shop-test-UsersTable-ABC"
BESIDE = f"{LIVE}-restored-20260101T000000"
LOGICAL = "UsersTable"
SUBJECT = f"{STACK}/{LOGICAL}"
INDEXES = {"listing-newest": ("listing", "newestKey")}
STREAM = {"Fn::GetAtt": [LOGICAL, "StreamArn"]}


def string_key(name: str, kind: str) -> dict[str, str]:
    return {"AttributeName": name, "KeyType": kind}


def table_resource() -> dict[str, Any]:
    """As the CDK writes it: everything that a restore leaves out is wanted."""
    attributes = ("pk", "sk", "listing", "newestKey")
    index = {
        "IndexName": "listing-newest",
        "KeySchema": [string_key("listing", "HASH"), string_key("newestKey", "RANGE")],
        "Projection": {"ProjectionType": "KEYS_ONLY"},
    }
    replica = {
        "Region": {"Ref": "AWS::Region"},
        "DeletionProtectionEnabled": True,
        "PointInTimeRecoverySpecification": {
            "PointInTimeRecoveryEnabled": True,
            "RecoveryPeriodInDays": 35,
        },
        "Tags": [{"Key": "stage", "Value": "test"}],
    }
    properties = {
        "AttributeDefinitions": [
            {"AttributeName": name, "AttributeType": "S"} for name in attributes
        ],
        "KeySchema": [string_key("pk", "HASH"), string_key("sk", "RANGE")],
        "BillingMode": "PAY_PER_REQUEST",
        "GlobalSecondaryIndexes": [index],
        "Replicas": [replica],
        "StreamSpecification": {"StreamViewType": "KEYS_ONLY"},
        "TimeToLiveSpecification": {"AttributeName": "expiresAt", "Enabled": True},
    }
    return {"Type": "AWS::DynamoDB::GlobalTable", "Properties": properties}


def stack_template() -> dict[str, Any]:
    read = {"Action": "dynamodb:GetRecords", "Resource": STREAM}
    rest = {"Action": "dynamodb:GetItem", "Resource": {"Fn::GetAtt": [LOGICAL, "Arn"]}}
    return {
        "Parameters": {"BootstrapVersion": {"Type": "String"}},
        "Resources": {
            LOGICAL: table_resource(),
            "Reader": {
                "Type": "AWS::Lambda::EventSourceMapping",
                "Properties": {"EventSourceArn": STREAM, "FunctionName": {"Ref": "F"}},
            },
            "Queue": {
                "Type": "AWS::Lambda::EventSourceMapping",
                "Properties": {"EventSourceArn": {"Fn::GetAtt": ["Q", "Arn"]}},
            },
            "Policy": {
                "Type": "AWS::IAM::Policy",
                "Properties": {"PolicyDocument": {"Statement": [read, rest]}},
            },
            "F": {"Type": "AWS::Lambda::Function", "Properties": {}, "DependsOn": ["Policy"]},
        },
    }


class Crash(BaseException):
    """The command is killed: nothing of ours gets to handle that."""


def crash_after(monkeypatch: pytest.MonkeyPatch, step: str) -> None:
    """Once the step of this name is noted."""
    done = Journal.done

    def noted(journal: Journal, name: str, began: str, facts: Mapping[str, Any]) -> None:
        done(journal, name, began, facts)
        if name == step:
            raise Crash

    monkeypatch.setattr(Journal, "done", noted)


class Stack:
    """Stands in for ops.target.Target. ``on_call`` is told of each call before and after it."""

    stack = STACK
    keeps_history = False
    rehearsed = False

    def __init__(self) -> None:
        self.client = boto3.client("dynamodb", region_name="eu-central-1")
        self.template = stack_template()
        self.on_call: Callable[[str, str], object] = lambda _when, _name: None
        for when in ("before-call", "after-call"):
            self.client.meta.events.register(f"{when}.dynamodb", self._hear(when))

    def _hear(self, when: str) -> Callable[..., None]:
        def hear(model: Any, **_: Any) -> None:
            self.on_call(when, model.name)

        return hear

    @property
    def target(self) -> Target:
        """Itself, for those who ask for the real thing."""
        return cast("Target", self)

    def dynamodb(self) -> DynamoDBClient:
        return self.client

    def cloudformation(self) -> Any:
        return self

    def get_template(self, **_: str) -> dict[str, Any]:
        return {"TemplateBody": self.template}

    def get_paginator(self, name: str) -> Any:
        assert name == "list_stack_resources"
        return self

    def paginate(self, **_: str) -> list[dict[str, Any]]:
        kinds = {name: each["Type"] for name, each in self.template["Resources"].items()}
        return [
            {
                "StackResourceSummaries": [
                    {
                        "LogicalResourceId": name,
                        "PhysicalResourceId": LIVE if name == LOGICAL else name,
                        "ResourceType": kind,
                    }
                    for name, kind in kinds.items()
                ]
            }
        ]

    def table(self, name: str) -> None:
        create_table(self.client, name, INDEXES)

    def fill(self, name: str, rows: Mapping[tuple[str, str], Mapping[str, Any]]) -> None:
        for (pk, sk), row in rows.items():
            self.client.put_item(TableName=name, Item=to_wire({"pk": pk, "sk": sk, **row}))

    def rows(self, name: str) -> dict[tuple[str, str], dict[str, Any]]:
        items = self.client.scan(TableName=name)["Items"]
        found = [from_wire(item) for item in items]
        return {(row["pk"], row["sk"]): row for row in found}


def rows_of(*names: str, **attributes: Any) -> dict[tuple[str, str], dict[str, Any]]:
    """A row for each name, with these attributes."""
    return {(f"USER#{name}", "USER"): {"name": name, **attributes} for name in names}
