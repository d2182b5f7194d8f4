"""The functions that read a table's stream, put onto the stream that it has now."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

from ops.errors import OperationError
from ops.recover.tables.stack_update import update_stack
from ops.recover.tables.streams import mappings_of, without_stream

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from mypy_boto3_lambda.type_defs import EventSourceMappingConfigurationTypeDef

    from ops.recover.tables.locate import StackTable
    from ops.target import Target

# What a mapping is made of; the rest of its description is its state.
_SETTINGS = (
    "BatchSize",
    "BisectBatchOnFunctionError",
    "DestinationConfig",
    "FilterCriteria",
    "FunctionResponseTypes",
    "MaximumBatchingWindowInSeconds",
    "MaximumRecordAgeInSeconds",
    "MaximumRetryAttempts",
    "ParallelizationFactor",
    "TumblingWindowInSeconds",
)


def reconnect(
    target: Target,
    table: StackTable,
    template: Mapping[str, Any],
    say: Callable[[str], None] = lambda _: None,
) -> int:
    """Have the mappings of ``template`` read the table's present stream; how many there are.

    Raises OperationError when they do not in the end. It bears repetition.
    """
    wanted = mappings_of(template, table.logical_id)
    if not wanted:
        return 0
    if not target.keeps_history:
        _by_hand(target, table)
    elif not _are_connected(target, table, len(wanted)):
        say("the stack goes without them")
        update_stack(target, without_stream(template, table.logical_id), say)
        say("the stack gets them back")
        update_stack(target, template, say)
    if not _are_connected(target, table, len(wanted)):
        raise OperationError(f"{', '.join(wanted)} do not read the stream of {table.name}.")
    return len(wanted)


def _by_hand(target: Target, table: StackTable) -> None:
    """On the local AWS, whose CloudFormation keeps the old ARN, and must not touch a table."""
    functions = target.lambda_client()
    stream = _stream(target, table)
    found = _mappings(target, table)
    connected = {each["FunctionArn"] for each in found if each["EventSourceArn"] == stream}
    for mapping in found:
        if mapping["EventSourceArn"] == stream:
            continue
        # What the SDK asks for again, as an answer was lost, is there already, or gone.
        if mapping["FunctionArn"] not in connected:
            with suppress(functions.exceptions.ResourceConflictException):
                functions.create_event_source_mapping(
                    EventSourceArn=stream, StartingPosition="TRIM_HORIZON", **_settings(mapping)
                )
        with suppress(functions.exceptions.ResourceNotFoundException):
            functions.delete_event_source_mapping(UUID=mapping["UUID"])


def _settings(mapping: Mapping[str, Any]) -> dict[str, Any]:
    """Of a mapping, for another one that is made like it."""
    kept = {name: mapping[name] for name in _SETTINGS if mapping.get(name)}
    return {"FunctionName": mapping["FunctionArn"], **kept}


def _are_connected(target: Target, table: StackTable, wanted: int) -> bool:
    stream = _stream(target, table)
    found = [mapping["EventSourceArn"] for mapping in _mappings(target, table)]
    return found.count(stream) == wanted


def _stream(target: Target, table: StackTable) -> str:
    described = target.dynamodb().describe_table(TableName=table.name)["Table"]
    return str(described.get("LatestStreamArn", "none"))


def _mappings(target: Target, table: StackTable) -> list[EventSourceMappingConfigurationTypeDef]:
    """Those of any stream of the table: of the one that went with it, too."""
    pages = target.lambda_client().get_paginator("list_event_source_mappings").paginate()
    return [
        mapping
        for page in pages
        for mapping in page["EventSourceMappings"]
        if f":table/{table.name}/stream/" in mapping.get("EventSourceArn", "")
    ]
