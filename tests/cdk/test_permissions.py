"""Least privilege, statement by statement."""

from collections import defaultdict
from typing import Any

import pytest

from tests.cdk.conftest import as_list, functions, plain, resources
from tests.products import tables as products
from tests.users import tables as users

READ_STREAM = {"dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator"}
SEND = {"sqs:GetQueueAttributes", "sqs:GetQueueUrl", "sqs:SendMessage"}
RECEIVE = {
    "sqs:ChangeMessageVisibility",
    "sqs:DeleteMessage",
    "sqs:GetQueueAttributes",
    "sqs:GetQueueUrl",
    "sqs:ReceiveMessage",
}
WRITE_LOG = {"logs:CreateLogStream", "logs:PutLogEvents"}


def dynamodb(*verbs: str) -> set[str]:
    return {f"dynamodb:{verb}" for verb in verbs}


def queries(table: str, indexes: dict[str, tuple[str, str]]) -> dict[str, set[str]]:
    return {f"${{{table}.Arn}}/index/{index}": dynamodb("Query") for index in indexes}


# What each function may do, on what: by package, then by ARN (as ``plain`` writes it).
GRANTED: dict[str, dict[str, set[str]]] = {
    "users": {
        "${UsersServiceLogs.Arn}": WRITE_LOG,
        "${UsersTable.Arn}": dynamodb(
            "BatchGetItem",
            "ConditionCheckItem",
            "DeleteItem",
            "GetItem",
            "PutItem",
            "Query",
            "UpdateItem",
        ),
        **queries("UsersTable", users.INDEXES),
        "${TokensKey1.Arn}": {"kms:Sign"},
        "${UsersTable.StreamArn}": READ_STREAM,
        "*": {"dynamodb:ListStreams"},
        "${UsersDeadLettersQueue.Arn}": SEND,
    },
    "addresses": {
        "${AddressesServiceLogs.Arn}": WRITE_LOG,
        "${AddressesTable.Arn}": dynamodb(
            "BatchGetItem", "DeleteItem", "GetItem", "PutItem", "Query", "UpdateItem"
        ),
        "${UsersTable.Arn}": dynamodb("ConditionCheckItem"),  # whether a user is there
        "${UsersTable.StreamArn}": READ_STREAM,
        "*": {"dynamodb:ListStreams"},
        "${AddressesDeadLettersQueue.Arn}": SEND,
    },
    "products": {
        "${ProductsServiceLogs.Arn}": WRITE_LOG,
        "${ProductsTable.Arn}": dynamodb(
            "BatchGetItem",
            "ConditionCheckItem",
            "DeleteItem",
            "GetItem",
            "PutItem",
            "Query",
            "UpdateItem",
        ),
        **queries("ProductsTable", products.INDEXES),
        "${ImagesBucket.Arn}": {"s3:ListBucket"},
        "${ImagesBucket.Arn}/uploads/*": {"s3:DeleteObject", "s3:GetObject", "s3:PutObject"},
        # Deleting hides an image that no product shows; its version stays.
        "${ImagesBucket.Arn}/images/*": {"s3:DeleteObject", "s3:PutObject"},
        "${ProductsArrivals.Arn}": RECEIVE,  # SQS itself moves what fails to the dead letters
    },
    "documents": {"${DocumentsLogs.Arn}": WRITE_LOG},
    "authorizer": {
        "${AuthorizerLogs.Arn}": WRITE_LOG,
        "${TokensKey1.Arn}": {"kms:GetPublicKey"},
    },
}

# Wildcards that are meant, each with its reason.
REASONED_WILDCARDS = {
    "*": "dynamodb:ListStreams knows no narrower resource; it tells names of streams, no rows",
    "${ImagesBucket.Arn}/uploads/*": "an upload's key has the product's id and one of its own",
    "${ImagesBucket.Arn}/images/*": "a published image has the same key but for the prefix",
}


def statements(template: dict[str, Any]) -> dict[str, list[dict[str, Any]]]:
    """The statements of each function's role, by package."""
    packages = {
        plain(properties["Role"]): package for package, properties in functions(template).items()
    }
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for policy in resources(template, "AWS::IAM::Policy").values():
        (role,) = plain(policy["Properties"]["Roles"])
        package = packages[role.replace("}", ".Arn}")]
        found[package] += plain(policy["Properties"]["PolicyDocument"]["Statement"])
    return found


def granted(template: dict[str, Any]) -> dict[str, dict[str, set[str]]]:
    """Actions by package and resource."""
    found: dict[str, dict[str, set[str]]] = {}
    for package, each in statements(template).items():
        by_resource: dict[str, set[str]] = defaultdict(set)
        for statement in each:
            for resource in as_list(statement["Resource"]):
                by_resource[resource].update(as_list(statement["Action"]))
        found[package] = dict(by_resource)
    return found


@pytest.mark.parametrize("package", GRANTED)
def test_a_function_may_do_what_it_needs_and_nothing_else(
    template: dict[str, Any], package: str
) -> None:
    assert granted(template)[package] == GRANTED[package]


def test_every_function_is_in_the_list(template: dict[str, Any]) -> None:
    assert functions(template).keys() == granted(template).keys() == GRANTED.keys()


def test_statements_say_what_is_allowed_and_on_what(template: dict[str, Any]) -> None:
    """No NotAction, no NotResource, nothing that allows all but a few."""
    for each in statements(template).values():
        for statement in each:
            assert statement.keys() == {"Action", "Effect", "Resource"}
            assert statement["Effect"] == "Allow"


def test_wildcards_have_reasons_and_stand_for_no_action(template: dict[str, Any]) -> None:
    by_resource = [each for grants in granted(template).values() for each in grants.items()]
    assert {resource for resource, _ in by_resource if "*" in resource} == REASONED_WILDCARDS.keys()
    assert not any("*" in action for _, actions in by_resource for action in actions)


def test_the_local_stack_allows_the_same(
    template: dict[str, Any], local_template: dict[str, Any]
) -> None:
    """What is forbidden in an account must not work here."""
    assert granted(local_template) == granted(template)


def test_roles_have_no_managed_and_no_inline_policies(template: dict[str, Any]) -> None:
    for role in resources(template, "AWS::IAM::Role").values():
        assert role["Properties"].keys() == {"AssumeRolePolicyDocument", "Tags"}


def test_only_lambda_may_take_the_roles(template: dict[str, Any]) -> None:
    for role in resources(template, "AWS::IAM::Role").values():
        (trust,) = role["Properties"]["AssumeRolePolicyDocument"]["Statement"]
        assert trust == {
            "Action": "sts:AssumeRole",
            "Effect": "Allow",
            "Principal": {"Service": "lambda.amazonaws.com"},
        }


def test_each_function_has_a_role_and_a_log_of_its_own(template: dict[str, Any]) -> None:
    found = functions(template)
    roles = {plain(each["Role"]) for each in found.values()}
    assert len(roles) == len(found) == len(resources(template, "AWS::IAM::Role"))
    for package, each in found.items():
        group = plain(each["LoggingConfig"]["LogGroup"]).replace("}", ".Arn}")
        writable = {arn for arn, actions in GRANTED[package].items() if actions == WRITE_LOG}
        assert writable == {group}
