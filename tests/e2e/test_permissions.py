"""The functions' roles, enforced: what the template does not grant is refused."""

from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from ops.local.stack import LocalStack
from ops.target import LOCAL_REGION
from tests.e2e.conftest import Api

pytestmark = pytest.mark.e2e


@pytest.fixture(scope="module")
def as_products(stack: LocalStack, api: Api) -> Any:
    """A DynamoDB client with the credentials of the products function."""
    resource = stack.target.cloudformation().describe_stack_resources(StackName=stack.target.stack)
    (role,) = [
        each["PhysicalResourceId"]
        for each in resource["StackResources"]
        if each["LogicalResourceId"].startswith("ProductsServiceRole")
        and each["ResourceType"] == "AWS::IAM::Role"
    ]
    sts = stack.target.session.client("sts", endpoint_url=stack.target.endpoint_url)
    taken = sts.assume_role(
        RoleArn=f"arn:aws:iam::000000000000:role/{role}", RoleSessionName="test"
    )
    credentials = taken["Credentials"]
    return boto3.client(
        "dynamodb",
        endpoint_url=stack.target.endpoint_url,
        region_name=LOCAL_REGION,
        aws_access_key_id=credentials["AccessKeyId"],
        aws_secret_access_key=credentials["SecretAccessKey"],
        aws_session_token=credentials["SessionToken"],
    )


def test_the_catalogue_may_query(as_products: Any, stack: LocalStack) -> None:
    found = as_products.query(
        TableName=stack.target.output("ProductsTableName"),
        IndexName="listing-price",
        KeyConditionExpression="listing = :listing",
        ExpressionAttributeValues={":listing": {"S": "PRODUCTS"}},
    )
    assert found["Count"] > 0


KEY = {"pk": {"S": "PRODUCT#x"}, "sk": {"S": "PRODUCT"}}


@pytest.mark.parametrize(
    ("operation", "arguments"),
    [
        ("scan", {}),
        ("put_item", {"Item": KEY}),
        ("delete_item", {"Key": KEY}),
        ("update_item", {"Key": KEY}),
        ("delete_table", {}),
        ("describe_table", {}),
    ],
)
def test_the_catalogue_may_do_nothing_else(
    as_products: Any, stack: LocalStack, operation: str, arguments: dict[str, Any]
) -> None:
    with pytest.raises(ClientError) as refused:
        getattr(as_products, operation)(
            TableName=stack.target.output("ProductsTableName"), **arguments
        )
    assert refused.value.response["Error"]["Code"] == "AccessDeniedException"
