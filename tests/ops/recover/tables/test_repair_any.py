"""For any two tables and any choice of keys: repair converges, and touches nothing else."""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from ops.errors import OperationError
from ops.recover.operation import run
from ops.recover.tables import repair as repairs
from ops.recover.tables import scan
from ops.recover.tables.canonical import canonical
from ops.recover.tables.choose import Choice
from ops.recover.tables.locate import find_table
from ops.recover.tables.preview import write_differing_keys
from shop.dynamo import to_wire
from tests.emulated import emulated_aws
from tests.ops.recover.tables.repairs import prepared
from tests.ops.recover.tables.support import BESIDE, LIVE, SUBJECT, Stack

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.slow

NAMES = "abcdef"
TIMES = ["2026-01-01T00:00:00.000Z", "2026-02-01T00:00:00.000Z"]
attributes = st.fixed_dictionaries(
    {},
    optional={
        "name": st.sampled_from(["x", "y", ""]),
        "count": st.integers(0, 2),
        "tags": st.sets(st.sampled_from("pqr"), min_size=1),
        "more": st.dictionaries(st.sampled_from("kl"), st.integers(0, 1), max_size=2),
        "updatedAt": st.sampled_from(TIMES),
    },
)
keys = st.sampled_from(NAMES).map(lambda name: (f"USER#{name}", "USER"))
tables: st.SearchStrategy[dict[Any, Any]] = st.dictionaries(keys, attributes, max_size=6)
quiet = Console(quiet=True)


@pytest.fixture(scope="module")
def one_stack() -> Iterator[Stack]:
    """One for all examples: to make a client takes longer than an example does."""
    with emulated_aws():
        yield Stack()


