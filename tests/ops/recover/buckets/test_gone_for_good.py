"""Versions that were deleted for good leave no trace in their bucket. They are told."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import typer

from ops.recover.buckets.command import restore
from tests.ops.recover.buckets.conftest import BUCKET, REPLICA, error
from tests.ops.recover.buckets.test_restore import YES, report

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.ops.recover.buckets.conftest import FakeTarget, Store

pytestmark = pytest.mark.slow

BACK = "same command with --from-replica brings them back"


def delete_versions(store: Store, key: str, *, markers: bool = False) -> None:
    """For good; its delete markers stay, unless ``markers``."""
    listed = store.s3.list_object_versions(Bucket=BUCKET, Prefix=key)
    for each in [
        *listed.get("Versions", []),
        *(listed.get("DeleteMarkers", []) if markers else []),
    ]:
        store.s3.delete_object(Bucket=BUCKET, Key=key, VersionId=each["VersionId"])


def delete_newest_version(store: Store, key: str) -> None:
    listed = store.s3.list_object_versions(Bucket=BUCKET, Prefix=key)["Versions"]
    newest = max(listed, key=lambda each: each["LastModified"])
    store.s3.delete_object(Bucket=BUCKET, Key=key, VersionId=newest["VersionId"])


def squashed(told: str) -> str:
    return " ".join(told.split())


@pytest.fixture
def at(store: Store) -> str:
    """Of four objects all is well."""
    store.put("images/again", "again")
    store.put("images/older", "old")
    for key in ("images/deleted", "images/gone", "images/marked", "images/older"):
        store.put(key, f"good {key}")
    return store.clock.now


def break_for_good(store: Store) -> None:
    store.delete("images/deleted")
    store.delete("images/marked")
    delete_versions(store, "images/marked")
    delete_versions(store, "images/gone", markers=True)
    delete_newest_version(store, "images/older")
    delete_versions(store, "images/again")
    store.put("images/again", "evil, and no older version is left")
    store.put("images/added", "junk")


def test_what_the_replica_still_has_is_told_as_lost_and_left(
    store: Store,
    target: FakeTarget,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    at: str,
) -> None:
    then = store.shown()
    break_for_good(store)
    broken = store.shown()
    with pytest.raises(typer.Exit) as ended:
        restore("images", at=at, yes=YES, folder=tmp_path / "versions")
    assert ended.value.exit_code == 1
    kept = {key: broken[key] for key in ("images/again", "images/older")}
    assert store.shown() == {"images/deleted": then["images/deleted"], **kept}
    told = squashed(capsys.readouterr().out)
    for name in ("again", "gone", "marked", "older"):
        assert f"images/{name}: nothing is left of it here from then; the replica has it" in told
    assert (
        "4 of then are in the replica, and nothing is left of them here: the same command" in told
    )
    assert BACK in told
    assert report(tmp_path / "versions")["steps"]["restore"]["facts"]["done"] == {
        "brought back": 1,
        "hidden": 1,
        "lost here, not in the replica": 4,
    }
    restore("images", at=at, yes=YES, folder=tmp_path / "replica", from_replica=True)
    assert store.shown() == then
    restore("images", at=at, yes=YES, folder=tmp_path / "again", prefix="images/deleted")


def test_a_dry_run_tells_it(
    store: Store, target: FakeTarget, capsys: pytest.CaptureFixture[str], tmp_path: Path, at: str
) -> None:
    break_for_good(store)
    restore("images", at=at, folder=tmp_path, dry_run=True)
    told = squashed(capsys.readouterr().out)
    assert "lost here, not in the replica │ 4" in told
    assert "0 cannot be brought back; 4 can only with" in told
    assert "cannot be told" not in told


def test_a_deletion_before_which_nothing_is_left_is_a_loss_for_all_one_knows(
    store: Store, target: FakeTarget, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Also where the replica has nothing: it was turned on later, say."""
    store.replicates = False
    store.put("images/marked", "m")
    store.put("images/back", "b")
    at = store.clock.now
    for key in ("images/marked", "images/back"):
        store.delete(key)
        delete_versions(store, key)
    store.put("images/back", "newer")
    with pytest.raises(typer.Exit):
        restore("images", at=at, yes=YES, folder=tmp_path)
    assert store.shown() == {"images/back": "newer"}
    told = squashed(capsys.readouterr().out)
    for name in ("back", "marked"):
        assert f"images/{name}: only a deletion is left" in told
    assert BACK not in told


def test_what_came_and_went_after_the_moment_is_no_loss(
    store: Store, target: FakeTarget, tmp_path: Path
) -> None:
    store.put("images/kept", "k")
    store.put("images/long-gone", "l")
    store.delete("images/long-gone")
    at = store.clock.now
    store.put("images/passing", "p")
    store.delete("images/passing")
    store.put("images/gone-for-good", "g")
    delete_versions(store, "images/gone-for-good")
    delete_versions(store, "images/long-gone", markers=True)
    store.put("uploads/never-replicated", "u")
    restore("images", at=at, yes=YES, folder=tmp_path)
    assert store.shown() == {"images/kept": "k", "uploads/never-replicated": "u"}


def no_replica_known(target: FakeTarget) -> None:
    del target._outputs["ImagesReplicaBucketName"]


def replica_gone(target: FakeTarget) -> None:
    target._outputs["ImagesReplicaBucketName"] = "nowhere"


def replica_closed(target: FakeTarget) -> None:
    def refuse(params: Any, **_: Any) -> None:
        if params["Bucket"] == REPLICA:
            raise error("AccessDenied", 403)

    target.broken = {"provide-client-params.s3.ListObjectVersions": refuse}


@pytest.mark.parametrize(
    ("happen", "why"),
    [
        (no_replica_known, "The stack does not tell the replica of images"),
        (replica_gone, "the replica nowhere cannot be read"),
        (replica_closed, f"the replica {REPLICA} cannot be read: AWS does not allow"),
    ],
)
def test_without_the_replica_the_plan_says_so_and_it_goes_on(
    store: Store,
    target: FakeTarget,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    at: str,
    happen: Callable[[FakeTarget], None],
    why: str,
) -> None:
    then = store.shown()
    store.delete("images/deleted")
    happen(target)
    restore("images", at=at, yes=YES, folder=tmp_path)
    assert store.shown() == then
    told = squashed(capsys.readouterr().out.replace("│", " "))
    assert f"what was deleted for good cannot be told: {why}" in told
