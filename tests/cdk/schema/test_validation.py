"""What is no single step stops the CDK itself, with the sentences of the plan."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from cdk.schema.plan import BASELINE
from cdk.schema.shapes import as_json, tables
from cdk.schema.validation import guard_tables
from cdk.stack import ShopStack
from ops.local.deployment import CDK, NODE_FOLDER
from ops.paths import ROOT
from tests.cdk.conftest import application, chosen
from tests.cdk.schema.templates import doctored

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.slow

# The application with another baseline than the committed one.
APPLICATION = """
import sys
from pathlib import Path
from cdk.schema import plan
plan.BASELINE = Path(sys.argv[1])
import app
app.main()
"""


@pytest.fixture
def baseline(template: dict[str, Any], tmp_path: Path) -> Path:
    """As the code has it."""
    path = tmp_path / "tables.json"
    path.write_text(as_json(tables(template)))
    return path


def doctor(baseline: Path, path: str, value: object) -> None:
    baseline.write_text(json.dumps(doctored(json.loads(baseline.read_text()), path, value)))


def violations(baseline: Path, tmp_path: Path) -> dict[str, dict[str, Any]]:
    """By rule; none when synth goes through."""
    out = tmp_path / "cdk.out"
    app = application(outdir=str(out))
    ShopStack(app, settings=chosen())
    guard_tables(app, baseline)
    try:
        app.synth()
    except RuntimeError as error:
        assert "ValidationFailed" in str(error)  # noqa: PT017  (there may be none)
        report = json.loads((out / "validation-report.json").read_text())
        (plugin,) = (each for each in report["pluginReports"] if each["violations"])
        return {each["ruleName"]: each for each in plugin["violations"]}
    return {}


def test_the_same_tables_are_synthesized(baseline: Path, tmp_path: Path) -> None:
    assert violations(baseline, tmp_path) == {}


def test_one_new_index_is_synthesized(baseline: Path, tmp_path: Path) -> None:
    doctor(baseline, "ProductsTable/indexes/category-price", None)
    assert violations(baseline, tmp_path) == {}


def test_two_new_indexes_of_a_table_are_not(baseline: Path, tmp_path: Path) -> None:
    doctor(baseline, "ProductsTable/indexes/category-price", None)
    doctor(baseline, "ProductsTable/indexes/listing-price", None)
    (found,) = violations(baseline, tmp_path).items()
    assert found[0] == "one-index-at-a-time"
    assert "ProductsTable: several indexes change" in found[1]["description"]
    assert (
        "1. Make the index category-price of ProductsTable. npx cdk deploy -c "
        in found[1]["suggestedFix"]
    )
    assert "shop:holdBack=ProductsTable/listing-price" in found[1]["suggestedFix"]


def test_what_is_refused_is_told_with_the_way_out(baseline: Path, tmp_path: Path) -> None:
    doctor(baseline, "UsersTable/keys", ["id S"])
    doctor(baseline, "UsersTable/timeToLive/attribute", "endsAt")
    found = violations(baseline, tmp_path)
    assert found.keys() == {"keys", "time-to-live"}
    assert "UsersTable: its keys change from id S to pk S, sk S" in found["keys"]["description"]
    assert found["keys"]["suggestedFix"].startswith("1. Put the keys back: id S. 2. ")


def test_a_baseline_that_is_none_lets_nothing_through(tmp_path: Path) -> None:
    (found,) = violations(tmp_path / "nowhere.json", tmp_path).items()
    assert found[0] == "baseline"


def run(command: list[str], **variables: str) -> subprocess.CompletedProcess[str]:
    path = f"{NODE_FOLDER}{os.pathsep}{os.environ['PATH']}"
    environment = {**os.environ, "PATH": path, "PYTHONPATH": str(ROOT), **variables}
    return subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )


@pytest.fixture
def refused(baseline: Path, tmp_path: Path) -> list[str]:
    """A command that starts the application with a baseline whose keys are others."""
    doctor(baseline, "OrdersTable/keys", ["id S"])
    script = tmp_path / "application.py"
    script.write_text(APPLICATION)
    return [sys.executable, str(script), str(baseline)]


def test_cdk_synth_stops(refused: list[str], tmp_path: Path) -> None:
    cdk = [str(NODE_FOLDER / "node"), str(CDK), "synth", "--quiet", "--no-color"]
    out = ["--output", str(tmp_path / "out")]
    ran = run(
        [*cdk, "--app", " ".join(refused), *out],
        AWS_EC2_METADATA_DISABLED="true",
        CDK_DISABLE_CLI_TELEMETRY="true",
    )
    assert ran.returncode == 1
    said = ran.stdout + ran.stderr
    assert "OrdersTable: its keys change from id S to pk S, sk S" in said
    assert "1. Put the keys back: id S." in said
    assert "Traceback" not in said


@pytest.mark.parametrize(("stage", "code"), [("dev", 1), ("local", 0)])
def test_the_application_stops_but_for_the_local_stage(
    refused: list[str], stage: str, code: int, tmp_path: Path
) -> None:
    context = json.loads((ROOT / "cdk.json").read_text())["context"] | {"shop:stage": stage}
    ran = run(refused, CDK_CONTEXT_JSON=json.dumps(context), CDK_OUTDIR=str(tmp_path / "o"))
    assert ran.returncode == code, ran.stderr
    assert ("Nothing of this can be deployed" in ran.stderr) == bool(code)
    assert "Traceback" not in ran.stderr
    assert (tmp_path / "o" / "ShopStack.template.json").exists()  # shop migrate plan reads it


def test_the_committed_baseline_is_the_one_that_is_used() -> None:
    assert BASELINE == ROOT / "cdk" / "tables.json"