@pytest.fixture(autouse=True, scope="module")
def _no_disk() -> Iterator[None]:
    """Waiting for it is most of what an example takes; test_undo has that it is waited for."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("os.fsync", lambda _: None)
        yield


@contextmanager
def two_tables(
    stack: Stack, live: dict[Any, Any], restored: dict[Any, Any]
) -> Iterator[tuple[Stack, Path]]:
    with TemporaryDirectory() as folder:
        for name, rows in ((LIVE, live), (BESIDE, restored)):
            stack.table(name)
            stack.fill(name, rows)
        try:
            yield stack, Path(folder)
        finally:
            for name in (LIVE, BESIDE):
                stack.client.delete_table(TableName=name)


def key_bytes(key: tuple[str, str]) -> bytes:
    return canonical({"pk": {"S": key[0]}, "sk": {"S": key[1]}})


def repair(
    stack: Stack, folder: Path, chosen: set[tuple[str, str]], choice: Choice
) -> dict[str, Any]:
    keys = sorted(map(key_bytes, chosen))
    try:
        operation = prepared(stack, folder, choice, keys)
    except OperationError:  # no row has the attribute: there is nothing to do
        operation = prepared(stack, folder, choice, [])
    report = run(operation, quiet, folder, confirmed=SUBJECT)
    assert report
    return report.facts


def undone(stack: Stack, folder: Path, undo: str) -> None:
    table = find_table(stack.target, LIVE)
    operation = repairs.taking_back(stack.client, table, Path(undo))
    assert run(operation, quiet, folder, confirmed=SUBJECT)


def expected(
    live: dict[Any, Any], restored: dict[Any, Any], chosen: set[Any], choice: Choice
) -> dict[Any, Any]:
    """What a repair is to make of ``live``, as plain rows."""
    after = dict(live)
    for key in chosen:
        recent = choice.since is None or live.get(key, {}).get("updatedAt", "") >= choice.since
        if choice.attributes:
            if key in restored and key in live and recent:
                after[key] = merged(live[key], restored[key], choice.attributes)
        elif key in restored and (key not in live or recent):
            after[key] = restored[key]
        elif key in live and key not in restored and recent and choice.delete_added:
            del after[key]
    return after


def merged(live: dict[str, Any], restored: dict[str, Any], names: frozenset[str]) -> dict[str, Any]:
    others = {name: value for name, value in live.items() if name not in names}
    return others | {name: value for name, value in restored.items() if name in names}


choices = st.builds(
    Choice,
    st.none() | st.sampled_from(TIMES),
    st.booleans(),
    st.just(frozenset()) | st.frozensets(st.sampled_from(["name", "count", "tags"]), min_size=1),
)


def plain(rows: dict[Any, Any]) -> dict[Any, Any]:
    return {key: {"pk": key[0], "sk": key[1], **row} for key, row in rows.items()}


@given(tables, tables, st.sets(keys), choices)
def test_it_converges_and_touches_nothing_else(
    one_stack: Stack,
    live: dict[Any, Any],
    restored: dict[Any, Any],
    chosen: set[Any],
    choice: Choice,
) -> None:
    with two_tables(one_stack, live, restored) as (stack, folder):
        first = repair(stack, folder, chosen, choice)
        wanted = plain(expected(live, restored, chosen, choice))
        assert stack.rows(LIVE) == wanted
        assert first["stillDiffering"] == 0
        assert repair(stack, folder, chosen, choice)["outcomes"] == {}
        assert stack.rows(LIVE) == wanted
        assert stack.rows(BESIDE) == plain(restored)
        undone(stack, folder, first["undoFile"]) if first["outcomes"] else None
        assert stack.rows(LIVE) == plain(live)


@given(tables, tables)
def test_by_a_scan_the_same_keys_are_found(
    one_stack: Stack, live: dict[Any, Any], restored: dict[Any, Any]
) -> None:
    differing = {key for key in {*live, *restored} if live.get(key) != restored.get(key)}
    with two_tables(one_stack, live, restored) as (stack, folder):
        before, scan.SEGMENTS = scan.SEGMENTS, 1
        try:
            write_differing_keys(stack.client, LIVE, BESIDE, folder / "keys.txt")
        finally:
            scan.SEGMENTS = before
        found = (folder / "keys.txt").read_bytes().split(b"\n")[:-1]
        assert found == sorted(map(key_bytes, differing))


@given(tables, tables, st.sets(keys, min_size=1), st.data())
def test_what_others_write_meanwhile_is_never_lost(
    one_stack: Stack,
    live: dict[Any, Any],
    restored: dict[Any, Any],
    chosen: set[Any],
    data: st.DataObject,
) -> None:
    """One other write, of any kind, to any of the rows, before or after any call."""
    key = data.draw(st.sampled_from(sorted(chosen)), label="row")
    row = data.draw(st.none() | attributes, label="becomes")
    adds = data.draw(st.booleans(), label="only adds an attribute that nobody knows")
    place = data.draw(st.integers(0, 4 * len(chosen) + 4), label="call")
    calls = [0]
    with two_tables(one_stack, live, restored) as (stack, folder):
        met: dict[str, Any] = {}

        def others(when: str, _: str) -> None:
            calls[0] += 1
            if calls[0] == place + 1:
                stack.on_call = lambda *_: None
                met["before"] = stack.rows(LIVE).get(key)
                write(stack, key, row, adds=adds)
                met["after"] = stack.rows(LIVE).get(key)
                stack.on_call = others

        stack.on_call = others
        facts = repair(stack, folder, chosen, Choice(delete_added=True))
        stack.on_call = lambda *_: None
        final = stack.rows(LIVE)
        wanted = plain(expected(live, restored, chosen, Choice(delete_added=True)))
        assert {name: each for name, each in final.items() if name != key} == {
            name: each for name, each in wanted.items() if name != key
        }
        if "after" not in met or met["after"] == met["before"]:
            assert final.get(key) == wanted.get(key)
        elif adds and met["after"]:
            kept = final.get(key, {}).get("grown") == "grew"
            assert kept or final.get(key) == plain(restored).get(key)
            assert kept or read_later(facts)
        else:
            added = {
                k: v for k, v in (met["after"] or {}).items() if k not in (met["before"] or {})
            }
            grown = {**wanted.get(key, {}), **added}
            told = facts["left"] and final.get(key) == grown
            assert told or final.get(key) in (met["after"], wanted.get(key))


def read_later(facts: dict[str, Any]) -> bool:
    """The other write was there already when the row was read, and was repaired on purpose."""
    return not facts["left"]


def write(stack: Stack, key: tuple[str, str], row: Any, *, adds: bool) -> None:
    wire = to_wire({"pk": key[0], "sk": key[1]})
    if adds:
        if key in stack.rows(LIVE):
            stack.client.update_item(
                TableName=LIVE,
                Key=wire,
                UpdateExpression="SET grown = :grew",
                ExpressionAttributeValues={":grew": {"S": "grew"}},
            )
    elif row is None:
        stack.client.delete_item(TableName=LIVE, Key=wire)
    else:
        stack.fill(LIVE, {key: row})
