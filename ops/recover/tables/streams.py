"""The stream of a table that was restored under its old name is another one, with another ARN.

The stack's event source mappings and permissions still name the old one, and CloudFormation does
not notice: neither template nor physical names have changed. Nor can a mapping be given another
stream. So the stack is updated twice: first to a template without the stream and what hangs on it,
then back to the very template that it had. The mappings are made anew, on the stream that the table
has then, and ``cdk diff`` finds nothing.
"""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

from ops.errors import OperationError

if TYPE_CHECKING:
    from collections.abc import Mapping

MAPPING = "AWS::Lambda::EventSourceMapping"
_POLICY = "AWS::IAM::Policy"


def without_stream(template: Mapping[str, Any], table: str) -> dict[str, Any]:
    """``template`` without the stream of ``table``, and without what reads it.

    Raises OperationError when something else uses the stream.
    """
    reduced: dict[str, Any] = copy.deepcopy(dict(template))
    resources = reduced["Resources"]
    stream = {"Fn::GetAtt": [table, "StreamArn"]}
    gone = set(mappings_of(template, table))
    for name in gone:
        del resources[name]
    for resource in resources.values():
        if resource["Type"] == _POLICY:
            _drop_statements(resource["Properties"]["PolicyDocument"], stream, table)
        if "DependsOn" in resource:
            _drop_dependencies(resource, gone)
    resources[table]["Properties"].pop("StreamSpecification", None)
    if _mentions(reduced, stream) or any(_mentions(reduced, {"Ref": name}) for name in gone):
        raise _unknown_use(table)
    return reduced


def mappings_of(template: Mapping[str, Any], table: str) -> list[str]:
    """Logical ids of the event source mappings of the table's stream."""
    stream = {"Fn::GetAtt": [table, "StreamArn"]}
    return [
        name
        for name, resource in template["Resources"].items()
        if resource["Type"] == MAPPING and _mentions(resource["Properties"], stream)
    ]


def _drop_statements(document: dict[str, Any], stream: Mapping[str, Any], table: str) -> None:
    document["Statement"] = [each for each in document["Statement"] if not _mentions(each, stream)]
    if not document["Statement"]:
        raise _unknown_use(table)


def _unknown_use(table: str) -> OperationError:
    return OperationError(f"The stream of {table} is used in a way that this does not know.")


def _drop_dependencies(resource: dict[str, Any], gone: set[str]) -> None:
    names = resource["DependsOn"]
    kept = [name for name in ([names] if isinstance(names, str) else names) if name not in gone]
    resource["DependsOn"] = kept
    if not kept:
        del resource["DependsOn"]


def _mentions(value: object, wanted: Mapping[str, Any]) -> bool:
    if value == wanted:
        return True
    if isinstance(value, dict):
        return any(_mentions(each, wanted) for each in value.values())
    if isinstance(value, list):
        return any(_mentions(each, wanted) for each in value)
    return False
