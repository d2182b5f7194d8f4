"""What a write asks DynamoDB for: expression, condition, and the names and values of both."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from shop import writes
from tests.shop.shelf import key, row

if TYPE_CHECKING:
    from collections.abc import Callable

    from shop import dynamo
    from shop.dynamo import Item
    from shop.writes import Action

KEY = {"pk": {"S": "SHELF"}, "sk": {"S": "a"}}
PK = {"#pk": "pk"}


def request(**parts: Any) -> dict[str, Any]:
    """What every write says, and ``parts``."""
    return {"TableName": "shelf", "ReturnValuesOnConditionCheckFailure": "ALL_OLD", **parts}


def test_a_put_writes_a_new_row_unless_told_otherwise(table: dynamo.Table) -> None:
    written = row("a", size=Decimal(3), left=None)
    assert writes.put(table, written) == (
        "Put",
        request(
            Item={**KEY, "size": {"N": "3"}},
            ConditionExpression="attribute_not_exists(#pk)",
            ExpressionAttributeNames=PK,
        ),
    )
    assert writes.put(table, written, "#size < :size", {":size": 3}) == (
        "Put",
        request(
            Item={**KEY, "size": {"N": "3"}},
            ConditionExpression="#size < :size",
            ExpressionAttributeNames={"#size": "size"},
            ExpressionAttributeValues={":size": {"N": "3"}},
        ),
    )


def test_an_update_names_what_its_expression_and_its_condition_do(table: dynamo.Table) -> None:
    action = writes.update(
        table,
        key("a"),
        "SET #stock = #stock - :quantity, #status = :status",
        f"{writes.THERE} AND #stock >= :quantity",
        {":quantity": 2, ":status": "low"},
    )
    assert action == (
        "Update",
        request(
            Key=KEY,
            UpdateExpression="SET #stock = #stock - :quantity, #status = :status",
            ConditionExpression="attribute_exists(#pk) AND #stock >= :quantity",
            ExpressionAttributeNames={"#pk": "pk", "#stock": "stock", "#status": "status"},
            ExpressionAttributeValues={":quantity": {"N": "2"}, ":status": {"S": "low"}},
        ),
    )


@pytest.mark.parametrize(
    ("describe", "kind"), [(writes.delete, "Delete"), (writes.check, "ConditionCheck")]
)
def test_a_delete_and_a_check_want_a_row_unless_told_otherwise(
    table: dynamo.Table, describe: Callable[..., Action], kind: str
) -> None:
    there = request(
        Key=KEY,
        ConditionExpression="attribute_exists(#pk)",
        ExpressionAttributeNames=PK,
    )
    assert describe(table, key("a")) == (kind, there)
    owned = request(
        Key=KEY,
        ConditionExpression="#userId = :user",
        ExpressionAttributeNames={"#userId": "userId"},
        ExpressionAttributeValues={":user": {"S": "u"}},
    )
    assert describe(table, key("a"), "#userId = :user", {":user": "u"}) == (kind, owned)


@pytest.mark.parametrize(
    ("condition", "names"),
    [
        ("#a = :a", {"#a": "a"}),
        ("#a = :a OR (#a > :b AND #b_2 <> :a)", {"#a": "a", "#b_2": "b_2"}),
        ("size(#list[0].#inner) < :n", {"#list": "list", "#inner": "inner"}),
        ("contains(#updatedAt, :text)", {"#updatedAt": "updatedAt"}),
    ],
)
def test_names_are_those_after_a_number_sign(
    table: dynamo.Table, condition: str, names: dict[str, str]
) -> None:
    _, made = writes.check(table, key("a"), condition)
    assert made["ExpressionAttributeNames"] == names


def test_what_is_empty_is_left_out_as_dynamodb_refuses_it(table: dynamo.Table) -> None:
    _, made = writes.delete(table, key("a"), "attribute_exists(pk)")
    assert made == request(Key=KEY, ConditionExpression="attribute_exists(pk)")


@pytest.mark.parametrize(
    ("attributes", "expression", "values"),
    [
        ({"name": "b"}, "SET #name = :name", {":name": "b"}),
        (
            {"name": "b", "size": 0, "on": False, "text": "", "list": []},
            "SET #name = :name, #size = :size, #on = :on, #text = :text, #list = :list",
            {":name": "b", ":size": 0, ":on": False, ":text": "", ":list": []},
        ),
        ({"name": None}, "REMOVE #name", {}),
        ({"name": None, "size": None}, "REMOVE #name, #size", {}),
        (
            {"gone": None, "name": "b", "left": None, "size": 1},
            "SET #name = :name, #size = :size REMOVE #gone, #left",
            {":name": "b", ":size": 1},
        ),
    ],
)
def test_setting_says_what_is_there_and_what_is_not(
    attributes: Item, expression: str, values: Item
) -> None:
    assert writes.setting(attributes) == (expression, values)


def test_changing_says_what_differs_alone() -> None:
    before = {"a": 1, "b": 2, "c": None, "d": 4}
    after = {"a": 1, "b": 3, "c": 5, "d": None}
    assert writes.changing(before, after) == ("SET #b = :b, #c = :c REMOVE #d", {":b": 3, ":c": 5})
