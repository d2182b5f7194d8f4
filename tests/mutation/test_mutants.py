"""The mutants fit the code as it is; their judge tells a failing test from a broken one."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from ops.paths import ROOT
from tests.mutation.mutant import DoesNotApplyError, Mutant
from tests.mutation.mutants import MUTANTS, NAMED, judges
from tests.mutation.witness import Witness

if TYPE_CHECKING:
    from pathlib import Path

pytest_plugins = ["pytester"]


def test_names_of_mutants_are_unique() -> None:
    names = {mutant.name for mutant in MUTANTS}
    assert len(names) == len(MUTANTS) > 50
    assert names > NAMED


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_a_mutant_changes_one_place_and_is_still_python(mutant: Mutant, tmp_path: Path) -> None:
    copy = tmp_path / mutant.file
    copy.parent.mkdir(parents=True)
    shutil.copy(ROOT / mutant.file, copy)
    mutant.apply(tmp_path)
    compile(copy.read_text(), str(copy), "exec")
    assert copy.read_text() != (ROOT / mutant.file).read_text()
    assert all((ROOT / each).exists() for each in judges(mutant))


@pytest.mark.parametrize(("old", "new"), [("b", "c"), ("a", "c"), ("one", "one")])
def test_a_mutant_that_does_not_fit_is_no_mutant(tmp_path: Path, old: str, new: str) -> None:
    (tmp_path / "module.py").write_text("a = a  # one\n")
    with pytest.raises(DoesNotApplyError):
        Mutant("it", "module.py", old, new).apply(tmp_path)


@pytest.mark.parametrize(
    ("body", "noticed"),
    [
        ("assert False", True),
        ("import pytest\n    with pytest.raises(KeyError): pass", True),
        ("{}['x']", False),
        ("import nowhere", False),
        ("pass", False),
    ],
)
def test_only_an_assertion_is_a_verdict(
    pytester: pytest.Pytester, body: str, *, noticed: bool
) -> None:
    witness = Witness()
    pytester.makepyfile(f"def test_it():\n    {body}\n")
    pytester.inline_run("-p", "no:cacheprovider", plugins=[witness])
    assert bool(witness.noticed) == noticed
    assert (witness.passed, bool(witness.fell)) == (body == "pass", not noticed and body != "pass")


def test_what_cannot_be_imported_is_no_verdict(pytester: pytest.Pytester) -> None:
    witness = Witness()
    pytester.makepyfile("import nowhere\n\ndef test_it():\n    assert False\n")
    pytester.inline_run("-p", "no:cacheprovider", plugins=[witness])
    assert witness.noticed is None
    assert witness.fell
