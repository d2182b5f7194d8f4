"""Least privilege, statement by statement."""

from __future__ import annotations

import re
from collections import defaultdict
from decimal import Decimal
from typing import TYPE_CHECKING, Any, cast

import pytest

from shop.contracts.products import Offer, reserve_stock, return_stock
from shop.dynamo import Table
from shop.ids import new_id
from tests.cdk.conftest import as_list, functions, plain, resources
from tests.cdk.grants import (
    GRANTED,
    LIMITED,
    OF_S3,
    READ_STREAM,
    REASONED_WILDCARDS,
    WRITE_LOG,
    dynamodb,
)

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

    from shop import writes


def statements(template: dict[str, Any]) -> dict[str, list[dict[str, Any]]]:
    """The statements of each function's role, by package."""
    packages = {
        plain(properties["Role"]): package for package, properties in functions(template).items()
    }
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for policy in resources(template, "AWS::IAM::Policy").values():
        (role,) = plain(policy["Properties"]["Roles"])
        if role not in OF_S3:
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
    limited = []
    for package, each in statements(template).items():
        for statement in each:
            assert statement["Effect"] == "Allow"
            if statement.keys() != {"Action", "Effect", "Resource"}:
                limited.append((package, statement))
    assert limited == [("orders", LIMITED)]


def test_no_function_writes_to_the_table_of_another_but_orders_to_the_stock(
    template: dict[str, Any],
) -> None:
    """All that it may do there else is to read and to check conditions."""
    unlimited = {
        (package, resource, action)
        for package, each in statements(template).items()
        for statement in each
        if statement != LIMITED
        for resource in as_list(statement["Resource"])
        for action in as_list(statement["Action"])
    }
    foreign = {
        action
        for package, resource, action in unlimited
        if "Table" in resource and not resource.startswith(f"${{{package.title()}Table.")
    }
    exported = dynamodb("DescribeExport", "ExportTableToPointInTime")
    assert foreign == dynamodb("BatchGetItem", "ConditionCheckItem") | READ_STREAM | exported
    assert LIMITED in statements(template)["orders"]


def named(action: writes.Action) -> set[str]:
    """Attributes that a request names: IAM holds these against ``dynamodb:Attributes``."""
    return {*action.request["Key"], *action.request["ExpressionAttributeNames"].values()}


def test_the_limit_is_what_sales_and_returns_name(template: dict[str, Any]) -> None:
    products = Table("products", cast("DynamoDBClient", None))
    seen = Offer(new_id(), "Wool Blanket", Decimal("45.50"), "2026-01-31T08:30:00.123Z")
    sale, back = reserve_stock(products, seen, 1), return_stock(products, seen.product_id, 1)
    assert {sale.kind, back.kind} == {"Update"}
    allowed = LIMITED["Condition"]["ForAllValues:StringEquals"]["dynamodb:Attributes"]
    assert named(sale) | named(back) == set(allowed)
    # Every attribute goes by such a name, or it would be missing above.
    for action in (sale, back):
        for expression in ("UpdateExpression", "ConditionExpression"):
            words = re.findall(r"[#:]?\b\w+", action.request[expression])
            assert {each for each in words if each[0] not in "#:"} <= {"SET", "ADD", "AND"}


def test_wildcards_have_reasons_and_stand_for_no_action(template: dict[str, Any]) -> None:
    by_resource = [each for grants in granted(template).values() for each in grants.items()]
    assert {resource for resource, _ in by_resource if "*" in resource} == REASONED_WILDCARDS.keys()
    assert not any("*" in action for _, actions in by_resource for action in actions)


def test_the_local_stack_allows_the_same(
    template: dict[str, Any], local_template: dict[str, Any]
) -> None:
    """What is forbidden in an account must not work here.

    But for exports: the emulator does not see which table or export a call names.
    """
    local, deployed = granted(local_template), granted(template)
    exports = {arn: did for arn, did in deployed.pop("exports").items() if "Table." not in arn}
    exports["*"] = dynamodb("DescribeExport", "ExportTableToPointInTime", "ListExports")
    assert local.pop("exports") == exports
    assert {
        package: {arn.replace("shop-local-", "shop-dev-"): did for arn, did in grants.items()}
        for package, grants in local.items()
    } == deployed


def test_roles_have_no_managed_and_no_inline_policies(template: dict[str, Any]) -> None:
    for role in resources(template, "AWS::IAM::Role").values():
        assert role["Properties"].keys() == {"AssumeRolePolicyDocument", "Tags"}


def test_only_lambda_may_take_the_roles_but_those_of_replication(template: dict[str, Any]) -> None:
    roles = resources(template, "AWS::IAM::Role")
    for role in (each for name, each in roles.items() if plain({"Ref": name}) not in OF_S3):
        (trust,) = role["Properties"]["AssumeRolePolicyDocument"]["Statement"]
        assert trust == {
            "Action": "sts:AssumeRole",
            "Effect": "Allow",
            "Principal": {"Service": "lambda.amazonaws.com"},
        }


def test_each_function_has_a_role_and_a_log_of_its_own(template: dict[str, Any]) -> None:
    found = functions(template)
    roles = {plain(each["Role"]) for each in found.values()}
    assert len(roles) == len(found) == len(resources(template, "AWS::IAM::Role")) - len(OF_S3)
    for package, each in found.items():
        group = plain(each["LoggingConfig"]["LogGroup"]).replace("}", ".Arn}")
        writable = {arn for arn, actions in GRANTED[package].items() if actions == WRITE_LOG}
        assert writable == {group}
