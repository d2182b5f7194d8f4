"""What a restore or another region would need of the stack: each piece that is not there is told.

The replicas are made by the function that makes them: what it sets is what is wanted.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from ops.recover.verify.settings import Check, State, check_settings
from tests.emulated import emulated_aws
from tests.ops.recover.verify.stack_template import (
    EXPORTS,
    FUNCTION,
    IMAGES,
    KEY,
    TABLE,
    TABLE_NAME,
    template,
)
from tests.ops.recover.verify.stack_world import StackWorld, served

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

pytestmark = pytest.mark.slow

REPLICA = f"{IMAGES}Replica"
SUSPENDED: Any = {"Status": "Suspended"}
OPEN: dict[str, Any] = {
    "Effect": "Allow",
    "Principal": "*",
    "Action": "s3:GetObject",
    "Resource": "*",
}


@pytest.fixture
def world() -> Iterator[StackWorld]:
    with emulated_aws():
        yield StackWorld(template())


def test_what_is_as_it_should_be_is_told_so(world: StackWorld) -> None:
    assert world.bad() == {}
    good = world.good()
    assert good[f"{TABLE} readers"] == "1 function reads it"
    assert good["OrdersUnpaidTicks readers"] == "1 function reads it"
    assert good[f"{IMAGES} policy"] == "as the template says"
    assert good[f"{IMAGES} replica"] == "in eu-west-1, and as it should be"
    assert good["TokensKey1 key"] == "enabled"
    assert f"{TABLE} newest export" in good


def in_replica(call: str, **more: Any) -> Callable[[StackWorld], object]:
    return lambda world: getattr(world.there, call)(Bucket=world.ids[REPLICA], **more)


def rename(world: StackWorld) -> None:
    world.functions.mappings[0]["FunctionArn"] += "Other"


def replace_stream(world: StackWorld) -> None:
    world.functions.mappings[0]["EventSourceArn"] = f"{world.stream()}0"


@pytest.mark.parametrize(
    ("name", "words", "spoil"),
    [
        (
            f"{IMAGES} replica",
            "versions: should be 'Enabled' and is 'Suspended'",
            in_replica("put_bucket_versioning", VersioningConfiguration=SUSPENDED),
        ),
        (f"{IMAGES} replica", "is gone", in_replica("delete_bucket")),
        (f"{IMAGES} replica", "public access:", in_replica("delete_public_access_block")),
        (f"{IMAGES} replica", "encryption:", in_replica("delete_bucket_encryption")),
        (f"{IMAGES} replica", "ownership:", in_replica("delete_bucket_ownership_controls")),
        (f"{IMAGES} replica", "lifecycle:", in_replica("delete_bucket_lifecycle")),
        (f"{IMAGES} replica", 'not say: Deny "s3:*"', in_replica("delete_bucket_policy")),
        (
            f"{IMAGES} policy",
            'it does not say: Deny "s3:*"; it does not say: Allow "s3:GetObject"',
            lambda world: world.s3.delete_bucket_policy(Bucket=world.ids[IMAGES]),
        ),
        (
            f"{IMAGES} policy",
            'it also says: Allow "s3:GetObject"',
            lambda world: world.allow(IMAGES, served(world.ids[IMAGES]), OPEN),
        ),
        (
            f"{IMAGES} policy",
            'it does not say: Allow "s3:GetObject"; it also says: Allow "s3:GetObject"',
            lambda world: world.allow(IMAGES, served("another-bucket")),
        ),
        (
            f"{TABLE} readers",
            f"{FUNCTION} does not read it: its mapping is Disabled",
            lambda world: world.functions.mappings[0].update(State="Disabled"),
        ),
        (f"{TABLE} readers", "it has no mapping to it", replace_stream),
        (f"{TABLE} readers", "it has no mapping to it", rename),
        (
            "OrdersUnpaidTicks readers",
            "does not read it",
            lambda world: world.functions.mappings.pop(),
        ),
        (
            "TokensKey1 key",
            "it is Disabled",
            lambda world: world.target.kms().disable_key(KeyId=world.ids[KEY]),
        ),
        (
            "TokensKey1 key",
            "it is PendingDeletion",
            lambda world: world.target.kms().schedule_key_deletion(KeyId=world.ids[KEY]),
        ),
        ("TokensKey1 key", "it is gone", lambda world: world.ids.update({KEY: "0" * 36})),
    ],
)
def test_what_is_not_as_it_should_be_is_told_and_nothing_else(
    world: StackWorld, name: str, words: str, spoil: Callable[[StackWorld], object]
) -> None:
    spoil(world)
    bad = world.bad()
    assert list(bad) == [name]
    assert words in bad[name]


def test_a_replica_says_what_puts_it_right(world: StackWorld) -> None:
    in_replica("delete_bucket_policy")(world)
    assert "shop:repair" in world.bad()[f"{IMAGES} replica"]


def test_a_replica_in_another_region_is_told(
    world: StackWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    there = {"BucketRegion": "eu-north-1"}
    monkeypatch.setattr(world.there, "head_bucket", lambda **_: there)
    assert set(world.bad()) == {f"{IMAGES} replica", f"{EXPORTS} replica"}


def test_a_replica_that_takes_plain_http_by_the_template_has_no_policy() -> None:
    """As on the local AWS."""
    with emulated_aws():
        local = template()
        for name in (IMAGES, EXPORTS):
            local["Resources"][f"{name}Replica"]["Properties"]["TlsOnly"] = "false"
        assert StackWorld(local).bad() == {}


def test_a_second_function_of_a_table_has_to_read_it_too() -> None:
    with emulated_aws():
        more = template()
        mapping = more["Resources"]["Stream"]
        properties = {**mapping["Properties"], "FunctionName": "another"}
        more["Resources"]["Stream2"] = {**mapping, "Properties": properties}
        world = StackWorld(more)
        assert world.bad() == {
            f"{TABLE} readers": "another does not read it: it has no mapping to it"
        }
        world.functions.add(world.stream(), "another:live")
        assert world.good()[f"{TABLE} readers"] == "2 functions read it"


def test_a_bucket_that_is_gone_keeps_nothing_else_from_being_told(world: StackWorld) -> None:
    for name in (IMAGES, EXPORTS):
        world.delete(name)
    bad = world.bad()
    assert set(bad) == {f"{IMAGES} settings", f"{EXPORTS} settings", f"{TABLE} newest export"}
    assert "deleted-or-overwritten-objects.md" in bad[f"{IMAGES} settings"]
    assert bad[f"{TABLE} newest export"] == "the bucket is gone"
    assert f"{IMAGES} replica" in world.good()


def test_a_table_that_is_gone_says_what_brings_it_back(world: StackWorld) -> None:
    world.client.update_table(TableName=TABLE_NAME, DeletionProtectionEnabled=False)
    world.client.delete_table(TableName=TABLE_NAME)
    bad = world.bad()
    assert list(bad) == [f"{TABLE} settings"]
    assert "`shop recover table adopt Orders`" in bad[f"{TABLE} settings"]
    assert "docs/runbooks/deleted-table.md" in bad[f"{TABLE} settings"]
    skipped = Check(TABLE, "readers", State.SKIPPED, "the table is gone")
    assert skipped in list(check_settings(world.target))
