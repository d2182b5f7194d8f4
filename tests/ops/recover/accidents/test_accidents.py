"""Whatever happens on the way to AWS: a command ends well, or says what is the matter.

Then it has noted what it did, and the same command brings the rest about.
"""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest
import typer.main
from click.testing import CliRunner

from ops.cli import app
from ops.recover.buckets import command as bucket_command
from ops.recover.region import command as region_command
from ops.recover.tables import command as table_command
from ops.recover.tables import repair_command, scan
from ops.recover.trouble import TROUBLE
from ops.recover.verify import command as verify_command
from tests.emulated import emulated_aws
from tests.ops.recover.accidents import bucket_world, shop_worlds, table_worlds
from tests.ops.recover.accidents.wire import URL, Kind, Plan

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.ops.recover.accidents.worlds import World

pytestmark = pytest.mark.exhaustive
COMMAND: Any = typer.main.get_command(app)
WORLDS: dict[str, Any] = {
    "table restore": table_worlds.RestoreWorld,
    "table repair": table_worlds.RepairWorld,
    "table adopt": table_worlds.AdoptWorld,
    "bucket restore": bucket_world.BucketWorld,
    "region": shop_worlds.RegionWorld,
    "verify": shop_worlds.VerifyWorld,
}
ALIKE: dict[str, Any] = {
    "local table adopt": table_worlds.LocalAdoptWorld,
    "bucket restore from replica": bucket_world.ReplicaWorld,
    "region with images": shop_worlds.ImagesRegionWorld,
}
"""Other ways of the same commands."""
COMMANDS = (table_command, repair_command, bucket_command, region_command, verify_command)
DOWN = [Kind.UNREACHABLE, Kind.THROTTLED, Kind.BROKEN, Kind.BUSY]
PASSING = [kind for kind in Kind if kind is not Kind.DENIED]


@pytest.fixture
def world(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    monkeypatch.setattr("time.sleep", lambda _: None)
    monkeypatch.setattr(scan, "SEGMENTS", 1)  # moto's tables are not for several threads
    with emulated_aws():
        made: World = (WORLDS | ALIKE)[request.param](monkeypatch)
        for module in COMMANDS:
            monkeypatch.setattr(module, "find_target", lambda *_: made.target)
        yield made


class Ran(NamedTuple):
    code: int
    output: str


def run(world: World, folder: Path, plan: Plan | None = None) -> Ran:
    world.accidents.plan(plan)
    done = CliRunner().invoke(COMMAND, ["recover", *world.arguments(folder)])
    if not isinstance(done.exception, SystemExit | None):
        raise done.exception
    return Ran(done.exit_code, done.output)


class Well(NamedTuple):
    """What comes of a command when nothing happens, and how many calls it takes."""

    state: Any
    facts: dict[str, Any]
    all_facts: dict[str, Any]
    calls: int


def well(world: World, folder: Path) -> Well:
    before = world.state()
    ran = run(world, folder)
    assert ran.code == 0, ran.output
    reports = world.report(folder), world.report(folder, at_once=True)
    found = Well(world.state(), *reports, len(world.accidents.calls))
    assert (found.state != before) == world.accidents.wrote == world.changes
    world.restore()
    assert world.state() == before
    return found


@pytest.mark.parametrize("world", WORLDS | ALIKE, indirect=True)
def test_what_happens_once_to_each_call_goes_unnoticed(world: World, tmp_path: Path) -> None:
    wanted = well(world, tmp_path / "well")
    for kind in PASSING:
        folder = tmp_path / kind
        ran = run(world, folder, Plan(kind))
        assert ran.code == 0, (kind, ran.output)
        assert len(world.accidents.calls) >= wanted.calls
        assert world.state() == wanted.state, kind
        assert world.report(folder, at_once=True) == wanted.all_facts, kind
        world.restore()


@pytest.mark.parametrize("world", WORLDS, indirect=True)
def test_what_never_is_answered_is_told_and_the_same_command_goes_on(
    world: World, tmp_path: Path
) -> None:
    """The worst place to end at: it is done, and nobody knows."""
    wanted = well(world, tmp_path / "well")
    for number in range(wanted.calls):
        folder = tmp_path / str(number)
        ran = run(world, folder, Plan(Kind.UNHEARD, number, ever=True))
        if world.went_on(number, ran.code, ran.output):
            assert (world.state(), world.report(folder)) == (wanted.state, wanted.facts), number
            world.restore()
            continue
        assert_told(ran, world, folder)
        world.require_recorded(folder)
        ran = run(world, folder)
        assert ran.code == 0, ran.output
        assert (world.state(), world.report(folder)) == (wanted.state, wanted.facts), number
        world.restore()


@pytest.mark.parametrize("world", WORLDS, indirect=True)
@pytest.mark.parametrize("kinds", [[Kind.DENIED], DOWN], ids=["denied", "down"])
def test_what_does_not_end_is_told(world: World, tmp_path: Path, kinds: list[Kind]) -> None:
    """Whatever was done until then is noted. Kinds of the same meaning take turns."""
    wanted = well(world, tmp_path / "well")
    for number, kind in zip(range(wanted.calls), itertools.cycle(kinds), strict=False):
        folder = tmp_path / str(number)
        ran = run(world, folder, Plan(kind, number, ever=True))
        if world.went_on(number, ran.code, ran.output):
            assert (world.state(), world.report(folder)) == (wanted.state, wanted.facts), number
            world.restore()
            continue
        assert_told(ran, world, folder)
        call = world.accidents.calls[number]
        assert (URL if kind is Kind.UNREACHABLE else call.name) in ran.output
        if kind is Kind.DENIED and "Could not ask for the stack" not in ran.output:
            service = call.service_model.service_name
            assert f"AWS does not allow {call.name} (permission: {service}:" in ran.output
        world.require_recorded(folder)
        if world.accidents.wrote:
            world.restore()


def assert_told(ran: Ran, world: World, folder: Path) -> None:
    """In one sentence, with an exit code that means nothing else."""
    assert ran.code == TROUBLE, ran.output
    assert world.accidents.happened
    assert ran.output.count("✗") == 1
    assert "Traceback" not in ran.output
    has_begun = any(folder.glob("*.json"))
    assert ("the same command goes on here" in ran.output) == has_begun
