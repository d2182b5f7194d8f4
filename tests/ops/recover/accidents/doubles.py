"""CloudFormation and Lambda, of which the commands ask little: said as their clients say it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from tests.ops.recover.tables.support import STACK

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mypy_boto3_s3 import S3Client

    from tests.ops.recover.tables.deployed import DeployedStack

STAGING = "staging"
"""The bucket that the CDK deploys through."""


class CloudFormation:
    """A stack with its ``template``, ``names`` (physical by logical id) and ``outputs``."""

    def __init__(
        self, template: Mapping[str, Any], names: Mapping[str, str], outputs: Mapping[str, str]
    ) -> None:
        self._template = template
        self._names = names
        self._outputs = {"BucketName": STAGING, **outputs}

    @property
    def template(self) -> Mapping[str, Any]:
        return self._template

    def get_template(self, **asked: str) -> dict[str, Any]:
        assert asked == {"StackName": STACK, "TemplateStage": "Original"}
        return {"TemplateBody": json.dumps(self.template)}

    def list_stack_resources(self, **asked: str) -> dict[str, Any]:
        assert asked == {"StackName": STACK}
        kinds = {name: each["Type"] for name, each in self.template["Resources"].items()}
        found = [
            {
                "LogicalResourceId": name,
                "PhysicalResourceId": self._names.get(name, name),
                "ResourceType": kind,
            }
            for name, kind in kinds.items()
        ]
        return {"StackResourceSummaries": found}

    def describe_stacks(self, **_: str) -> dict[str, Any]:
        outputs = [
            {"OutputKey": name, "OutputValue": value} for name, value in self._outputs.items()
        ]
        return {"Stacks": [{"StackStatus": "UPDATE_COMPLETE", "Outputs": outputs}]}


class DeployedCloudFormation(CloudFormation):
    """That of a DeployedStack: its template and its functions' mappings change with its updates."""

    def __init__(self, stack: DeployedStack, names: Mapping[str, str], s3: S3Client) -> None:
        super().__init__({}, names, {})
        self._stack = stack
        self._s3 = s3
        self._under_way: dict[str, Any] | None = None

    @property
    def template(self) -> Mapping[str, Any]:
        template: Mapping[str, Any] = self._stack.template
        return template

    def describe_stacks(self, **asked: str) -> dict[str, Any]:
        self._under_way = None
        return super().describe_stacks(**asked)

    def update_stack(self, **asked: Any) -> dict[str, Any]:
        """The same request once more is refused while the first one is under way."""
        if asked == self._under_way:
            if "ClientRequestToken" in asked:
                raise _error("TokenAlreadyExistsException", "There is that token already")
            raise _error("ValidationError", "Stack is in UPDATE_IN_PROGRESS state")
        self._under_way = dict(asked)
        key = asked["TemplateURL"].partition(f"/{STAGING}/")[2]
        body = self._s3.get_object(Bucket=STAGING, Key=key)["Body"].read()
        self._stack.uploaded = {"Key": key, "Body": body}
        self._stack.update_stack(**asked | {"TemplateURL": f"https://s3/{STAGING}/{key}"})
        return {"StackId": STACK}

    def detect_stack_resource_drift(self, **asked: str) -> Any:
        return self._stack.detect_stack_resource_drift(**asked)


class Mappings:
    """Lambda's event source mappings of a DeployedStack."""

    def __init__(self, stack: DeployedStack) -> None:
        self._stack = stack

    def list_event_source_mappings(self) -> Any:
        return {"EventSourceMappings": list(self._stack.mappings.values())}

    def create_event_source_mapping(self, **asked: Any) -> Any:
        self._stack.lambda_client().create_event_source_mapping(**asked)
        return {}

    def delete_event_source_mapping(self, **asked: Any) -> Any:
        self._stack.lambda_client().delete_event_source_mapping(**asked)
        return {}


def _error(code: str, message: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": message}}, "AnOperation")
