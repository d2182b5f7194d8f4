"""The stack that a command works on: the local one, or one in AWS found by its name."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

import boto3
import botocore.session
import psutil
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from ops.errors import OperationError
from ops.paths import LOCAL

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from mypy_boto3_apigatewayv2 import ApiGatewayV2Client
    from mypy_boto3_cloudformation import CloudFormationClient
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodbstreams import DynamoDBStreamsClient
    from mypy_boto3_kms import KMSClient
    from mypy_boto3_lambda import LambdaClient
    from mypy_boto3_lambda.type_defs import FunctionConfigurationResponseTypeDef
    from mypy_boto3_logs import CloudWatchLogsClient
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_sqs import SQSClient

LOCAL_STACK = "shop-local"
LOCAL_REGION = "eu-central-1"
REHEARSAL = "rehearsal"
"""In the local stack's outputs while one goes on: the id of its process."""
# Waits for a person's command: retries with jitter and an end, slower than in a request.
_CONFIG = Config(
    connect_timeout=5,
    read_timeout=30,
    max_pool_connections=32,
    retries={"mode": "standard", "total_max_attempts": 8},
)


@dataclass(frozen=True)
class Target:
    """A deployed stack and the clients that reach it."""

    stack: str
    session: boto3.Session
    endpoint_url: str | None = None
    rehearsed: bool = False
    """Whether `shop recover rehearse` stands before the local AWS, and keeps its history for it."""

    @property
    def keeps_history(self) -> bool:
        """Whether a table can be restored as it was; the local AWS restores it as it is."""
        return self.endpoint_url is None

    def apigatewayv2(self) -> ApiGatewayV2Client:
        return self.session.client("apigatewayv2", endpoint_url=self.endpoint_url, config=_CONFIG)

    def cloudformation(self) -> CloudFormationClient:
        return self.session.client("cloudformation", endpoint_url=self.endpoint_url, config=_CONFIG)

    def dynamodb(self) -> DynamoDBClient:
        return self.session.client("dynamodb", endpoint_url=self.endpoint_url, config=_CONFIG)

    def kms(self) -> KMSClient:
        return self.session.client("kms", endpoint_url=self.endpoint_url, config=_CONFIG)

    def s3(self, region: str | None = None) -> S3Client:
        """Of the stack's region, or of another one."""
        return self.session.client(
            "s3", region_name=region, endpoint_url=self.endpoint_url, config=_CONFIG
        )

    def logs(self) -> CloudWatchLogsClient:
        return self.session.client("logs", endpoint_url=self.endpoint_url, config=_CONFIG)

    def dynamodbstreams(self) -> DynamoDBStreamsClient:
        return self.session.client(
            "dynamodbstreams", endpoint_url=self.endpoint_url, config=_CONFIG
        )

    def sqs(self) -> SQSClient:
        return self.session.client("sqs", endpoint_url=self.endpoint_url, config=_CONFIG)

    def lambda_client(self) -> LambdaClient:
        return self.session.client("lambda", endpoint_url=self.endpoint_url, config=_CONFIG)

    def lambda_function(self, name: str) -> FunctionConfigurationResponseTypeDef:
        """The configuration of the function ``name``."""
        return self.lambda_client().get_function_configuration(FunctionName=name)

    def resources(self, kind: str) -> list[str]:
        """Physical ids of the stack's resources of a CloudFormation type."""
        pages = self.cloudformation().get_paginator("list_stack_resources")
        return [
            resource["PhysicalResourceId"]
            for page in pages.paginate(StackName=self.stack)
            for resource in page["StackResourceSummaries"]
            if resource["ResourceType"] == kind
        ]

    def outputs(self) -> Mapping[str, str]:
        """The stack's outputs by name. Raises OperationError when it cannot be found or asked."""
        try:
            stacks = self.cloudformation().describe_stacks(StackName=self.stack)["Stacks"]
        except (BotoCoreError, ClientError) as error:
            raise OperationError(f"Could not ask for the stack {self.stack}: {error}") from error
        return {each["OutputKey"]: each["OutputValue"] for each in stacks[0].get("Outputs", [])}

    def output(self, name: str) -> str:
        outputs = self.outputs()
        if name not in outputs:
            raise OperationError(f"The stack {self.stack} has no output {name}; deploy it again.")
        return outputs[name]


def local_target(folder: Path = LOCAL) -> Target:
    """The running local stack. Raises OperationError when there is none, or no way to it."""
    try:
        outputs = json.loads((folder / "outputs.json").read_text())
    except FileNotFoundError:
        raise OperationError("The local stack is not running; start it with: make run") from None
    rehearser = outputs.get(REHEARSAL)
    if rehearser and not psutil.pid_exists(rehearser):
        raise OperationError(
            "The rehearsal through which the local stack was reached was killed. To put that right,"
            " start it again: shop recover rehearse"
        )
    return Target(LOCAL_STACK, local_session(), outputs["endpointUrl"], bool(rehearser))


def local_session() -> boto3.Session:
    """Credentials that the local AWS takes for its administrator; they open nothing else.

    Nothing of the person's own AWS configuration takes part, be it right or wrong.
    """
    nowhere = (None, None, os.devnull, None)
    nothing = {
        "profile": (None, None, None, None),
        "config_file": nowhere,
        "credentials_file": nowhere,
    }
    return boto3.Session(
        "test",
        "test",
        region_name=LOCAL_REGION,
        botocore_session=botocore.session.Session(session_vars=nothing),
    )


def find_target(stack: str | None, region: str | None = None) -> Target:
    """The stack of this name, with the AWS credentials at hand; without a name the local one."""
    if stack is None:
        return local_target()
    try:
        return Target(stack, boto3.Session(region_name=region))
    except BotoCoreError as error:
        raise OperationError(f"Could not use the AWS credentials at hand: {error}") from error
