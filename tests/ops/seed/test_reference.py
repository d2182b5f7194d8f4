"""Reference data: loaded with every deployment, noted, and never taken away silently."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner

from ops import cli
from ops.errors import OperationError
from ops.seed import command, reference
from ops.seed.reference import NOTE_KEY, Note, find_note, load_reference
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
    assert tuple(NOTE_KEY.values()) in table_rows(Store.of(target))
    result = CliRunner().invoke(cli.app, ["seed", "--reference", "--generate", "2"])
    assert result.exit_code == 2


def shop_seed(*arguments: str) -> str:
    result = CliRunner().invoke(cli.app, ["seed", *arguments])
    assert result.exit_code == 0, result.output
    return result.output
