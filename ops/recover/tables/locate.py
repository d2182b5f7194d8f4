"""The tables of a stack, and what its template says of them."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from ops.errors import OperationError
from ops.recover.moments import parse_moment
from ops.recover.tables.origin import RESTORED, is_there
from ops.recover.tables.restore import MOMENT, restored_name
from ops.recover.tables.settings import wanted_settings

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ops.recover.tables.settings import Settings
    from ops.target import Target

KIND = "AWS::DynamoDB::GlobalTable"
_SECOND = "%Y-%m-%dT%H:%M:%SZ"


class StackTable(NamedTuple):
    """A table of a stack: its ids there and in DynamoDB, and how the template wants it."""

    stack: str
    logical_id: str
    name: str
    wanted: Settings

    @property
    def subject(self) -> str:
        """What a person confirms: the stack and the table, the same on every machine."""
        return f"{self.stack}/{self.logical_id}"


def stack_tables(target: Target) -> list[StackTable]:
    """Every table of the stack, whether it is still there or not, in the order of their ids."""
    resources = stack_template(target)["Resources"]
    names = _physical_ids(target)
    return [
        StackTable(
            target.stack, logical_id, names[logical_id], wanted_settings(resources[logical_id])
        )
        for logical_id in sorted(names)
    ]


def find_table(target: Target, name: str) -> StackTable:
    """The table called ``name``: Products, ProductsTable, or as DynamoDB knows it.

    Raises OperationError when the stack has none of that name.
    """
    tables = stack_tables(target)
    for table in tables:
        if name in (table.logical_id, table.logical_id.removesuffix("Table"), table.name):
            return table
    known = ", ".join(table.logical_id for table in tables) or "none"
    raise OperationError(f"The stack {target.stack} has no table {name!r}. It has: {known}.")


def table_name(target: Target, name: str) -> str:
    """As DynamoDB knows it: of one of the stack's, or the name of a table beside them as it is.

    Products@2026-11-22T12:00:00Z is the one that was restored beside it to that second.
    """
    live, at, moment = name.partition("@")
    if at:
        return _restored(target, find_table(target, live), parse_moment(moment))
    try:
        return find_table(target, name).name
    except OperationError:
        if name in all_table_names(target):
            return name
        raise


def _restored(target: Target, table: StackTable, moment: datetime) -> str:
    """Raises OperationError, with those that there are, when it was not restored to then."""
    name = restored_name(table.name, moment)
    if is_there(target.dynamodb(), name):
        return name
    short = table.logical_id.removesuffix("Table")
    start = f"{table.name}{RESTORED}"
    found = sorted(each for each in all_table_names(target) if each.startswith(start))
    there = ", ".join(_short(each, start, short) for each in found) or "none"
    raise OperationError(
        f"There is no table {name}. Restored beside {table.name} are: {there}. To make it:"
        f" shop recover table restore {short} --at {moment:{_SECOND}}"
    )


def _short(name: str, start: str, short: str) -> str:
    """Products@TIME, if that is what means it here."""
    try:
        moment = datetime.strptime(name.removeprefix(start), MOMENT).replace(tzinfo=UTC)
    except ValueError:
        return name
    return f"{short}@{moment:{_SECOND}}"


def all_table_names(target: Target) -> set[str]:
    pages = target.dynamodb().get_paginator("list_tables").paginate()
    return {name for page in pages for name in page["TableNames"]}


def stack_template(target: Target) -> Mapping[str, Any]:
    """As it was deployed last; the CDK command line wrote it."""
    answer = target.cloudformation().get_template(StackName=target.stack, TemplateStage="Original")
    body: Any = answer["TemplateBody"]
    template: Mapping[str, Any] = json.loads(body) if isinstance(body, str) else body
    return template


def _physical_ids(target: Target) -> dict[str, str]:
    pages = target.cloudformation().get_paginator("list_stack_resources")
    return {
        resource["LogicalResourceId"]: resource["PhysicalResourceId"]
        for page in pages.paginate(StackName=target.stack)
        for resource in page["StackResourceSummaries"]
        if resource["ResourceType"] == KIND
    }
