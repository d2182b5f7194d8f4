"""What a template says of its tables, as far as a change of it can cost data or a deployment."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError
from pydantic.alias_generators import to_camel

from cdk.schema.uses import Uses
from cdk.schema.values import as_text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

KIND = "AWS::DynamoDB::GlobalTable"
_OTHER_KIND = "AWS::DynamoDB::Table"
_LONGEST_RECOVERY_DAYS = 35  # which is what a template without the days means

PROTECTED = "deletion protection"
KEPT_WHEN_DELETED = "DeletionPolicy Retain"
KEPT_WHEN_REPLACED = "UpdateReplacePolicy Retain"


class SchemaError(Exception):
    """A sentence that tells what of a template or a baseline cannot be read."""


class _Model(BaseModel):
    model_config = ConfigDict(
        alias_generator=to_camel, populate_by_name=True, extra="forbid", frozen=True
    )


class Index(_Model):
    """``keys`` as in ``listing S``; ``carries`` as in ``KEYS_ONLY`` or ``INCLUDE name, price``."""

    keys: tuple[str, ...]
    carries: str
    queried_by: tuple[str, ...] = ()

    @property
    def attributes(self) -> list[str]:
        """The names of its keys."""
        return [key.split()[0] for key in self.keys]

    def is_like(self, other: Index) -> bool:
        """Whether DynamoDB would take one for the other."""
        return (self.keys, self.carries) == (other.keys, other.carries)

    def __str__(self) -> str:
        return f"{', '.join(self.keys)}; {self.carries}"


class Stream(_Model):
    view: str
    read_by: tuple[str, ...] = ()


class TimeToLive(_Model):
    attribute: str
    on: bool


class Shape(_Model):
    """One table. ``name`` is None when CloudFormation chooses it."""

    name: str | None = None
    keys: tuple[str, ...]
    indexes: dict[str, Index] = {}
    local_indexes: dict[str, Index] = {}
    time_to_live: TimeToLive | None = None
    stream: Stream | None = None
    recovery_days: Annotated[int, Field(ge=0)] = 0
    safeguards: tuple[str, ...] = ()

    def has_same_rows_as(self, other: Shape) -> bool:
        """Whether the items of one could be kept in the other."""
        return (self.keys, self.indexes.keys()) == (other.keys, other.indexes.keys())


type Tables = Mapping[str, Shape]
"""Shapes by logical id."""

_TABLES = TypeAdapter(dict[str, Shape])


def tables(template: Mapping[str, Any]) -> dict[str, Shape]:
    """The shapes in a CloudFormation template. Raises SchemaError for a table of another kind."""
    uses = Uses(template)
    found = {}
    for logical_id, resource in sorted(template.get("Resources", {}).items()):
        if resource["Type"] == _OTHER_KIND:
            raise SchemaError(
                f"{logical_id} is an {_OTHER_KIND}, of which no plan is made: the stack's tables "
                "are made by cdk/table.py"
            )
        if resource["Type"] == KIND:
            found[logical_id] = _shape(logical_id, resource, uses)
    return found


def _shape(logical_id: str, resource: Mapping[str, Any], uses: Uses) -> Shape:
    properties = resource["Properties"]
    time_to_live = properties.get("TimeToLiveSpecification")
    view = properties.get("StreamSpecification", {}).get("StreamViewType")
    return Shape(
        name=as_text(properties["TableName"]) if "TableName" in properties else None,
        keys=key_attributes(properties["KeySchema"], properties["AttributeDefinitions"]),
        indexes={
            name: index.model_copy(update={"queried_by": uses.queried_by(logical_id, name)})
            for name, index in _indexes(properties, "GlobalSecondaryIndexes").items()
        },
        local_indexes=_indexes(properties, "LocalSecondaryIndexes"),
        time_to_live=TimeToLive(
            attribute=time_to_live.get("AttributeName", ""), on=time_to_live["Enabled"]
        )
        if time_to_live
        else None,
        stream=Stream(view=view, read_by=uses.read_by(logical_id)) if view else None,
        recovery_days=min(map(_recovery_days, properties["Replicas"]), default=0),
        safeguards=_safeguards(resource),
    )


def key_attributes(
    schema: Sequence[Mapping[str, str]], definitions: Sequence[Mapping[str, str]]
) -> tuple[str, ...]:
    """Partition key, then sort key, with their types: ``("pk S", "sk S")``.

    Both arguments are as in a template and as DescribeTable answers.
    """
    types = {each["AttributeName"]: each["AttributeType"] for each in definitions}
    ordered = sorted(schema, key=lambda each: each["KeyType"])  # HASH, then RANGE
    return tuple(f"{each['AttributeName']} {types[each['AttributeName']]}" for each in ordered)


def _indexes(properties: Mapping[str, Any], kind: str) -> dict[str, Index]:
    found = {}
    for index in properties.get(kind, []):
        projection = index["Projection"]
        names = ", ".join(sorted(projection.get("NonKeyAttributes", [])))
        found[index["IndexName"]] = Index(
            keys=key_attributes(index["KeySchema"], properties["AttributeDefinitions"]),
            carries=f"{projection['ProjectionType']} {names}".strip(),
        )
    return dict(sorted(found.items()))


def _recovery_days(replica: Mapping[str, Any]) -> int:
    recovery = replica.get("PointInTimeRecoverySpecification", {})
    if not recovery.get("PointInTimeRecoveryEnabled"):
        return 0
    return int(recovery.get("RecoveryPeriodInDays", _LONGEST_RECOVERY_DAYS))


def _safeguards(resource: Mapping[str, Any]) -> tuple[str, ...]:
    replicas = resource["Properties"]["Replicas"]
    found = {
        PROTECTED: all(each.get("DeletionProtectionEnabled") for each in replicas),
        KEPT_WHEN_DELETED: str(resource.get("DeletionPolicy", "")).startswith("Retain"),
        KEPT_WHEN_REPLACED: resource.get("UpdateReplacePolicy") == "Retain",
    }
    return tuple(name for name, there in found.items() if there)


def grants_to_no_index(template: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    """(table, index, who) of every grant on an index by its name that the table does not have."""
    return sorted(
        (grant.table, grant.name, grant.who)
        for grant in Uses(template).grants
        if not any(each in grant.name for each in "*?")
        and grant.name not in _index_names(template["Resources"].get(grant.table, {}))
    )


def _index_names(resource: Mapping[str, Any]) -> set[str]:
    properties = resource.get("Properties", {})
    return {
        index["IndexName"]
        for kind in ("GlobalSecondaryIndexes", "LocalSecondaryIndexes")
        for index in properties.get(kind, [])
    }


def as_json(shapes: Tables) -> str:
    """As it is committed: sorted, one thing a line."""
    ordered = {logical_id: shapes[logical_id] for logical_id in sorted(shapes)}
    document = _TABLES.dump_python(ordered, mode="json", by_alias=True)
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def from_json(text: str) -> dict[str, Shape]:
    """What ``as_json`` wrote, or a whole template. Raises SchemaError for anything else."""
    try:
        document = json.loads(text)
        if isinstance(document, dict) and "Resources" in document:
            return tables(document)
        return _TABLES.validate_python(document, by_alias=True, by_name=False)
    except ValidationError as error:
        first = error.errors()[0]
        place = "/".join(map(str, first["loc"]))
        raise SchemaError(f"{place}: {first['msg']}") from None
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise SchemaError(f"neither tables nor a template ({error!r})") from None
