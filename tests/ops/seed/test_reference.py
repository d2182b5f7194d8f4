"""Reference data: loaded with every deployment, noted, and never taken away silently."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner

from ops import cli
from ops.errors import OperationError
from ops.seed import command, reference
from ops.seed.catalogue import BadFiles
from ops.seed.load import load_sample
from ops.seed.reference import NOTE_KEY, Note, find_note, load_reference, require_good_file
from ops.seed.store import Store
from tests.ops.seed.support import csv_text, table_rows

if TYPE_CHECKING:
    from pathlib import Path

    from tests.ops.seed.support import EmulatedTarget

HEADER = "name,description"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "categories.csv"
    write(path, "Tea,Leaves", "Cups,To drink from")
    return path


def write(path: Path, *lines: str) -> None:
    path.write_bytes(csv_text(HEADER, *lines))


def categories(target: EmulatedTarget) -> dict[str, str]:
    rows = table_rows(Store.of(target)).values()
    return {row["sk"]: row["description"] for row in rows if row["pk"] == "CATEGORY"}


def test_what_is_in_the_file_is_in_the_shop_and_noted(target: EmulatedTarget, file: Path) -> None:
    loaded = load_reference(target, file)
    assert (loaded.counts.created, loaded.left) == (2, [])
    assert categories(target) == {"Tea": "Leaves", "Cups": "To drink from"}
    note = find_note(Store.of(target))
    assert note
    assert (note.version, note.names) == (loaded.version, ["Tea", "Cups"])


def test_a_second_time_nothing_is_written(target: EmulatedTarget, file: Path) -> None:
    load_reference(target, file)
    rows = table_rows(Store.of(target))
    assert load_reference(target, file).counts.unchanged == 2
    assert table_rows(Store.of(target)) == rows


def test_a_file_that_was_edited_is_another_version(target: EmulatedTarget, file: Path) -> None:
    first = load_reference(target, file)
    write(file, "Tea,Loose leaves", "Cups,To drink from", "Pots,To brew in")
    second = load_reference(target, file)
    counts = second.counts
    assert (counts.created, counts.updated, counts.unchanged) == (1, 1, 1)
    assert second.version != first.version
    assert categories(target)["Tea"] == "Loose leaves"


def test_what_the_file_no_longer_names_stays_and_is_told_until_it_is_gone(
    target: EmulatedTarget, file: Path
) -> None:
    load_reference(target, file)
    write(file, "Tea,Leaves")
    for _ in range(2):
        loaded = load_reference(target, file)
        assert loaded.left == ["Cups"]
        assert "Cups" in categories(target)
    key = {"pk": {"S": "CATEGORY"}, "sk": {"S": "Cups"}}
    target.client.delete_item(TableName="products", Key=key)
    assert load_reference(target, file).left == []
    note = find_note(Store.of(target))
    assert note
    assert note.names == ["Tea"]


def test_the_shop_keeps_its_spelling_and_that_is_told(target: EmulatedTarget, file: Path) -> None:
    load_reference(target, file)
    write(file, "TEA,Leaves", "Cups,For drinking")
    for updated in (1, 0):
        loaded = load_reference(target, file)
        assert (loaded.counts.updated, loaded.left, loaded.kept) == (updated, [], {"Tea": "TEA"})
    assert categories(target) == {"Tea": "Leaves", "Cups": "For drinking"}
    note = find_note(Store.of(target))
    assert note
    assert note.names == ["Tea", "Cups"]


BAD = [
    (b"name,description\nTea,a,b\n", "line 2: it has too many cells: 3 instead of 2"),
    (b"name,description\n,Leaves\n", "line 2: name is missing"),
    (b"name,description\nTea,\ntea,\n", "line 3: its name is that of line 2"),
    (b"title,description\nTea,\n", "line 1: the column 'title' is not one of name, description"),
    (b"", "line 1: the file is empty"),
    (b"\x89PNG\r\n\x1a\n\0\0\xff", "line 1: it has bytes that are not UTF-8"),
]


@pytest.mark.parametrize(("content", "words"), BAD)
def test_a_bad_file_is_told_by_row_and_reason(file: Path, content: bytes, words: str) -> None:
    file.write_bytes(content)
    with pytest.raises(BadFiles) as looking:
        require_good_file(file)
    told = str(looking.value)
    assert told.startswith(f"1 bad row:\n{file}, {words}")
    assert told.endswith("\nNothing was written; mend the files and run it again.")


def test_a_bad_file_is_not_loaded(target: EmulatedTarget, file: Path) -> None:
    write(file, "Tea,", ",Nameless")
    with pytest.raises(BadFiles, match="line 3: name is missing"):
        load_reference(target, file)
    assert table_rows(Store.of(target)) == {}


def test_a_bad_sample_is_told_so_too(
    target: EmulatedTarget, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By ``shop local up``, which loads it."""
    write(file, ",Nameless")
    monkeypatch.setattr("ops.seed.load.SAMPLE_CATEGORIES", file)
    with pytest.raises(OperationError, match="line 2: name is missing"):
        load_sample(target)


def test_a_file_that_can_be_loaded_is_good(file: Path, tmp_path: Path) -> None:
    require_good_file(file)
    require_good_file()  # the committed one
    with pytest.raises(OperationError, match="Could not read"):
        require_good_file(tmp_path / "none.csv")


def test_a_dry_run_writes_nothing(target: EmulatedTarget, file: Path) -> None:
    assert load_reference(target, file, dry_run=True).counts.created == 2
    assert table_rows(Store.of(target)) == {}


def test_of_two_at_once_one_is_told_so(
    target: EmulatedTarget, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The file of the one is not the other's: which of them holds must not be a matter of luck."""

    def in_between(store: Store) -> Note | None:
        seen = find_note(store)
        monkeypatch.setattr(reference, "find_note", find_note)
        load_reference(target, file)
        return seen

    monkeypatch.setattr(reference, "find_note", in_between)
    with pytest.raises(OperationError, match="Somebody else"):
        load_reference(target, file)
    load_reference(target, file)


def test_as_it_is_typed(
    target: EmulatedTarget, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(command, "find_target", lambda *_: target)
    monkeypatch.setattr(reference.load_reference, "__defaults__", (file,))
    assert "categories" in shop_seed("--reference")
    write(file, "Tea,Leaves")
    assert "Cups is no longer in the file" in shop_seed("--reference")
    write(file, "tea,Leaves", "Cups,To drink from")
    assert "Tea is tea in the file: the same name" in shop_seed("--reference")
    assert tuple(NOTE_KEY.values()) in table_rows(Store.of(target))
    result = CliRunner().invoke(cli.app, ["seed", "--reference", "--generate", "2"])
    assert result.exit_code == 2


def shop_seed(*arguments: str) -> str:
    result = CliRunner().invoke(cli.app, ["seed", *arguments])
    assert result.exit_code == 0, result.output
    return result.output
