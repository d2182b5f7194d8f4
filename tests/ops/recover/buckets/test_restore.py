"""A bucket is brought back to a moment, from its versions or from the replica."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
import typer
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ops.recover.buckets.command import restore
from ops.recover.buckets.objects import Place
from ops.recover.buckets.plan import Moment
from ops.recover.buckets.restore import BucketRestore
from ops.recover.moments import parse_moment
from tests.ops.recover.buckets.conftest import BUCKET, REPLICA, START

if TYPE_CHECKING:
    from pathlib import Path

    from tests.ops.recover.buckets.conftest import FakeTarget, Store

pytestmark = pytest.mark.slow

DESCRIBED = {
    "ContentType": "image/webp",
    "CacheControl": "public, max-age=31536000, immutable",
    "ContentDisposition": "inline",
    "Metadata": {"of": "mug"},
}
YES = "shop-test/images"


def report(folder: Path) -> dict[str, Any]:
    (path,) = folder.glob("report-*.json")
    found: dict[str, Any] = json.loads(path.read_text())
    return found


def broken_shop(store: Store) -> tuple[str, dict[str, str]]:
    """A bucket after a bad day: the moment before it, and what it showed then."""
    store.put("images/kept", "kept")
    store.put("images/deleted", "deleted", **DESCRIBED)
    store.put("images/overwritten", "good", **DESCRIBED)
    store.put("images/retyped", "same bytes", **DESCRIBED)
    store.put("images/back", "gone already")
    store.delete("images/back")
    at, then = store.clock.now, store.shown()
    store.delete("images/deleted")
    store.put("images/overwritten", "evil")
    store.put("images/retyped", "same bytes", ContentType="text/html")
    store.put("images/added", "junk")
    store.put("images/back", "undead")
    store.put("uploads/fresh", "on its way")
    return at, then


def test_all_is_as_it_was_and_nothing_is_deleted(
    store: Store, target: FakeTarget, tmp_path: Path
) -> None:
    at, then = broken_shop(store)
    versions = store.versions()
    restore("images", at=at, yes=YES, folder=tmp_path)
    assert store.shown() == then | {"uploads/fresh": "on its way"}
    assert versions < store.versions()
    for key in ("images/deleted", "images/overwritten", "images/retyped"):
        head: Any = store.s3.head_object(Bucket=BUCKET, Key=key)
        assert {name: head[name] for name in DESCRIBED} == DESCRIBED
    facts = {k: v for step in report(tmp_path)["steps"].values() for k, v in step["facts"].items()}
    assert facts["done"] == {"as it was": 1, "brought back": 3, "hidden": 2}
    assert facts["restored_and_compared"] == 3
    assert facts["restored_bytes"] == len("deletedgoodsame bytes")
    assert report(tmp_path)["rpo_seconds"] > 0
    assert not list(tmp_path.glob("bucket-*.json")), "the journal is gone"


def test_a_second_time_there_is_nothing_to_do(
    store: Store, target: FakeTarget, tmp_path: Path
) -> None:
    at, _ = broken_shop(store)
    restore("images", at=at, yes=YES, folder=tmp_path / "first")
    versions = store.versions()
    restore("images", at=at, yes=YES, folder=tmp_path / "second")
    assert store.versions() == versions
    facts = report(tmp_path / "second")["steps"]["restore"]["facts"]
    assert facts["done"] == {"as it was": 6}


def test_a_dry_run_changes_nothing_and_tells(
    store: Store, target: FakeTarget, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    at, _ = broken_shop(store)
    versions = store.versions()
    restore("images", at=at, folder=tmp_path, dry_run=True)
    assert store.versions() == versions
    assert list(tmp_path.iterdir()) == []
    told = capsys.readouterr().out
    assert all(key in told for key in ("images/deleted", "images/overwritten", "images/added"))
    assert "images/kept" not in told


def test_only_what_begins_with_the_prefix_is_touched(
    store: Store, target: FakeTarget, tmp_path: Path
) -> None:
    at, _ = broken_shop(store)
    shown = store.shown()
    restore("images", at=at, yes=YES, prefix="images/over", folder=tmp_path)
    assert store.shown() == shown | {"images/overwritten": "good"}


def test_what_the_lifecycle_may_have_removed_is_told_and_left(
    store: Store, target: FakeTarget, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    at = (START - timedelta(days=1)).isoformat()
    store.put("images/old", "replaced long ago, or new then")
    store.put("files/old", "not under that rule")
    rules: Any = {"Rules": [rule("images/", days=30), rule("uploads/", days=1)]}
    store.s3.put_bucket_lifecycle_configuration(Bucket=BUCKET, LifecycleConfiguration=rules)
    with pytest.raises(typer.Exit):
        restore("images", at=at, yes=YES, folder=tmp_path)
    assert list(store.shown()) == ["images/old"]
    assert "images/old: what was there may have expired" in capsys.readouterr().out


def rule(prefix: str, *, days: int) -> dict[str, Any]:
    kept = {"NoncurrentVersionExpiration": {"NoncurrentDays": days}}
    return {"ID": prefix, "Status": "Enabled", "Filter": {"Prefix": prefix}, **kept}


def test_uploads_return_only_when_asked_for(
    store: Store, target: FakeTarget, tmp_path: Path
) -> None:
    store.put("uploads/one", "one")
    at = store.clock.now
    store.delete("uploads/one")
    restore("images", at=at, yes=YES, folder=tmp_path)
    assert store.shown() == {}
    restore("images", at=at, yes=YES, prefix="uploads/", folder=tmp_path)
    assert store.shown() == {"uploads/one": "one"}


# --- the replica ------------------------------------------------------------------------------
@pytest.mark.parametrize("known", [True, False])
def test_a_bucket_that_was_made_anew_is_filled_from_the_replica(
    store: Store, target: FakeTarget, tmp_path: Path, *, known: bool
) -> None:
    at, then = broken_shop(store)
    store.empty()
    replica: Any = {}
    if not known:
        del target._outputs["ReplicaRegion"]
        replica = {"replica_bucket": REPLICA, "replica_region": "eu-west-1"}
    restore("images", at=at, yes=YES, folder=tmp_path, from_replica=True, **replica)
    assert store.shown() == then
    head: Any = store.s3.head_object(Bucket=BUCKET, Key="images/deleted")
    assert {name: head[name] for name in DESCRIBED} == DESCRIBED


def test_what_is_not_in_the_replica_is_left_and_told(
    store: Store, target: FakeTarget, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    store.put("images/a", "a")
    store.replicates = False
    store.put("images/unreplicated", "u")
    at = store.clock.now
    store.put("images/later", "l")
    store.delete("images/a")
    with pytest.raises(typer.Exit):
        restore("images", at=at, yes=YES, folder=tmp_path, from_replica=True)
    assert store.shown() == {"images/a": "a", "images/unreplicated": "u"}
    assert "images/unreplicated: it was there then, and is not in the replica" in (
        capsys.readouterr().out
    )


# --- any history ------------------------------------------------------------------------------
ACTS = st.tuples(st.sampled_from(["a", "b", "ä"]), st.sampled_from([None, "x", "y", "zz"]))


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(before=st.lists(ACTS, max_size=6), after=st.lists(ACTS, max_size=6), replica=st.booleans())
def test_any_history_is_taken_back(
    store: Store,
    *,
    before: list[tuple[str, str | None]],
    after: list[tuple[str, str | None]],
    replica: bool,
) -> None:
    for bucket in (BUCKET, REPLICA):
        store.empty(bucket)
    store.act(before)
    at, then = parse_moment(store.clock.now), store.shown()
    store.act(after)
    if replica:
        store.empty()
    source = Place(store.s3, REPLICA if replica else BUCKET)
    made = BucketRestore(source, Place(store.s3, BUCKET), Moment(at))
    made.restore(lambda _: None)
    assert store.shown() == then
    assert all(each.good for each in made.check(made.began))
    assert set(made.restore(lambda _: None)["done"]) <= {"as it was"}
