"""Least privilege, statement by statement."""

from typing import Any

from tests.cdk.conftest import resources
from tests.products.tables import INDEXES

TABLE_ARN: dict[str, Any] = {"Fn::GetAtt": ["ProductsTable", "Arn"]}

# Wildcards that are meant, each with its reason. There are none yet.
REASONED_WILDCARDS: dict[str, str] = {}


def statements(template: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    return [
        (logical_id, statement)
        for logical_id, policy in resources(template, "AWS::IAM::Policy").items()
        for statement in policy["Properties"]["PolicyDocument"]["Statement"]
    ]


def as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def index_arn(name: str) -> dict[str, Any]:
    return {"Fn::Join": ["", [TABLE_ARN, f"/index/{name}"]]}


def test_nothing_is_allowed_by_wildcard(template: dict[str, Any]) -> None:
    wild = {
        f"{logical_id}: {text}"
        for logical_id, statement in statements(template)
        for part in as_list(statement["Action"]) + as_list(statement["Resource"])
        if "*" in (text := str(part))
    }
    assert wild == REASONED_WILDCARDS.keys()


def test_roles_have_no_managed_policies(template: dict[str, Any]) -> None:
    for role in resources(template, "AWS::IAM::Role").values():
        assert "ManagedPolicyArns" not in role["Properties"]


def test_only_lambda_may_take_the_roles(template: dict[str, Any]) -> None:
    for role in resources(template, "AWS::IAM::Role").values():
        (trust,) = role["Properties"]["AssumeRolePolicyDocument"]["Statement"]
        assert trust["Principal"] == {"Service": "lambda.amazonaws.com"}


def test_the_catalogue_reads_its_table_and_indexes_by_key_and_does_nothing_else(
    template: dict[str, Any],
) -> None:
    granted = [
        (action, resource)
        for _, statement in statements(template)
        for action in as_list(statement["Action"])
        for resource in as_list(statement["Resource"])
        if action.startswith("dynamodb:")
    ]
    expected = [("dynamodb:BatchGetItem", TABLE_ARN), ("dynamodb:Query", TABLE_ARN)]
    expected += [("dynamodb:Query", index_arn(index)) for index in INDEXES]
    assert sorted(granted, key=str) == sorted(expected, key=str)


def test_each_function_writes_to_its_own_log_group_only(template: dict[str, Any]) -> None:
    groups = [
        statement["Resource"]["Fn::GetAtt"][0]
        for _, statement in statements(template)
        if statement["Action"] == ["logs:CreateLogStream", "logs:PutLogEvents"]
    ]
    functions = resources(template, "AWS::Lambda::Function")
    configured = [
        function["Properties"]["LoggingConfig"]["LogGroup"]["Ref"]
        for function in functions.values()
    ]
    assert sorted(groups) == sorted(configured)
    assert len(set(groups)) == len(functions)
