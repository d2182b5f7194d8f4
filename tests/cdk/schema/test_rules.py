"""What is refused, each with a step that is like it and is not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.cdk.schema.planned import refused, step
from tests.cdk.schema.templates import TABLE, doctored, function, reader, table, template

if TYPE_CHECKING:
    from pathlib import Path

REPLICA = "Properties/Replicas/0"
RECOVERY = f"{REPLICA}/PointInTimeRecoverySpecification"
ON, OFF = {"AttributeName": "a", "Enabled": True}, {"AttributeName": "a", "Enabled": False}


REPLACING = [
    ("keys", table("pk S"), "from pk S, sk S to pk S"),
    ("keys", table("pk S, at S"), "from pk S, sk S to pk S, at S"),
    ("keys", table("sk S, pk S"), "from pk S, sk S to sk S, pk S"),
    ("keys", table("pk S, sk N"), "from pk S, sk S to pk S, sk N"),
    ("keys", table("pk B, sk S"), "from pk S, sk S to pk B, sk S"),
    ("name", table(name="things"), "from one of CloudFormation's own to things"),
    ("local-index", table(local_indexes={"local": "pk S, at S"}), "its local index local is new"),
]


@pytest.mark.parametrize(("rule", "wanted", "words"), REPLACING)
def test_what_would_replace_a_table_is_refused(
    rule: str, wanted: dict[str, Any], words: str, tmp_path: Path
) -> None:
    refusal = refused(template(table()), template(wanted), tmp_path)
    assert refusal.rule == rule
    assert words in refusal.reason
    assert "a new, empty table" in refusal.reason
    assert refusal.possible
    assert refusal.way_out[-1].endswith(f"--accept --on-purpose {TABLE}")


def test_a_local_index_may_neither_go_nor_change(tmp_path: Path) -> None:
    before = template(table(local_indexes={"local": "pk S, at S"}))
    gone = refused(before, template(table()), tmp_path)
    assert "its local index local goes" in gone.reason
    changed = refused(before, template(table(local_indexes={"local": "pk S, by S"})), tmp_path)
    assert "its local index local changes" in changed.reason
    assert {gone.rule, changed.rule} == {"local-index"}


def test_a_name_may_neither_change_nor_go(tmp_path: Path) -> None:
    before = template(table(name="things"))
    assert "from things to others" in str(refused(before, template(table(name="others")), tmp_path))
    assert "from things to one of" in str(refused(before, template(table()), tmp_path))
    joined = {"Fn::Join": ["-", [{"Ref": "AWS::StackName"}, "things"]]}
    named = refused(before, template(table(name=joined)), tmp_path)
    assert "to ${AWS::StackName}-things" in named.reason


def test_a_table_that_goes_is_refused(tmp_path: Path) -> None:
    refusal = refused(template(table()), template(Other=table("other S")), tmp_path)
    assert refusal.rule == "table-gone"
    assert "Its data would stay" in refusal.reason
    assert "would be new and empty" not in refusal.reason
    assert refusal.possible


def test_a_changed_logical_id_is_seen_to_be_one(tmp_path: Path) -> None:
    refusal = refused(template(table()), template(Renamed=table()), tmp_path)
    assert "Renamed, which looks like it, would be new and empty" in refusal.reason


def test_a_table_that_becomes_another_kind_of_resource_has_gone(tmp_path: Path) -> None:
    other = template(**{TABLE: {"Type": "AWS::S3::Bucket", "Properties": {}}})
    assert refused(template(table()), other, tmp_path).rule == "table-gone"


def test_new_tables_may_come_with_any_indexes(tmp_path: Path) -> None:
    new = table(indexes={"a": "a S", "b": "b S", "c": "c S"}, ttl=ON, stream="KEYS_ONLY")
    made = step(template(table()), template(table(), New=new), tmp_path)
    assert made.is_one_step
    assert made.notes == []
    ((deployment,),) = [made.deployments]
    assert deployment.changes == ()


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ("kind S", "(kind S, at S; KEYS_ONLY) to (kind S; KEYS_ONLY)"),
        ("kind S, at S; ALL", "to (kind S, at S; ALL)"),
        ("kind S, at S; INCLUDE b a", "to (kind S, at S; INCLUDE a, b)"),
    ],
)
def test_an_index_that_changes_is_refused(changed: str, words: str, tmp_path: Path) -> None:
    before = template(table(indexes={"by-kind": "kind S, at S"}))
    refusal = refused(before, template(table(indexes={"by-kind": changed})), tmp_path)
    assert refusal.rule == "index-changed"
    assert words in refusal.reason
    assert not refusal.possible
    assert "under another name" in refusal.way_out[0]


BY_KIND = {"by-kind": "kind S, at S"}


@pytest.mark.parametrize(
    "wanted",
    [
        {"by-kind": "kind S, at N"},
        {"by-kind": "kind S, at N; ALL"},
        {"by-kind": "at N, kind S"},
        {"by-at": "at N, kind S"},
        {"by-kind": "kind S", "by-at": "at N"},
    ],
)
def test_a_key_of_an_index_gets_no_other_type(wanted: dict[str, str], tmp_path: Path) -> None:
    refusal = refused(template(table(indexes=BY_KIND)), template(table(indexes=wanted)), tmp_path)
    assert refusal.rule == "attribute-type"
    assert "the type of at, a key of its index by-kind, changes from S to N" in refusal.reason
    assert refusal.way_out[0] == "Put by-kind back, with at of type S."
    assert not refusal.possible


def test_the_indexes_of_a_retyped_attribute_go_one_by_one(tmp_path: Path) -> None:
    before = {"by-at": "at S", "by-kind": "kind S, at S"}
    after = {"by-at": "at N", "by-kind": "kind S, at N"}
    refusal = refused(template(table(indexes=before)), template(table(indexes=after)), tmp_path)
    assert "a key of its index by-at and by-kind" in refusal.reason
    assert refusal.way_out[-1] == "Take by-at out; deploy. Take by-kind out; deploy."


def test_another_type_of_the_table_s_key_is_refused_as_that(tmp_path: Path) -> None:
    before, after = (table(f"pk {kind}", {"by-pk": f"pk {kind}"}) for kind in "SN")
    made = step(template(before), template(after), tmp_path)
    assert [each.rule for each in made.refusals] == ["keys"]


def test_the_order_of_what_an_index_carries_says_nothing(tmp_path: Path) -> None:
    before, after = (
        template(table(indexes={"by-kind": f"kind S; INCLUDE {names}"})) for names in ("a b", "b a")
    )
    assert not step(before, after, tmp_path).deployments


@pytest.mark.parametrize("new", [{**ON, "AttributeName": "b"}, {**OFF, "AttributeName": "b"}])
def test_another_attribute_for_time_to_live_is_refused(new: dict[str, Any], tmp_path: Path) -> None:
    refusal = refused(template(table(ttl=ON)), template(table(ttl=new)), tmp_path)
    assert refusal.rule == "time-to-live"
    assert "from a to b" in refusal.reason
    assert "an hour" in " ".join(refusal.way_out)
    assert not refusal.possible


@pytest.mark.parametrize(
    ("old", "new"),
    [(ON, OFF), (ON, None), (OFF, ON), (None, ON), (OFF, {**ON, "AttributeName": "b"})],
)
def test_time_to_live_may_be_turned_off_and_on(
    old: dict[str, Any] | None, new: dict[str, Any] | None, tmp_path: Path
) -> None:
    made = step(template(table(ttl=old)), template(table(ttl=new)), tmp_path)
    assert made.is_one_step
    assert len(made.deployments) == 1
    comes_on = new is not None and new["Enabled"]
    assert [("are deleted within days" in each) for each in made.notes] == [True] * comes_on


READ = {**function("reading"), **reader("reading", TABLE)}


def test_another_view_of_a_stream_is_refused(tmp_path: Path) -> None:
    before, after = table(stream="KEYS_ONLY"), table(stream="NEW_IMAGE")
    refusal = refused(template(before, **READ), template(after, **READ), tmp_path)
    assert refusal.rule == "stream"
    assert "from KEYS_ONLY to NEW_IMAGE" in refusal.reason
    assert refusal.way_out[0].startswith("Take away what reads it (reading)")
    assert not refusal.possible
    unread = refused(template(before), template(after), tmp_path)
    assert unread.way_out[0].startswith("Take the stream out")


def test_a_stream_that_was_read_may_not_go_with_its_reader(tmp_path: Path) -> None:
    before = template(table(stream="KEYS_ONLY"), **READ)
    refusal = refused(before, template(table()), tmp_path)
    assert refusal.rule == "stream"
    assert "its stream goes while reading reads it" in refusal.reason


def test_a_stream_that_nothing_reads_may_come_and_go(tmp_path: Path) -> None:
    streaming = template(table(stream="KEYS_ONLY"))
    assert step(streaming, template(table()), tmp_path).is_one_step
    assert step(template(table()), streaming, tmp_path).is_one_step
    with_reader = template(table(stream="KEYS_ONLY"), **READ)
    assert step(with_reader, streaming, tmp_path).is_one_step
    assert step(template(table()), with_reader, tmp_path).is_one_step


@pytest.mark.parametrize(
    ("path", "value", "words"),
    [
        ("DeletionPolicy", "Delete", "DeletionPolicy Retain"),
        ("DeletionPolicy", None, "DeletionPolicy Retain"),
        ("DeletionPolicy", "Snapshot", "DeletionPolicy Retain"),
        ("UpdateReplacePolicy", "Delete", "UpdateReplacePolicy Retain"),
        (f"{REPLICA}/DeletionProtectionEnabled", False, "deletion protection"),
        (f"{REPLICA}/DeletionProtectionEnabled", None, "deletion protection"),
        (RECOVERY, None, "(from 35 days to nothing)"),
        (f"{RECOVERY}/PointInTimeRecoveryEnabled", False, "(from 35 days to nothing)"),
        (f"{RECOVERY}/RecoveryPeriodInDays", 7, "(from 35 days to 7 days)"),
    ],
)
def test_no_table_loses_what_protects_it(
    path: str, value: object, words: str, tmp_path: Path
) -> None:
    whole, less = template(table()), template(doctored(table(), path, value))
    refusal = refused(whole, less, tmp_path)
    assert refusal.rule == "safeguards"
    assert words in refusal.reason
    assert refusal.possible
    back = step(less, whole, tmp_path)
    assert back.is_one_step
    assert back.deployments


def test_what_means_the_same_is_no_change(tmp_path: Path) -> None:
    same = doctored(table(), f"{RECOVERY}/RecoveryPeriodInDays", None)  # 35, then
    same = doctored(same, "DeletionPolicy", "RetainExceptOnCreate")
    same["Properties"]["AttributeDefinitions"].reverse()
    same["Properties"]["KeySchema"].reverse()
    assert not step(template(table()), template(same), tmp_path).deployments
