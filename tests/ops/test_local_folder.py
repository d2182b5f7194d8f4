"""What a local stack's folder keeps, and what it throws away."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

import pytest

from ops.local import emulator
from ops.local.folder import LocalFolder

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def folder(tmp_path: Path) -> LocalFolder:
    folder = LocalFolder(tmp_path / "local")
    folder.prepare()
    return folder


def save(folder: LocalFolder) -> None:
    (folder.state / "cloudformation.json").write_text("{}")
    (folder.objects / "object").write_text("kept")


def test_data_that_was_saved_stays_for_the_next_start(folder: LocalFolder) -> None:
    save(folder)
    (folder.scratch / "left").touch()
    folder.prepare()
    assert folder.saved
    assert (folder.objects / "object").exists()
    assert list(folder.scratch.iterdir()) == []


def test_a_fresh_start_throws_it_away(folder: LocalFolder) -> None:
    save(folder)
    folder.erase_data()
    folder.prepare()
    assert not folder.saved
    assert list(folder.objects.iterdir()) == []


@pytest.mark.parametrize("note", ["", "{", "[]", '{"pid": 1}', '{"unknown": true}'])
def test_a_note_that_was_cut_off_is_none(folder: LocalFolder, note: str) -> None:
    folder.process_note.write_text(note)
    assert emulator.find_running(folder) is None


def test_another_process_with_the_number_is_not_taken_for_the_emulator(folder: LocalFolder) -> None:
    folder.process_note.write_text(json.dumps({"pid": os.getpid(), "port": 4566}))
    assert emulator.find_running(folder) is None
