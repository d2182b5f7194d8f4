"""Whatever happens on the way: the same command again brings it about, and others' work stays."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import typer
from botocore.exceptions import ClientError

from ops.errors import OperationError
from ops.recover.buckets import objects
from ops.recover.buckets import restore as restoring
from ops.recover.buckets.command import restore
from ops.recover.buckets.objects import Outcome, Place
from ops.recover.buckets.plan import Decision, Kind, Moment
from ops.recover.buckets.restore import BucketRestore
from ops.recover.moments import parse_moment
from tests.ops.recover.buckets.conftest import BUCKET, REPLICA, error
from tests.ops.recover.buckets.test_restore import YES, broken_shop, report

if TYPE_CHECKING:
    from pathlib import Path

    from tests.ops.recover.buckets.conftest import FakeTarget, Store

pytestmark = pytest.mark.slow


class Crash(Exception):
    pass


class CrashAt:
    """Ends the command before, or after, its n-th call; counts them all."""

    def __init__(self, number: int | None = None) -> None:
        self.number = number
        self.calls = 0

    def __call__(self, **_: Any) -> None:
        self.calls += 1
        if self.calls == self.number:
            raise Crash


@pytest.fixture(autouse=True)
def _one_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(restoring, "WORKERS", 1)


@pytest.mark.exhaustive
@pytest.mark.parametrize("when", ["before-call.s3", "after-call.s3"])
def test_a_crash_at_any_call_is_made_up_for_by_the_same_command(
    store: Store, target: FakeTarget, tmp_path: Path, when: str
) -> None:
    number = 0
    while True:
        number += 1
        store.empty()
        store.empty(REPLICA)
        at, then = broken_shop(store)
        crash = CrashAt(number)
        target.broken = {when: crash}
        folder = tmp_path / str(number)
        try:
            restore("images", at=at, yes=YES, folder=folder)
        except Crash:
            target.broken = {}
            restore("images", at=at, yes=YES, folder=folder)
        assert store.shown() == then | {"uploads/fresh": "on its way"}
        assert report(folder)["steps"]["check"]["facts"]["restored_and_compared"] == 3
        if crash.calls < number:
            break
    assert number > 25, "every call was in the way once"


def test_what_others_write_meanwhile_is_left_and_told(
    store: Store, target: FakeTarget, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    at, then = broken_shop(store)

    def write(params: Any, **_: Any) -> None:
        if params["Key"] == "images/overwritten" and "VersionId" not in params:
            store.clock.catch_up()
            store.put("images/overwritten", "newer and good")

    # Just as it is looked at for the last time before it would be overwritten.
    target.broken = {"provide-client-params.s3.HeadObject": write}
    with pytest.raises(typer.Exit):
        restore("images", at=at, yes=YES, folder=tmp_path)
    assert store.shown()["images/overwritten"] == "newer and good"
    assert store.shown()["images/deleted"] == then["images/deleted"]
    told = capsys.readouterr().out
    assert "images/overwritten: changed meanwhile, left" in told
    assert report(tmp_path)["steps"]["check"]["facts"]["changed_by_others"] == [
        "images/overwritten"
    ]


def test_a_copy_that_is_not_what_it_should_be_is_found_out(
    store: Store, target: FakeTarget, tmp_path: Path
) -> None:
    at, _ = broken_shop(store)

    def spoil(params: Any, **_: Any) -> None:
        store.clock.catch_up()
        params["MetadataDirective"] = "REPLACE"

    target.broken = {"provide-client-params.s3.CopyObject": spoil}
    with pytest.raises(OperationError, match="not as they were"):
        restore("images", at=at, yes=YES, folder=tmp_path)


def made(store: Store, at: str) -> tuple[BucketRestore, dict[str, Decision]]:
    place = Place(store.s3, BUCKET)
    restore = BucketRestore(place, place, Moment(parse_moment(at)))
    return restore, {each.key: each for each in restore.decisions()}


def conditions(store: Store) -> list[dict[str, Any]]:
    """Of each write from here on: what it rests on."""
    seen: list[dict[str, Any]] = []

    def note(params: dict[str, Any], **_: Any) -> None:
        names = ("IfMatch", "IfNoneMatch", "CopySourceIfMatch")
        seen.append({name: params[name] for name in names if name in params})

    for call in ("CopyObject", "DeleteObject"):
        store.s3.meta.events.register(f"provide-client-params.s3.{call}", note)
    return seen


def test_every_write_rests_on_what_was_seen(store: Store) -> None:
    at, _ = broken_shop(store)
    restore, found = made(store, at)
    seen = conditions(store)
    for key in ("images/deleted", "images/overwritten", "images/added"):
        restore.objects.apply(found[key])
    wanted = {key: each.wanted.etag for key, each in found.items() if each.wanted}
    current = {key: each.current.etag for key, each in found.items() if each.current}
    assert seen == [
        {"IfNoneMatch": "*", "CopySourceIfMatch": wanted["images/deleted"]},
        {
            "IfMatch": current["images/overwritten"],
            "CopySourceIfMatch": wanted["images/overwritten"],
        },
        {"IfMatch": current["images/added"]},
    ]


@pytest.mark.parametrize("key", ["images/deleted", "images/overwritten", "images/added"])
def test_what_changed_since_it_was_listed_is_left(store: Store, key: str) -> None:
    at, _ = broken_shop(store)
    restore, found = made(store, at)
    store.put(key, "newer")
    assert restore.objects.apply(found[key]).outcome is Outcome.CHANGED
    assert store.shown()[key] == "newer"


@pytest.mark.parametrize("key", ["images/overwritten", "images/added"])
def test_what_was_deleted_since_it_was_listed_is_left(store: Store, key: str) -> None:
    at, _ = broken_shop(store)
    restore, found = made(store, at)
    store.delete(key)
    assert restore.objects.apply(found[key]).outcome is Outcome.CHANGED
    assert key not in store.shown()


def failing(store: Store, call: str, failure: ClientError, *, done: bool) -> None:
    """S3 says ``failure`` once to the next such call, which was done or not."""
    told: list[bool] = []

    def refuse(**_: Any) -> None:
        if not told:
            told.append(True)
            raise failure

    when = "after-call" if done else "before-call"
    store.s3.meta.events.register(f"{when}.s3.{call}", refuse)


@pytest.mark.parametrize("code", ["PreconditionFailed", "ConditionalRequestConflict"])
@pytest.mark.parametrize(
    ("key", "call", "done", "outcome"),
    [
        ("images/overwritten", "CopyObject", False, Outcome.CHANGED),
        ("images/overwritten", "CopyObject", True, Outcome.COPIED),
        ("images/added", "DeleteObject", False, Outcome.CHANGED),
        ("images/added", "DeleteObject", True, Outcome.HIDDEN),
    ],
)
def test_a_condition_that_failed_is_someone_elses_work_or_our_own(
    store: Store, key: str, call: str, outcome: Outcome, code: str, *, done: bool
) -> None:
    at, _ = broken_shop(store)
    restore, found = made(store, at)
    failing(store, call, error(code, 412), done=done)
    assert restore.objects.apply(found[key]).outcome is outcome


def test_where_a_copy_cannot_be_conditional_it_is_made_after_the_last_look(store: Store) -> None:
    at, _ = broken_shop(store)
    restore, found = made(store, at)
    failing(store, "CopyObject", error("NotImplemented", 501), done=False)
    seen = conditions(store)
    assert restore.objects.apply(found["images/overwritten"]).outcome is Outcome.COPIED
    assert [len(each) for each in seen] == [2, 1], "again without a condition on the target"
    assert store.shown()["images/overwritten"] == "good"


def test_a_version_that_went_just_now_is_lost(store: Store) -> None:
    at, _ = broken_shop(store)
    restore, found = made(store, at)
    wanted = found["images/overwritten"].wanted
    assert wanted
    store.s3.delete_object(Bucket=BUCKET, Key="images/overwritten", VersionId=wanted.version_id)
    assert restore.objects.apply(found["images/overwritten"]).outcome is Outcome.LOST
    assert store.shown()["images/overwritten"] == "evil"


def test_what_is_archived_or_too_large_is_told(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    at, _ = broken_shop(store)
    restore, found = made(store, at)
    failing(store, "CopyObject", error("InvalidObjectState", 403), done=False)
    archived = restore.objects.apply(found["images/overwritten"])
    assert (archived.outcome, "archived" in archived.reason) == (Outcome.REFUSED, True)
    monkeypatch.setattr(objects, "MOST_BYTES", 3)
    assert restore.objects.apply(found["images/overwritten"]).outcome is Outcome.REFUSED


def test_what_is_not_about_one_object_ends_it(store: Store) -> None:
    at, _ = broken_shop(store)
    restore, found = made(store, at)
    failing(store, "CopyObject", error("AccessDenied", 403), done=False)
    with pytest.raises(ClientError):
        restore.objects.apply(found["images/overwritten"])


def test_a_copy_with_another_etag_is_known_by_its_bytes(store: Store) -> None:
    """As of what was uploaded in parts: its ETag is not that of its bytes."""
    store.put("k", "same")
    restore, found = made(store, store.clock.now)
    present = found["k"].wanted
    assert present
    parts = present._replace(version_id=present.version_id, etag='"0-2"')
    decision = Decision(Kind.COPY, "k", parts, present)
    assert restore.objects.settled(decision).kind is Kind.SAME
    longer = decision._replace(wanted=parts._replace(size=9))
    assert restore.objects.settled(longer).kind is Kind.COPY


def test_our_own_copy_of_what_came_in_parts_is_known_when_its_answer_was_lost(
    store: Store,
) -> None:
    """The copy of an upload in parts is one whole, and has another ETag."""
    key = "images/parts"
    begun = store.s3.create_multipart_upload(Bucket=BUCKET, Key=key, ContentType="image/webp")
    upload: Any = {"Bucket": BUCKET, "Key": key, "UploadId": begun["UploadId"]}
    etag = store.s3.upload_part(**upload, PartNumber=1, Body=b"good")["ETag"]
    store.s3.complete_multipart_upload(
        **upload, MultipartUpload={"Parts": [{"ETag": etag, "PartNumber": 1}]}
    )
    at = store.clock.now
    store.put(key, "evil")
    restore, found = made(store, at)
    failing(store, "CopyObject", error("PreconditionFailed", 412), done=True)
    done = restore.objects.apply(found[key])
    wanted = found[key].wanted
    assert wanted
    assert store.s3.head_object(Bucket=BUCKET, Key=key)["ETag"] != wanted.etag
    assert (done.outcome, store.shown()[key]) == (Outcome.COPIED, "good")
