"""What a person is told before a repair, and what is refused rather than done in silence."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from rich.console import Console

from ops.errors import OperationError
from ops.recover.tables import shown
from ops.recover.tables.choose import Choice
from ops.recover.tables.locate import StackTable
from ops.recover.tables.preview import Preview
from ops.recover.tables.repair_command import repair
from ops.recover.tables.rows import Change
from tests.ops.recover.tables.support import BESIDE, LIVE, SUBJECT, rows_of

if TYPE_CHECKING:
    from pathlib import Path

    from tests.ops.recover.tables.support import Stack

KEY = b'{"pk":{"S":"a"},"sk":{"S":"b"}}'


def told(logical_id: str, attributes: set[str], *changes: tuple[Any, Any]) -> str:
    """What is printed of rows that were, and are to be."""
    found = Preview.empty()
    for seen, wanted in changes:
        found.add(Change(KEY, seen, wanted))
    console = Console(width=400, highlight=False)
    with console.capture() as captured:
        table = StackTable("shop-test", logical_id, LIVE, {})
        shown.preview(console, found, table, Choice(attributes=frozenset(attributes)))
    return captured.get()


def row(**attributes: int) -> dict[str, Any]:
    return {name: {"N": str(value)} for name, value in attributes.items()}


SOLD = (row(price=0, stock=4, version=2), row(price=1, stock=5, version=1))
WRONG = (row(price=0, stock=5), row(price=1, stock=5))


def test_the_attributes_of_what_is_overwritten_are_counted() -> None:
    text = told("UsersTable", set(), SOLD, WRONG, (None, row(price=1)))
    assert "This would, as things are now: bring back 1 row, overwrite 2 rows." in text
    assert "What is overwritten in them: price in 2, stock in 1, version in 1." in text
    assert "Careful" not in text
    only_back = told("ProductsTable", set(), (None, row(price=1, stock=1)))
    assert "What is overwritten" not in only_back
    assert "Careful" not in only_back


@pytest.mark.parametrize(
    ("table", "change", "sentence"),
    [
        ("ProductsTable", SOLD, "Careful: `stock` goes back to what it was in 1 row, and what was"),
        ("OrdersTable", SOLD, "Careful: `version` goes back to what it was in 1 row, and what was"),
        ("ProductsTable", WRONG, ""),
        ("OrdersTable", WRONG, ""),
    ],
)
def test_what_the_shop_itself_changed_since_is_warned_of(
    table: str, change: tuple[Any, Any], sentence: str
) -> None:
    text = told(table, set(), change)
    assert sentence in text
    assert ("Careful" in text) is bool(sentence)
    assert ("--attribute NAME" in text) is bool(sentence)
    assert "Run `shop recover verify`" in text
    assert "Careful" not in told(table, {"stock", "version"}, change)


@pytest.mark.parametrize(
    ("how", "sentence"),
    [
        ({"keys": ["USER#typo"]}, "Neither table has a row of this key: USER#typo"),
        (
            {"keys": ["USER#a", *(f"USER#{n}" for n in range(7))]},
            "key: USER#0, USER#1, USER#2, USER#3, USER#4 and 2 more",
        ),
        ({"keys": ['{"pk":"USER#a","sk":"typo"}']}, 'Neither .*"sk":{"S":"typo"}}'),
        ({"keys": ["@/dev/null"]}, "There is no key in /dev/null"),
        ({"keys": ["USER#a"], "attributes": ["prise"]}, "No row that was .* attribute: prise"),
        ({"everything": True, "attributes": ["prise", "price"]}, "attribute: prise"),
    ],
)
def test_what_would_do_nothing_is_refused(
    stack: Stack, tmp_path: Path, how: dict[str, Any], sentence: str
) -> None:
    stack.fill(LIVE, rows_of("a", price=0))
    stack.fill(BESIDE, rows_of("a", price=1))
    with pytest.raises(OperationError, match=sentence):
        repair("Users", restored=BESIDE, yes=SUBJECT, folder=tmp_path, **how)
    assert stack.rows(LIVE)["USER#a", "USER"]["price"] == 0
    assert not list(tmp_path.iterdir())


def test_an_attribute_of_either_table_is_known(stack: Stack, tmp_path: Path) -> None:
    stack.fill(LIVE, rows_of("a", came=1))
    stack.fill(BESIDE, rows_of("a", went=1))
    asked: Any = {"restored": BESIDE, "attributes": ["came", "went"], "everything": True}
    repair("Users", yes=SUBJECT, folder=tmp_path, **asked)
    assert stack.rows(LIVE) == stack.rows(BESIDE)
    repair("Users", yes=SUBJECT, folder=tmp_path, **asked)


def test_what_is_no_undo_file_is_refused(stack: Stack, tmp_path: Path) -> None:
    path = tmp_path / "passwd"
    path.write_text("root:x:0:0:root:/root:/bin/bash\n" * 3)
    with pytest.raises(OperationError, match="is not an undo file"):
        repair("Users", undo=path, yes=SUBJECT, folder=tmp_path)
