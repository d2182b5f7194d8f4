"""The runbooks, command by command, in a rehearsal: they work, and print what is shown."""

from __future__ import annotations

import json
import re
import signal
import time
from typing import TYPE_CHECKING, Any

import pytest

from ops.paths import ROOT
from ops.recover.drill.snapshot import Reader
from ops.recover.rehearsal.harm import OBJECTS
from tests.e2e.conftest import outputs as stack_outputs
from tests.e2e.conftest import shop
from tests.e2e.documents import printed, require_as_shown, steps

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from ops.local.folder import LocalFolder
    from ops.local.stack import LocalStack
    from ops.recover.drill.snapshot import Snapshot

pytestmark = pytest.mark.e2e

RUNBOOKS = ROOT / "docs" / "runbooks"
BAD_WRITES = "bad-writes"
NAMES = [
    BAD_WRITES,
    "deleted-or-overwritten-objects",
    "deleted-table",
    "lost-region",
    "restore-rehearsal",
]
# Rows that are rightly other ones afterwards, by their kind.
GOOD_LATER = {
    # The prices were written later, one of them was sold, and there was a delivery of another.
    (BAD_WRITES, "Products"): [*["PRODUCT"] * 7, "STOCK"],
    (BAD_WRITES, "Users"): ["EMAIL", "SESSION", "SESSION", "USER"],  # who bought, who booked
    (BAD_WRITES, "Addresses"): ["ADDRESS", "BOOK"],
    (BAD_WRITES, "Orders"): ["ORDER"],
    ("deleted-table", "Users"): ["ATTEMPTS"],  # of nobody, who wants to sign in
}
SECTIONS = [
    "When to use it",
    "Who decides",
    "How long it takes, and what is lost",
    "How to know that it worked",
    "How to undo it",
    "What was only ever run on the emulator",
]
# What differs from one run to the next, or with what the shop has.
CHANGING = re.compile(
    r"\d{4}-?\d\d-?\d\dT[\d:.-]+Z?"  # times, in names also without dashes
    r"|\b(?=[A-Fa-f]*\d)[0-9A-Fa-f]{7,}\b"  # ids, checksums, ends of names
    r"|(?<=127\.0\.0\.1:)\d+"
    r"|[\d.]+(?= s \|)|(?<=\| wait \| )[\d.]+|(?<=Seconds: `)[\d.]+"
    r"|[\d,]+(?= (items,|of (users|addresses|products|orders)\b|rows (in|into)\b))"
)


@pytest.fixture(scope="module")
def rehearsal(stack: LocalStack, folder: LocalFolder) -> Iterator[None]:
    """In another terminal, until Ctrl-C; then all is as it was."""
    before = (stack_outputs(folder.root), things(stack))
    process = shop(folder.root, "recover", "rehearse")
    deadline = time.monotonic() + 60
    while "rehearsal" not in stack_outputs(folder.root):
        assert process.poll() is None, process.communicate()[0]
        assert time.monotonic() < deadline
        time.sleep(0.1)
    yield
    process.send_signal(signal.SIGINT)
    told, _ = process.communicate(timeout=60)
    assert process.returncode == 0, told
    assert "The double is gone" in told
    assert (stack_outputs(folder.root), things(stack)) == before


def things(stack: LocalStack) -> dict[str, Any]:
    """What there is beside rows and objects."""
    target = stack.target
    kinesis: Any = target.session.client("kinesis", endpoint_url=target.endpoint_url)
    mappings = target.lambda_client().list_event_source_mappings()["EventSourceMappings"]
    return {
        "tables": target.dynamodb().list_tables()["TableNames"],
        "streams": kinesis.list_streams()["StreamNames"],
        "mappings": sorted(each["FunctionArn"] for each in mappings),
        "versions": [
            [(each["Key"], each["VersionId"]) for each in listed.get("Versions", [])]
            for listed in (
                target.s3(region).list_object_versions(Bucket=target.output(f"{name}BucketName"))
                for name, region in (("Images", None), ("ImagesReplica", "eu-west-1"))
            )
        ],
    }


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.usefixtures("rehearsal")
def test_its_commands_work_and_print_what_it_shows(
    name: str, stack: LocalStack, folder: LocalFolder, tmp_path: Path
) -> None:
    document = RUNBOOKS / f"{name}.md"
    reader = Reader(stack.target)
    before = reader.snapshot()
    session = [step for step in steps(document) if not step.command.startswith("API=http")]
    assert len(session) >= 8
    variables = {
        "PATH": f"{ROOT / '.venv' / 'bin'}:/usr/bin:/bin",
        "HOME": str(tmp_path),
        "LANG": "C.UTF-8",
        "COLUMNS": "100",
        "SHOP_LOCAL": str(folder.root),
        "API": stack.api_url,
    }
    outputs = printed([step.command for step in session], variables, tmp_path)
    require_as_shown(document, session, outputs, CHANGING)
    after = reader.snapshot()
    require_brought_back(name, before, after)


def require_brought_back(name: str, before: Snapshot, after: Snapshot) -> None:
    """All rows but for good later ones, and all images but the rehearsal's, which go with it."""
    for table, rows in before.tables.items():
        now = after.tables[table]
        changed = [key for key in {*rows, *now} if now.get(key) != rows.get(key)]
        assert all(key in now for key in changed), table
        kinds = sorted(json.loads(key)["sk"]["S"].partition("#")[0] for key in changed)
        assert kinds == GOOD_LATER.get((name, table), []), table
    kept = [
        {key: digest for key, digest in each.objects.items() if not key.startswith(OBJECTS)}
        for each in (before, after)
    ]
    assert kept[0] == kept[1]


@pytest.mark.parametrize("name", NAMES)
def test_it_has_all_that_someone_on_call_asks(name: str) -> None:
    text = (RUNBOOKS / f"{name}.md").read_text()
    assert [each for each in SECTIONS if f"\n## {each}\n" not in text] == []
    assert f"({name}.md)" in (RUNBOOKS / "README.md").read_text()
