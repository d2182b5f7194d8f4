"""The functions' roles, enforced: what the template does not grant is refused."""

from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from ops.local.stack import LocalStack
from ops.target import LOCAL_REGION
from tests.e2e.conftest import Api

pytestmark = pytest.mark.e2e

KEY = {"pk": {"S": "X#1"}, "sk": {"S": "X"}}
CONTEXTS = ("Users", "Addresses", "Products", "Orders")
EVERYTHING: dict[str, dict[str, Any]] = {
    "get_item": {"Key": KEY},
    "put_item": {"Item": KEY},
    "update_item": {"Key": KEY},
    "delete_item": {"Key": KEY},
    "query": {
        "KeyConditionExpression": "pk = :pk",
        "ExpressionAttributeValues": {":pk": {"S": "X#1"}},
    },
    "scan": {},
}
IMAGE = {"Key": "images/1/1.png"}
UPLOAD = {"Key": "uploads/1/1.png"}


def as_function(stack: LocalStack, name: str, service: Any) -> Any:
    """A client with the credentials of a function's role, by the start of its logical id."""
    target = stack.target
    found = target.cloudformation().describe_stack_resources(StackName=target.stack)
    (role,) = (
        each["PhysicalResourceId"]
        for each in found["StackResources"]
        if each["ResourceType"] == "AWS::IAM::Role" and each["LogicalResourceId"].startswith(name)
    )
    sts = target.session.client("sts", endpoint_url=target.endpoint_url)
    arn = f"arn:aws:iam::000000000000:role/{role}"
    credentials = sts.assume_role(RoleArn=arn, RoleSessionName="test")["Credentials"]
    return boto3.client(
        service,
        endpoint_url=target.endpoint_url,
        region_name=LOCAL_REGION,
        aws_access_key_id=credentials["AccessKeyId"],
        aws_secret_access_key=credentials["SecretAccessKey"],
        aws_session_token=credentials["SessionToken"],
    )


@pytest.mark.parametrize("context", ["Users", "Addresses", "Products"])  # orders have indexes only
def test_a_context_may_query_its_own_table(stack: LocalStack, api: Api, context: str) -> None:
    found = as_function(stack, f"{context}Service", "dynamodb").query(
        TableName=stack.target.output(f"{context}TableName"),
        KeyConditionExpression="pk = :pk",
        ExpressionAttributeValues={":pk": {"S": "X#1"}},
    )
    assert found["Count"] == 0


@pytest.mark.parametrize(
    ("role", "table", "operation", "arguments"),
    [
        *((f"{name}Service", name, "scan", {}) for name in CONTEXTS),
        *((f"{name}Service", name, "delete_table", {}) for name in ("Users", "Products")),
        ("AddressesService", "Users", "get_item", {"Key": KEY}),
        ("AddressesService", "Users", "update_item", {"Key": KEY}),
        ("ProductsService", "Users", "get_item", {"Key": KEY}),
        ("ProductsService", "Addresses", "put_item", {"Item": KEY}),
        # Orders: what their transactions need of the others' tables, and no more.
        *(
            ("OrdersService", table, operation, arguments)
            for table, allowed in {
                "Users": (),
                "Addresses": (),
                "Products": ("update_item",),
            }.items()
            for operation, arguments in EVERYTHING.items()
            if operation not in allowed
        ),
        ("OrdersService", "Orders", "delete_item", {"Key": KEY}),
        ("UsersService", "Orders", "get_item", {"Key": KEY}),
        ("ProductsService", "Orders", "get_item", {"Key": KEY}),
        ("UsersService", "Addresses", "delete_item", {"Key": KEY}),
        ("UsersService", "Products", "put_item", {"Item": KEY}),
        ("AuthorizerRole", "Users", "get_item", {"Key": KEY}),
        ("DocumentsRole", "Products", "get_item", {"Key": KEY}),
    ],
)
def test_what_is_not_granted_on_a_table_is_refused(
    stack: LocalStack, api: Api, role: str, table: str, operation: str, arguments: dict[str, Any]
) -> None:
    client = as_function(stack, role, "dynamodb")
    with pytest.raises(ClientError) as refused:
        getattr(client, operation)(TableName=stack.target.output(f"{table}TableName"), **arguments)
    assert refused.value.response["Error"]["Code"] == "AccessDeniedException"


@pytest.mark.parametrize("role", ["AddressesService", "ProductsService", "AuthorizerRole"])
def test_only_the_users_function_signs(stack: LocalStack, api: Api, role: str) -> None:
    (key,) = stack.target.resources("AWS::KMS::Key")
    request = {"KeyId": key, "Message": b"x", "SigningAlgorithm": "ECDSA_SHA_256"}
    assert as_function(stack, "UsersService", "kms").sign(**request)["Signature"]
    with pytest.raises(ClientError, match="AccessDenied"):
        as_function(stack, role, "kms").sign(**request)


@pytest.mark.parametrize(
    ("operation", "arguments"),
    [
        ("get_object", IMAGE),
        ("put_object", {"Key": "elsewhere.png"}),
        ("delete_bucket", {}),
        ("put_bucket_policy", {"Policy": "{}"}),
    ],
)
def test_the_catalogue_takes_uploads_and_publishes_and_does_nothing_else_in_its_bucket(
    stack: LocalStack, api: Api, operation: str, arguments: dict[str, Any]
) -> None:
    bucket = stack.target.output("ImagesBucketName")
    client = as_function(stack, "ProductsService", "s3")
    client.put_object(Bucket=bucket, **UPLOAD, Body=b"x")
    client.delete_object(Bucket=bucket, **UPLOAD)
    with pytest.raises(ClientError, match="AccessDenied"):
        getattr(client, operation)(Bucket=bucket, **arguments)
