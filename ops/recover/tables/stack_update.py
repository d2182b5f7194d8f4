"""Updating a stack to a template, through the bucket that the CDK deploys through."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from botocore.exceptions import ClientError

from ops.errors import OperationError
from ops.recover.tables.waiting import wait_for
from ops.recover.trouble import told

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from mypy_boto3_cloudformation.type_defs import ParameterTypeDef

    from ops.target import Target

_TOOLKIT = "CDKToolkit"
_LONGEST_SECONDS = 3600
_NOTHING = "No updates are to be performed"
_DONE = {"CREATE_COMPLETE", "UPDATE_COMPLETE"}
# The one that cleans up has brought everything where it belongs; nothing may be begun yet, though.
_UNDER_WAY = "_IN_PROGRESS"


def update_stack(
    target: Target, template: Mapping[str, Any], say: Callable[[str], None] = lambda _: None
) -> None:
    """Bring the stack to ``template`` with the settings that it has. It bears repetition.

    Raises OperationError when CloudFormation refuses it, or goes back.
    """
    cloudformation = target.cloudformation()
    wait_for(lambda: _is_settled(target), "The stack to settle", say, seconds=_LONGEST_SECONDS)
    parameters: list[ParameterTypeDef] = [
        {"ParameterKey": each, "UsePreviousValue": True} for each in template.get("Parameters", {})
    ]
    url = _uploaded(target, template)
    try:
        # By the token CloudFormation knows a request that the SDK sends again.
        cloudformation.update_stack(
            StackName=target.stack,
            TemplateURL=url,
            Parameters=parameters,
            Capabilities=["CAPABILITY_IAM", "CAPABILITY_NAMED_IAM"],
            ClientRequestToken=uuid4().hex,
        )
    except cloudformation.exceptions.TokenAlreadyExistsException:
        say("the update was begun, though its answer got lost")
    except ClientError as error:
        if _NOTHING in str(error):
            return
        raise OperationError(f"CloudFormation did not take the template: {told(error)}") from error
    wait_for(lambda: _is_settled(target), "The stack's update", say, seconds=_LONGEST_SECONDS)
    status = _status(target)
    if status not in _DONE:
        raise OperationError(f"The update of {target.stack} ended as {status}; its events say why.")


def _is_settled(target: Target) -> bool:
    return not _status(target).endswith(_UNDER_WAY)


def _status(target: Target) -> str:
    stacks = target.cloudformation().describe_stacks(StackName=target.stack)["Stacks"]
    return str(stacks[0]["StackStatus"])


def _uploaded(target: Target, template: Mapping[str, Any]) -> str:
    """Where the template is; ours is larger than a request may be."""
    body = json.dumps(template).encode()
    bucket = _staging_bucket(target)
    key = f"shop-recover/{target.stack}-{hashlib.sha256(body).hexdigest()[:16]}.json"
    s3 = target.s3()
    s3.put_object(Bucket=bucket, Key=key, Body=body)
    return f"{s3.meta.endpoint_url}/{bucket}/{key}"


def _staging_bucket(target: Target) -> str:
    try:
        stacks = target.cloudformation().describe_stacks(StackName=_TOOLKIT)["Stacks"]
    except ClientError as error:
        if error.response["Error"]["Code"] != "ValidationError":
            raise
        raise OperationError(f"There is no stack {_TOOLKIT}; run: cdk bootstrap") from error
    outputs = {each["OutputKey"]: each["OutputValue"] for each in stacks[0].get("Outputs", [])}
    return str(outputs["BucketName"])
