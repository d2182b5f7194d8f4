"""Exports are found, known to be whole, and loaded once, whatever happens on the way."""

from __future__ import annotations

import gzip
import json
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from ops.errors import OperationError
from ops.recover.region.exports import FILES, SUMMARY, Export, chosen, complete_exports, data_files
from ops.recover.region.load import Loaded, Progress, load
from tests.ops.recover.region.conftest import NOON, row

if TYPE_CHECKING:
    from pathlib import Path

    from tests.ops.recover.region.conftest import Regions

pytestmark = pytest.mark.slow

HOUR = 3600.0


def loaded(regions: Regions, folder: Path, *, forget: bool = False) -> Loaded:
    (export,) = complete_exports(regions.place)
    progress = Progress(folder / "progress")
    done = load(regions.client, "new", (regions.place, export), progress, lambda _: None)
    if forget:
        progress.forget()
    return done


# --- finding them -----------------------------------------------------------------------------
def test_an_export_is_found_by_its_summary(regions: Regions) -> None:
    regions.put("old", row(1), row(2))
    folder = regions.export()
    assert complete_exports(regions.place) == [Export("ThingsTable", folder, NOON, 2)]
    assert complete_exports(regions.place, "OtherTable") == []


def test_what_is_not_finished_is_none(regions: Regions) -> None:
    folder = regions.export()
    regions.place.s3.delete_object(Bucket=regions.place.bucket, Key=folder + SUMMARY)
    assert complete_exports(regions.place) == []


@pytest.mark.parametrize("change", [{"exportType": "INCREMENTAL_EXPORT"}, {"outputFormat": "ION"}])
def test_what_cannot_be_read_is_refused(regions: Regions, change: dict[str, str]) -> None:
    folder = regions.export()
    answer = regions.place.s3.get_object(Bucket=regions.place.bucket, Key=folder + SUMMARY)
    summary = json.loads(answer["Body"].read()) | change
    regions.change(folder + SUMMARY, json.dumps(summary).encode())
    with pytest.raises(OperationError, match="not of a full export"):
        complete_exports(regions.place)


def export(table: str, hours: float) -> Export:
    return Export(table, f"{table}-{hours}", NOON + timedelta(hours=hours), 0)


def test_the_newest_moment_of_which_there_are_all_is_chosen() -> None:
    found = [export("a", 0), export("b", 0.1), export("a", 24), export("b", 24.1), export("a", 48)]
    assert chosen(found, ["a", "b"], HOUR) == [export("a", 24), export("b", 24.1)]
    assert chosen(found, ["a", "b"], 24 * HOUR) == [export("a", 48), export("b", 24.1)]


def test_without_one_of_each_table_there_is_nothing_to_choose() -> None:
    with pytest.raises(OperationError, match="no complete export of b, c"):
        chosen([export("a", 0)], ["a", "b", "c"], HOUR)
    with pytest.raises(OperationError, match="--within"):
        chosen([export("a", 0), export("b", 2)], ["a", "b"], HOUR)


# --- loading them -----------------------------------------------------------------------------
def test_every_row_is_loaded_as_it_was(regions: Regions, tmp_path: Path) -> None:
    rows = [row(number, text="ä\n", deep={"l": [1, {"x": None}]}) for number in range(10)]
    regions.put("old", *rows)
    regions.export()
    assert loaded(regions, tmp_path) == Loaded(10, 0, [])
    assert regions.rows("new") == regions.rows("old")


def test_an_empty_table_is_an_export_too(regions: Regions, tmp_path: Path) -> None:
    regions.export()
    assert loaded(regions, tmp_path) == Loaded(0, 0, [])


def test_what_is_there_is_left_and_told(regions: Regions, tmp_path: Path) -> None:
    regions.put("old", row(1), row(2), row(3), {"pk": "EMAIL#a@example.com", "sk": "EMAIL"})
    regions.export()
    newer = row(2, newer=True), {"pk": "EMAIL#a@example.com", "sk": "EMAIL", "newer": True}
    regions.put("new", row(1), *newer)
    done = loaded(regions, tmp_path)
    assert (done.written, done.there) == (1, 1)
    assert sorted(done.different) == ["EMAIL#… / EMAIL", "THING#2 / THING"]
    assert row(2, newer=True) in regions.rows("new")


@pytest.mark.parametrize("number", range(1, 12))
def test_after_a_crash_it_goes_on(regions: Regions, tmp_path: Path, number: int) -> None:
    regions.put("old", *map(row, range(6)))
    regions.export()
    calls = 0

    def crash(**_: Any) -> None:
        nonlocal calls
        calls += 1
        if calls == number:
            raise InterruptedError

    for client in (regions.client, regions.place.s3):
        client.meta.events.register("after-call", crash)
    try:
        done = loaded(regions, tmp_path)
    except InterruptedError:
        done = loaded(regions, tmp_path)
    assert (done.total, done.different) == (6, [])
    assert regions.rows("new") == regions.rows("old")


def test_files_that_are_done_are_not_read_again(regions: Regions, tmp_path: Path) -> None:
    regions.put("old", *map(row, range(6)))
    regions.export()
    loaded(regions, tmp_path)
    calls: list[str] = []
    for client in (regions.client, regions.place.s3):
        client.meta.events.register("before-call", lambda model, **_: calls.append(model.name))
    assert loaded(regions, tmp_path) == Loaded(0, 6, [])
    assert calls == ["ListObjectsV2", "GetObject", "GetObject"], "the list and the two manifests"


# --- what is not whole ------------------------------------------------------------------------
def test_a_file_that_is_not_what_the_manifest_says_is_refused_before_a_row_is_written(
    regions: Regions, tmp_path: Path
) -> None:
    regions.put("old", *map(row, range(6)))
    folder = regions.export()
    key = next(each for each in regions.keys(folder) if "/data/" in each)
    regions.change(key, gzip.compress(b'{"Item": {"pk": {"S": "x"}, "sk": {"S": "y"}}}\n'))
    with pytest.raises(OperationError, match="not what the export's manifest says"):
        loaded(regions, tmp_path)
    assert {"pk": "x", "sk": "y"} not in regions.rows("new")


def test_a_manifest_that_does_not_add_up_is_refused(regions: Regions) -> None:
    regions.put("old", *map(row, range(6)))
    folder = regions.export()
    answer = regions.place.s3.get_object(Bucket=regions.place.bucket, Key=folder + FILES)
    regions.change(folder + FILES, b"\n".join(answer["Body"].read().splitlines()[1:]))
    (found,) = complete_exports(regions.place)
    with pytest.raises(OperationError, match="does not add up to 6"):
        data_files(regions.place, found)


def test_a_file_with_fewer_rows_than_its_manifest_says_is_told(
    regions: Regions, tmp_path: Path
) -> None:
    regions.put("old", *map(row, range(6)))
    folder = regions.export()
    answer = regions.place.s3.get_object(Bucket=regions.place.bucket, Key=folder + FILES)
    lines = [json.loads(line) for line in answer["Body"].read().splitlines()]
    lines[0]["itemCount"] += 1
    lines[1]["itemCount"] -= 1
    regions.change(folder + FILES, "\n".join(map(json.dumps, lines)).encode())
    with pytest.raises(OperationError, match="its manifest says"):
        loaded(regions, tmp_path)
