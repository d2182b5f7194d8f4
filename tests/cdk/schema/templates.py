"""Small templates as the CDK makes them, to be doctored."""

from __future__ import annotations

import copy
import re
from typing import Any

KIND = "AWS::DynamoDB::GlobalTable"
TABLE = "ThingsTable"


def table(
    keys: str = "pk S, sk S",
    indexes: dict[str, str] | None = None,
    *,
    local_indexes: dict[str, str] | None = None,
    name: object = None,
    ttl: dict[str, Any] | None = None,
    stream: str | None = None,
) -> dict[str, Any]:
    """A table; its keys, and those of its indexes, as ``partition S, sort N``.

    As the CDK does, it makes none whose attribute has two types.
    """
    properties: dict[str, Any] = {
        "KeySchema": schema(keys),
        "BillingMode": "PAY_PER_REQUEST",
        "Replicas": [
            {
                "Region": {"Ref": "AWS::Region"},
                "DeletionProtectionEnabled": True,
                "PointInTimeRecoverySpecification": {
                    "PointInTimeRecoveryEnabled": True,
                    "RecoveryPeriodInDays": 35,
                },
            }
        ],
    }
    given = {"GlobalSecondaryIndexes": indexes, "LocalSecondaryIndexes": local_indexes}
    for kind, named in given.items():
        if named:
            properties[kind] = [index(*each) for each in named.items()]
    texts = [keys, *(indexes or {}).values(), *(local_indexes or {}).values()]
    pairs = {pair for text in texts for pair in text.partition(";")[0].split(", ")}
    types = dict(map(str.split, pairs))
    assert len(types) == len(pairs), "an attribute has one type"
    properties["AttributeDefinitions"] = [
        {"AttributeName": attribute, "AttributeType": kind}
        for attribute, kind in sorted(types.items())
    ]
    if name:
        properties["TableName"] = name
    if ttl:
        properties["TimeToLiveSpecification"] = ttl
    if stream:
        properties["StreamSpecification"] = {"StreamViewType": stream}
    return {
        "Type": KIND,
        "Properties": properties,
        "DeletionPolicy": "Retain",
        "UpdateReplacePolicy": "Retain",
    }


def schema(keys: str) -> list[dict[str, str]]:
    return [
        {"AttributeName": pair.split()[0], "KeyType": kind}
        for pair, kind in zip(keys.split(", "), ["HASH", "RANGE"], strict=False)
    ]


def index(name: str, text: str) -> dict[str, Any]:
    """``kind S, at S`` carries its keys; ``kind S; ALL`` or ``kind S; INCLUDE b a`` more."""
    keys, _, carried = text.partition("; ")
    kind, *names = carried.split() or ["KEYS_ONLY"]
    projection: dict[str, Any] = {"ProjectionType": kind}
    if names:
        projection["NonKeyAttributes"] = names
    return {"IndexName": name, "KeySchema": schema(keys), "Projection": projection}


def function(package: str, *resources: object, action: str = "dynamodb:Query") -> dict[str, Any]:
    """A function with its role and what that is allowed on ``resources``, by logical id."""
    called = package.title()
    return {
        f"{called}Role": {"Type": "AWS::IAM::Role", "Properties": {}},
        f"{called}Function": {
            "Type": "AWS::Lambda::Function",
            "Properties": {
                "Handler": f"{package}.handler.handle",
                "Role": {"Fn::GetAtt": [f"{called}Role", "Arn"]},
            },
        },
        f"{called}Policy": {
            "Type": "AWS::IAM::Policy",
            "Properties": {
                "Roles": [{"Ref": f"{called}Role"}],
                "PolicyDocument": {
                    "Statement": [
                        {"Effect": "Allow", "Action": action, "Resource": list(resources)}
                    ]
                },
            },
        },
    }


def on(table_id: str, *indexes: str) -> list[dict[str, Any]]:
    """ARNs of a table and of its indexes, as the CDK writes them."""
    arn = {"Fn::GetAtt": [table_id, "Arn"]}
    return [arn, *({"Fn::Join": ["", [arn, f"/index/{each}"]]} for each in indexes)]


def reader(package: str, table_id: str) -> dict[str, Any]:
    """What gives a function the stream of a table."""
    return {
        f"{package.title()}Stream": {
            "Type": "AWS::Lambda::EventSourceMapping",
            "Properties": {
                "EventSourceArn": {"Fn::GetAtt": [table_id, "StreamArn"]},
                "FunctionName": {"Ref": f"{package.title()}Function"},
            },
        }
    }


def template(things: dict[str, Any] | None = None, **more: dict[str, Any]) -> dict[str, Any]:
    """A stack with the table ``things``, if any, and ``more`` resources by logical id."""
    tables = {TABLE: things} if things else {}
    return copy.deepcopy({"Resources": {**tables, **more}})


def doctored(of: dict[str, Any], path: str, value: object) -> dict[str, Any]:
    """A copy in which what is at ``Properties/Replicas/0/...`` is ``value``; None takes it out."""
    copied = copy.deepcopy(of)
    *above, last = [int(each) if re.fullmatch(r"\d+", each) else each for each in path.split("/")]
    place: Any = copied
    for each in above:
        place = place[each]
    if value is None:
        del place[last]
    else:
        place[last] = value
    return copied
