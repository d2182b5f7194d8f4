"""The keys that differ, for a repair; never half of them."""

from __future__ import annotations

import json
import stat
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import typer

from ops.errors import OperationError
from ops.recover.tables.command import compare
from ops.recover.tables.options import KindName
from ops.recover.tables.repair_command import repair
from tests.ops.recover.tables.support import BESIDE, LIVE, SUBJECT, rows_of

if TYPE_CHECKING:
    from tests.ops.recover.tables.support import Stack

ODD = "line\u2028end"


@pytest.fixture
def tables(stack: Stack) -> Stack:
    """junk came, gone went, price and stock changed, each in a row of its own."""
    stack.fill(BESIDE, rows_of("gone", "price", "stock", ODD, price=1, stock=1))
    stack.fill(LIVE, rows_of("junk") | rows_of("price", price=0, stock=1))
    stack.fill(LIVE, rows_of("stock", price=1, stock=0) | rows_of(ODD, price=0, stock=0))
    return stack


def keys(path: Path) -> set[str]:
    lines = path.read_text().split("\n")
    assert lines.pop() == ""
    return {json.loads(line)["pk"]["S"].removeprefix("USER#") for line in lines}


@pytest.mark.parametrize(
    ("how", "wanted"),
    [
        ({}, {"junk", "gone", "price", "stock", ODD}),
        ({"kind": [KindName.DIFFERENT]}, {"price", "stock", ODD}),
        ({"kind": [KindName.DIFFERENT], "attribute": ["price"]}, {"price", ODD}),
        ({"kind": [KindName.DIFFERENT], "attribute": ["nothing"]}, set()),
        ({"attribute": ["stock"]}, {"junk", "gone", "stock", ODD}),
        ({"kind": [KindName.ONLY_RESTORED]}, {"gone"}),
        ({"kind": [KindName.ONLY_LIVE, KindName.ONLY_RESTORED]}, {"gone", "junk"}),
    ],
)
def test_those_that_are_wanted_are_in_it(
    tables: Stack,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    how: dict[str, Any],
    wanted: set[str],
) -> None:
    path = tmp_path / "keys"
    with pytest.raises(typer.Exit):
        compare("Users", BESIDE, keys_to=path, samples=0, **how)
    assert keys(path) == wanted
    told = "1 key is" if len(wanted) == 1 else f"{len(wanted)} keys are"
    assert f"{told} in {path}." in capsys.readouterr().out
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_repair_takes_it(tables: Stack, tmp_path: Path) -> None:
    path = tmp_path / "keys"
    with pytest.raises(typer.Exit):
        compare("Users", BESIDE, keys_to=path, kind=[KindName.DIFFERENT], attribute=["price"])
    repair("Users", restored=BESIDE, keys=[f"@{path}"], attributes=["price"], yes=SUBJECT,
           folder=tmp_path)  # fmt: skip
    rows = {key[0].removeprefix("USER#"): row for key, row in tables.rows(LIVE).items()}
    assert {name: row.get("price") for name, row in rows.items()} == {
        "junk": None, "price": 1, "stock": 1, ODD: 1,
    }  # fmt: skip
    assert (rows["stock"]["stock"], rows[ODD]["stock"]) == (0, 0)


def test_one_that_is_not_finished_leaves_what_was_there(tables: Stack, tmp_path: Path) -> None:
    path = tmp_path / "keys"
    path.write_text("old")

    def fail(when: str, name: str) -> None:
        if (when, name) == ("before-call", "GetItem"):
            raise RuntimeError("no")

    tables.on_call = fail
    with pytest.raises(RuntimeError, match="no"):
        compare("Users", BESIDE, keys_to=path, attribute=["price"])
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_nothing_but_a_file_is_replaced(tables: Stack, tmp_path: Path) -> None:
    for path in (tmp_path, Path("/dev/null")):
        with pytest.raises(OperationError, match="is no file"):
            compare("Users", BESIDE, keys_to=path)
    with pytest.raises(FileNotFoundError):
        compare("Users", BESIDE, keys_to=tmp_path / "none" / "keys")


@pytest.mark.parametrize("how", [{"kind": [KindName.DIFFERENT]}, {"attribute": ["price"]}])
def test_a_choice_without_a_file_is_refused(tables: Stack, how: dict[str, Any]) -> None:
    with pytest.raises(OperationError, match="--keys-file"):
        compare("Users", BESIDE, **how)
