"""Who uses tables, as a template grants it: which function queries an index or reads a stream.

A function can only query an index that its role is granted, so a grant is the honest sign that
deployed code may do so, however that code puts the index's name together.
"""

from __future__ import annotations

import re
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any, NamedTuple

from cdk.schema.values import as_list, as_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_ON_A_TABLE = re.compile(r"\$\{(\w+)(?:\.Arn)?\}(.*)$")
_POLICIES = ("AWS::IAM::Policy", "AWS::IAM::ManagedPolicy")


class Grant(NamedTuple):
    """Something of IAM that ``who`` is allowed on an index, whose name may be a pattern."""

    table: str
    name: str
    who: str


class Uses:
    """What a template's roles and mappings say of its tables."""

    def __init__(self, template: Mapping[str, Any]) -> None:
        self._resources = template.get("Resources", {})
        self._allowed = [
            (logical_id, below, who)
            for who, resource in self._statements()
            if (found := _ON_A_TABLE.search(as_text(resource)))
            for logical_id, below in [found.groups()]
        ]
        self.grants = [
            Grant(table, name, who)
            for table, below, who in self._allowed
            if (name := _index(below))
        ]

    def queried_by(self, table: str, index: str) -> tuple[str, ...]:
        """The packages of the functions (or else the roles) that may query it."""
        return _sorted(
            grant.who
            for grant in self.grants
            if grant.table == table and fnmatchcase(index, grant.name)
        )

    def read_by(self, table: str) -> tuple[str, ...]:
        """The packages of the functions that are given the table's stream."""
        return _sorted(
            self._package(as_text(resource["Properties"]["FunctionName"]))
            for resource in self._of_kind("AWS::Lambda::EventSourceMapping")
            if as_text(resource["Properties"].get("EventSourceArn")) == f"${{{table}.StreamArn}}"
        )

    def users_of(self, table: str) -> tuple[str, ...]:
        """The packages of the functions that may do anything on the table."""
        return _sorted(who for name, _, who in self._allowed if name == table)

    def _statements(self) -> Iterator[tuple[str, Any]]:
        """Who is allowed something, and on which resource."""
        for role, document in self._documents():
            for statement in as_list(document.get("Statement", [])):
                if statement.get("Effect") == "Allow":
                    for resource in as_list(statement.get("Resource", [])):
                        yield self._who(role), resource

    def _documents(self) -> Iterator[tuple[str, Mapping[str, Any]]]:
        for kind in _POLICIES:
            for policy in self._of_kind(kind):
                for role in policy["Properties"].get("Roles", []):
                    yield as_text(role), policy["Properties"]["PolicyDocument"]
        for logical_id, role in self._resources.items():
            if role["Type"] == "AWS::IAM::Role":
                for inline in role["Properties"].get("Policies", []):
                    yield f"${{{logical_id}}}", inline["PolicyDocument"]

    def _who(self, role: str) -> str:
        arn = role.replace("}", ".Arn}")
        for function in self._of_kind("AWS::Lambda::Function"):
            if as_text(function["Properties"].get("Role")) == arn:
                return _package(function) or role
        return role.strip("${}")

    def _package(self, function: str) -> str:
        logical_id = function.strip("${}").partition(".")[0]
        return _package(self._resources.get(logical_id, {})) or logical_id

    def _of_kind(self, kind: str) -> Iterator[Mapping[str, Any]]:
        return (each for each in self._resources.values() if each["Type"] == kind)


def _package(function: Mapping[str, Any]) -> str:
    handler: str = function.get("Properties", {}).get("Handler", "")
    return handler.partition(".")[0]


def _index(below: str) -> str:
    """The index, or its pattern, in what follows a table in an ARN; empty when it is none."""
    if below in ("*", "/*"):
        return "*"
    return below.removeprefix("/index/") if below.startswith("/index/") else ""


def _sorted(names: Iterator[str]) -> tuple[str, ...]:
    return tuple(sorted(set(names)))
