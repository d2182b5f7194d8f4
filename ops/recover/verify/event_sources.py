"""Whether what the stack's functions live on still reaches them: streams of tables, and queues."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from ops.recover.verify.deployed import MAPPING, TABLE

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from mypy_boto3_lambda.type_defs import EventSourceMappingConfigurationTypeDef

    from ops.recover.verify.deployed import Deployed, Resource
    from ops.target import Target

_GOOD = "Enabled"


class Source(NamedTuple):
    """A table or a queue, and the functions that are to read it."""

    resource: Resource
    is_table: bool
    functions: Sequence[str]


def sources(deployed: Deployed) -> list[Source]:
    """By the template, whose mappings each name a source and a function of the stack."""
    functions: dict[str, list[str]] = {}
    for mapping in deployed.of_kind(MAPPING):
        source, _ = mapping.properties["EventSourceArn"]["Fn::GetAtt"]
        function = deployed.resolved(mapping.properties["FunctionName"])
        functions.setdefault(source, []).append(_name(function))
    return [
        Source(deployed.resource(each), deployed.kind(each) == TABLE, names)
        for each, names in sorted(functions.items())
    ]


def source_problems(
    target: Target,
    source: Source,
    mappings: Sequence[EventSourceMappingConfigurationTypeDef],
) -> list[str] | None:
    """A sentence for each function that does not read it; None when the table is gone.

    ``mappings`` are all that there are. Not their ids count: on the local AWS, a table that was
    adopted has others than its stack knows.
    """
    if not source.is_table:
        # The id of a queue is its URL, which ends in the account and the name.
        account, _, name = source.resource.id.rpartition("/")
        return list(_problems(source, f":{account.rpartition('/')[2]}:{name}", mappings))
    client = target.dynamodb()
    try:
        table = client.describe_table(TableName=source.resource.id)["Table"]
    except client.exceptions.ResourceNotFoundException:
        return None
    stream = table.get("LatestStreamArn")
    return list(_problems(source, stream, mappings)) if stream else ["the table has no stream"]


def all_mappings(target: Target) -> list[EventSourceMappingConfigurationTypeDef]:
    """Of the account, in the stack's region."""
    pages = target.lambda_client().get_paginator("list_event_source_mappings").paginate()
    return [each for page in pages for each in page["EventSourceMappings"]]


def _problems(
    source: Source, ending: str, mappings: Sequence[EventSourceMappingConfigurationTypeDef]
) -> Iterator[str]:
    """``ending`` is how the ARN ends that has to be read."""
    for function in source.functions:
        states = [
            each.get("State", "unknown")
            for each in mappings
            if each.get("EventSourceArn", "").endswith(ending)
            and _name(each.get("FunctionArn", "")) == function
        ]
        if _GOOD not in states:
            state = f"its mapping is {', '.join(states)}" if states else "it has no mapping to it"
            yield f"{function} does not read it: {state}"


def _name(function: str) -> str:
    """Of a function that is named, or whose ARN is given, a version's or an alias's, too."""
    return function.rpartition(":function:")[2].partition(":")[0]
