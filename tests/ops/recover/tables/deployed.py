"""A stack that was deployed: with CloudFormation and the mappings of its functions."""

from __future__ import annotations

import itertools
import json
from typing import Any
from uuid import UUID

import boto3
from botocore.exceptions import ClientError

from tests.ops.recover.tables.support import LIVE, LOGICAL, Stack

OLD = f"arn:aws:dynamodb:eu-central-1:123456789012:table/{LIVE}/stream/old"


class DeployedStack(Stack):
    """With CloudFormation and the mappings, as AWS has them.

    What CloudFormation knows of a stream it has from its own changes of the table: a table that was
    replaced behind its back goes on with the old stream, until the stream is taken off and put on.
    """

    keeps_history = True

    def __init__(self) -> None:
        super().__init__()
        self.stream = OLD
        self._numbers = itertools.count(1)
        self.mappings = self.first_mappings()
        self.updates: list[Any] = []
        self.uploaded: Any = None
        self.meta = type("Meta", (), {"endpoint_url": "https://s3"})
        self.exceptions = boto3.client("cloudformation").exceptions
        self.functions = Functions(self)
        self.status = "UPDATE_COMPLETE"
        self.drift = "IN_SYNC"

    def first_mappings(self) -> dict[str, dict[str, Any]]:
        """Of the stream that the table was deployed with, and of a queue, by their ids."""
        made = [self.mapping(OLD), self.mapping("arn:aws:sqs:::q")]
        return {each["UUID"]: each for each in made}

    def mapping(self, stream: str) -> dict[str, Any]:
        return {
            "UUID": str(UUID(int=next(self._numbers))),
            "EventSourceArn": stream,
            "FunctionArn": "arn:f",
            "BatchSize": 10,
            "FilterCriteria": {"Filters": [{"Pattern": "{}"}]},
            "State": "Enabled",
            "DestinationConfig": {},
        }

    def _call(self, name: str) -> None:
        self.on_call("before-call", name)

    def s3(self) -> Any:
        return self

    def put_object(self, **asked: Any) -> None:
        self.uploaded = asked

    def describe_stacks(self, **_: str) -> Any:
        outputs = [{"OutputKey": "BucketName", "OutputValue": "staging"}]
        return {"Stacks": [{"StackStatus": self.status, "Outputs": outputs}]}

    def update_stack(self, **asked: Any) -> None:
        self._call("UpdateStack")
        template = json.loads(self.uploaded["Body"])
        assert asked["TemplateURL"] == f"https://s3/staging/{self.uploaded['Key']}"
        assert asked["Parameters"] == [
            {"ParameterKey": "BootstrapVersion", "UsePreviousValue": True}
        ]
        if template == self.template:
            answer: Any = {"Error": {"Message": "No updates are to be performed."}}
            raise ClientError(answer, "UpdateStack")
        self.updates.append(template)
        self._stream(template)
        self._readers(wanted="Reader" in template["Resources"])
        self.template = template
        self.on_call("after-call", "UpdateStack")

    def _stream(self, template: Any) -> None:
        had, has = (
            each["Resources"][LOGICAL]["Properties"].get("StreamSpecification")
            for each in (self.template, template)
        )
        if had and not has:
            self.stream = ""
        if has and not had:
            described = self.client.describe_table(TableName=LIVE)["Table"]
            self.stream = described["LatestStreamArn"]

    def _readers(self, *, wanted: bool) -> None:
        present = [key for key, each in self.mappings.items() if ":sqs:" not in str(each)]
        if wanted and not present:
            assert self.stream
            made = self.mapping(self.stream)
            self.mappings[made["UUID"]] = made
        for key in [] if wanted else present:
            del self.mappings[key]

    def detect_stack_resource_drift(self, **asked: str) -> Any:
        assert asked == {"StackName": self.stack, "LogicalResourceId": LOGICAL}
        return {"StackResourceDrift": {"StackResourceDriftStatus": self.drift}}

    def lambda_client(self) -> Any:
        return self.functions


class Functions:
    def __init__(self, stack: DeployedStack) -> None:
        self._stack = stack
        self.exceptions = boto3.client("lambda").exceptions

    def get_paginator(self, name: str) -> Any:
        assert name == "list_event_source_mappings"
        return self

    def paginate(self) -> Any:
        return [{"EventSourceMappings": list(self._stack.mappings.values())}]

    def create_event_source_mapping(self, **asked: Any) -> None:
        self._stack._call("CreateEventSourceMapping")
        assert asked.pop("StartingPosition") == "TRIM_HORIZON"
        new = self._stack.mapping(asked["EventSourceArn"])
        assert asked == {
            "EventSourceArn": asked["EventSourceArn"],
            "FunctionName": new["FunctionArn"],
            "BatchSize": new["BatchSize"],
            "FilterCriteria": new["FilterCriteria"],
        }
        self._stack.mappings[new["UUID"]] = new

    def delete_event_source_mapping(self, **asked: Any) -> None:
        self._stack._call("DeleteEventSourceMapping")
        del self._stack.mappings[asked["UUID"]]
