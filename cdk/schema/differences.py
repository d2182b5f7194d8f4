"""What differs between tables besides which indexes there are, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from cdk.schema.shapes import Shape, Stream, Tables, TimeToLive


class _Said(NamedTuple):
    """Something of a table, what it is called, and as it is."""

    of: str
    value: str


def differences(wanted: Tables, deployed: Tables) -> tuple[str, ...]:
    """Each as ``change the time to live of UsersTable from none to expiresAt``."""
    made = [f"make the table {name}" for name in sorted(wanted.keys() - deployed.keys())]
    gone = [
        f"take the table {name} out of the stack"
        for name in sorted(deployed.keys() - wanted.keys())
    ]
    both = sorted(wanted.keys() & deployed.keys())
    changed = [each for name in both for each in _changes(name, wanted[name], deployed[name])]
    return (*made, *gone, *changed)


def _changes(table: str, wanted: Shape, deployed: Shape) -> Iterator[str]:
    shared = sorted(wanted.indexes.keys() & deployed.indexes.keys())
    before, after = (list(_said(table, each, shared)) for each in (deployed, wanted))
    for old, new in zip(before, after, strict=True):
        if old != new:
            yield f"change {old.of} from {old.value} to {new.value}"


def _said(table: str, shape: Shape, indexes: list[str]) -> Iterator[_Said]:
    """All that there is to say of it, in the same order each time, and of these ``indexes``."""
    yield _Said(f"the name of {table}", shape.name or "one of CloudFormation's own")
    yield _Said(f"the keys of {table}", _listed(shape.keys))
    for name in indexes:
        index = shape.indexes[name]
        yield _Said(f"the index {name} of {table}", f"({index})")
        yield _Said(f"who may query {name} of {table}", _listed(index.queried_by, "nobody"))
    local = (f"{name} ({index})" for name, index in sorted(shape.local_indexes.items()))
    yield _Said(f"the local indexes of {table}", _listed(local))
    yield _Said(f"the time to live of {table}", _time_to_live(shape.time_to_live))
    yield _Said(f"the stream of {table}", _stream(shape.stream))
    days = f"{shape.recovery_days} days" if shape.recovery_days else "none"
    yield _Said(f"the recovery of {table}", days)
    yield _Said(f"the protection of {table}", _listed(shape.safeguards))


def _listed(values: Iterable[str], otherwise: str = "none") -> str:
    return ", ".join(values) or otherwise


def _time_to_live(found: TimeToLive | None) -> str:
    if found is None:
        return "none"
    return found.attribute if found.on else f"{found.attribute}, turned off"


def _stream(found: Stream | None) -> str:
    if found is None:
        return "none"
    return f"{found.view} (read by {_listed(found.read_by, 'nobody')})"
