"""What may not be done to the indexes of a table that is deployed.

The sources are named in ``cdk.schema.rules``. That a table has one type for an attribute, in all of
its keys and indexes, is in the page "CreateTable" of DynamoDB's reference (AttributeDefinitions).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from cdk.schema.code import Mention
    from cdk.schema.refusal import Change, Refusal
    from cdk.schema.shapes import Shape

    type Named = Callable[[str, str], list[Mention]]
    """Where code names an index: by table and index."""


def changed_types(change: Change) -> Iterator[Refusal]:
    old, new = _types(change.deployed), _types(change.wanted)
    for attribute in _retyped(change):
        if any(key.split()[0] == attribute for key in change.deployed.keys):
            continue  # the keys of the table change with it, and that is refused
        had = [name for name, index in change.deployed.indexes.items()
               if attribute in index.attributes]  # fmt: skip
        names = " and ".join(had)
        yield change.refuse(
            "attribute-type",
            f"the type of {attribute}, a key of its index {names}, changes from {old[attribute]} to"
            f" {new[attribute]}; its rows hold the old one, and in all indexes of a table an"
            " attribute has the same type.",
            f"Put {names} back, with {attribute} of type {old[attribute]}.",
            f"Have the code write another attribute of type {new[attribute]}, too, and add an index"
            " on that under another name; deploy.",
            'Fill it in the rows that are there with a migration ("Item shapes" in'
            " docs/migrations.md).",
            "Have the code query the new index, and not be granted the old one; deploy.",
            f"Take {' out; deploy. Take '.join(had)} out; deploy.",
        )


def changed_indexes(change: Change) -> Iterator[Refusal]:
    """But for those whose attributes have other types."""
    retyped = set(_retyped(change))
    for name, old in change.deployed.indexes.items():
        new = change.wanted.indexes.get(name)
        if new and not new.is_like(old) and not retyped & {*old.attributes, *new.attributes}:
            yield change.refuse(
                "index-changed",
                f"its index {name} changes from ({old}) to ({new}); DynamoDB can only make and "
                "delete indexes.",
                f"Put {name} back as it was, and add the new one under another name; deploy.",
                "When it is active, have the code query the new one, and not be granted the old"
                " one; deploy.",
                f"Take {name} out; deploy.",
            )


def _retyped(change: Change) -> list[str]:
    """Attributes that are keys of indexes before and after, and of another type."""
    old, new = _types(change.deployed), _types(change.wanted)
    return sorted(name for name in old.keys() & new.keys() if old[name] != new[name])


def _types(shape: Shape) -> dict[str, str]:
    """Of the attributes that are keys of its indexes."""
    keys = (key for index in shape.indexes.values() for key in index.keys)
    return dict(map(str.split, keys))


def deleted_indexes(change: Change, named: Named) -> Iterator[Refusal]:
    for name in sorted(change.deployed.indexes.keys() - change.wanted.indexes.keys()):
        who = change.deployed.indexes[name].queried_by
        if who:
            yield _deletion(
                change,
                name,
                f"the deployed code of {' and '.join(who)} may query it, and does so until the"
                " deployment is through",
            )
        elif places := named(change.table, name):
            yield _deletion(change, name, f"code still names it: {_told(places)}")


def _deletion(change: Change, name: str, why: str) -> Refusal:
    return change.refuse(
        "index-in-use",
        f"its index {name} is deleted, but {why}.",
        f"Keep {name} in the table. (If shop:holdBack names it, take it out there; for a stage that"
        " does not have it yet, plan with --stack.)",
        "Have the code no longer name it, and take it out of what the function is granted"
        " (allow_query); deploy.",
        f"Take {name} out of the table in the deployment after that.",
        possible=True,
    )


def _told(places: list[Mention]) -> str:
    return ", ".join(
        each.place if each.exact else f"{each.place} (puts together such names: write them out)"
        for each in places
    )
