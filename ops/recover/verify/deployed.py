"""A stack as it was deployed last: its template, and what became of each resource."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, NamedTuple, Self

from ops.errors import OperationError
from ops.recover.tables.locate import stack_template

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ops.target import Target

BUCKET, POLICY = "AWS::S3::Bucket", "AWS::S3::BucketPolicy"
REPLICA = "Custom::ReplicaBucket"
TABLE, MAPPING = "AWS::DynamoDB::GlobalTable", "AWS::Lambda::EventSourceMapping"
KEY = "AWS::KMS::Key"


class Resource(NamedTuple):
    """``id`` is its physical one."""

    logical_id: str
    properties: Mapping[str, Any]
    id: str

    @property
    def label(self) -> str:
        """The logical id without the eight characters that the CDK makes up."""
        name, end = self.logical_id[:-8], self.logical_id[-8:]
        made_up = name and set(end) <= set("0123456789ABCDEF")
        return name if made_up else self.logical_id


@dataclass(frozen=True)
class Deployed:
    """``ids`` are the physical ones by logical id; ``stack_id`` is the stack's ARN."""

    template: Mapping[str, Any]
    ids: Mapping[str, str]
    stack_id: str

    @classmethod
    def of(cls, target: Target) -> Self:
        cloudformation = target.cloudformation()
        pages = cloudformation.get_paginator("list_stack_resources").paginate(
            StackName=target.stack
        )
        ids = {
            each["LogicalResourceId"]: each.get("PhysicalResourceId", "")
            for page in pages
            for each in page["StackResourceSummaries"]
        }
        (stack,) = cloudformation.describe_stacks(StackName=target.stack)["Stacks"]
        return cls(stack_template(target)["Resources"], ids, stack.get("StackId", ""))

    def resource(self, logical_id: str) -> Resource:
        properties = self.template[logical_id].get("Properties", {})
        return Resource(logical_id, properties, self.ids.get(logical_id, ""))

    def of_kind(self, kind: str) -> Iterator[Resource]:
        """In the order of their logical ids."""
        for logical_id in sorted(self.template):
            if self.template[logical_id]["Type"] == kind and logical_id in self.ids:
                yield self.resource(logical_id)

    def kind(self, logical_id: str) -> str:
        return str(self.template[logical_id]["Type"])

    def as_if(self, logical_id: str, physical_id: str) -> Deployed:
        """The same, but for what became of one resource."""
        return replace(self, ids={**self.ids, logical_id: physical_id})

    def resolved(self, value: Any) -> Any:
        """``value`` of the template with what its references stand for.

        Raises OperationError for those that nothing here knows.
        """
        match value:
            case dict() if any(name == "Ref" or name.startswith("Fn::") for name in value):
                return self._referred(value)
            case dict():
                return {name: self.resolved(each) for name, each in value.items()}
            case list():
                return [self.resolved(each) for each in value]
        return value

    def _referred(self, reference: Mapping[str, Any]) -> str:
        match reference:
            case {"Ref": str(name)} if name in self.ids:
                return self.ids[name]
            case {"Ref": str(name)} if name.startswith("AWS::"):
                return self._pseudo(name)
            case {"Fn::GetAtt": [str(name), "Arn"]} if self.kind(name) in (BUCKET, REPLICA):
                return f"arn:{self._pseudo('AWS::Partition')}:s3:::{self.ids[name]}"
            case {"Fn::Join": [str(between), list(parts)]}:
                return between.join(self.resolved(each) for each in parts)
        raise OperationError(f"The template says {reference}, which this does not know.")

    def _pseudo(self, name: str) -> str:
        _, partition, _, region, account, *_ = f"{self.stack_id}:::::".split(":")
        known = {
            "AWS::Partition": partition,
            "AWS::Region": region,
            "AWS::AccountId": account,
        }
        if name not in known:
            raise OperationError(f"The template says {name}, which this does not know.")
        return known[name]
