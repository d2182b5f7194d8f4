"""What may not be done to a table that is deployed, why, and what to do instead.

The sources, by the titles of their pages:

- "AWS::DynamoDB::GlobalTable" (CloudFormation's reference): key schema, local indexes and name
  cannot change without a replacement; "You can only create or delete one global secondary index in
  a single stack operation"; CloudFormation does not wait for an index to become active.
- "AWS::DynamoDB::GlobalTable TimeToLiveSpecification" (the same): the attribute cannot be changed
  directly; time to live must first be disabled, and a change takes up to one hour. In that
  hour another one is a ValidationException ("UpdateTimeToLive", DynamoDB's reference).
- "GlobalSecondaryIndexUpdate" (the same): creating, deleting, and changing the throughput are all
  that can be done to an index.
- "AWS::DynamoDB::Table StreamSpecification" (CloudFormation's reference): another view makes a new
  stream, so what reads the old one has to be pointed at it; the old one is gone after a day.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cdk.schema.index_rules import changed_indexes, changed_types, deleted_indexes
from cdk.schema.refusal import ACCEPT, Change, Refusal, on_purpose

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cdk.schema.index_rules import Named
    from cdk.schema.shapes import Index, Tables


def refusals(
    wanted: Tables, deployed: Tables, named: Named, command: str = ACCEPT
) -> list[Refusal]:
    """All that is wrong with going from ``deployed`` to ``wanted``, by table.

    ``command`` is the one that takes ``--on-purpose``.
    """
    found = [each for table in sorted(deployed.keys() - wanted.keys())
             for each in _gone(table, wanted, deployed, command)]  # fmt: skip
    for table in sorted(deployed.keys() & wanted.keys()):
        change = Change(table, wanted[table], deployed[table], on_purpose(command, table))
        for rule in (_keys, _name, _local_indexes, changed_types, changed_indexes, _time_to_live,
                     _stream):  # fmt: skip
            found += rule(change)
        found += deleted_indexes(change, named)
        found += _safeguards(change)
    return found


def _gone(table: str, wanted: Tables, deployed: Tables, command: str) -> Iterator[Refusal]:
    heirs = [
        name
        for name in sorted(wanted.keys() - deployed.keys())
        if wanted[name].has_same_rows_as(deployed[table])
    ]
    renamed = f" {heirs[0]}, which looks like it, would be new and empty." if heirs else ""
    yield Refusal(
        table,
        "table-gone",
        f"it is no longer in the stack. Its data would stay in AWS, in a table that nothing uses "
        f"and that goes on costing.{renamed}",
        (
            f"If only its logical id has changed: give the table the id {table} again.",
            "If it is to go: let the code that uses it go in an earlier deployment.",
            f"Then say so: {on_purpose(command, table)}",
            "Its data can be deleted by hand, once nobody misses it.",
        ),
        possible=True,
    )


def _replaced(change: Change, rule: str, what: str, back: str) -> Refusal:
    return change.refuse(
        rule,
        f"{what}: CloudFormation would put a new, empty table in its place.",
        back,
        "Or add a second table beside it, under a logical id of its own, and deploy.",
        "Have the code write to both, copy the items, compare; then read from the new one.",
        f"Let the code forget the old one; then take it out: {change.on_purpose}",
        possible=True,
    )


def _keys(change: Change) -> Iterator[Refusal]:
    old, new = (", ".join(each.keys) for each in (change.deployed, change.wanted))
    if old != new:
        yield _replaced(
            change, "keys", f"its keys change from {old} to {new}", f"Put the keys back: {old}."
        )


def _name(change: Change) -> Iterator[Refusal]:
    old, new = (
        each.name or "one of CloudFormation's own" for each in (change.deployed, change.wanted)
    )
    if old != new:
        yield _replaced(
            change, "name", f"its name changes from {old} to {new}", f"Put the name back: {old}."
        )


def _local_indexes(change: Change) -> Iterator[Refusal]:
    old, new = change.deployed.local_indexes, change.wanted.local_indexes
    for name in sorted(old.keys() | new.keys()):
        if not _same(old.get(name), new.get(name)):
            did = "is new" if name not in old else "goes" if name not in new else "changes"
            yield _replaced(
                change,
                "local-index",
                f"its local index {name} {did}, and local indexes are made with their table only",
                "Leave the local indexes as they are, and make a global one.",
            )


def _same(one: Index | None, other: Index | None) -> bool:
    return one is not None and other is not None and one.is_like(other)


def _time_to_live(change: Change) -> Iterator[Refusal]:
    old, new = change.deployed.time_to_live, change.wanted.time_to_live
    if old and old.on and new and new.attribute != old.attribute:
        yield change.refuse(
            "time-to-live",
            f"the attribute of its time to live changes from {old.attribute} to {new.attribute},"
            " which DynamoDB does not do while it is on.",
            "Take time to live out; deploy. Rows then stay until it is on again.",
            "Wait for an hour: DynamoDB takes no other change of it before.",
            f"Put it in with {new.attribute}; deploy.",
        )


def _stream(change: Change) -> Iterator[Refusal]:
    old, new = change.deployed.stream, change.wanted.stream
    if not old or (new and new.view == old.view):
        return
    readers = " and ".join(old.read_by)
    without = (
        f"Take away what reads it ({readers}), once it has read all there is"
        " (IteratorAge is 0); deploy."
    )
    if new:
        yield change.refuse(
            "stream",
            f"its stream changes from {old.view} to {new.view}: that is another stream with another"
            " ARN, and what was not read of the old one is lost.",
            *([without] if readers else []),
            "Take the stream out; deploy.",
            f"Put it in with {new.view}, and what reads it; deploy."
            " What was written meanwhile is on no stream.",
        )
    elif readers:
        yield change.refuse(
            "stream",
            f"its stream goes while {readers} reads it.",
            without,
            "Take the stream out in the deployment after that.",
            possible=True,
        )


def _safeguards(change: Change) -> Iterator[Refusal]:
    old, new = change.deployed, change.wanted
    lost = [each for each in old.safeguards if each not in new.safeguards]
    if new.recovery_days < old.recovery_days:
        days = f"{new.recovery_days} days" if new.recovery_days else "nothing"
        lost.append(f"point-in-time recovery (from {old.recovery_days} days to {days})")
    if lost:
        yield change.refuse(
            "safeguards",
            f"it loses what protects it: {', '.join(lost)}.",
            "Put it back; cdk/table.py gives it to every table.",
            f"If it is meant: {change.on_purpose}",
            possible=True,
        )
