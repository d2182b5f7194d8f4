"""Settings of a table: read from the template and from the table, compared, put right."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

from ops.errors import OperationError
from ops.recover.tables import settings
from ops.recover.tables.settings import differences, present_settings, wanted_settings
from tests.ops.recover.tables.support import LIVE, table_resource

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.ops.recover.tables.support import Stack

WANTED = {
    "keys": ["pk S", "sk S"],
    "index listing-newest": {
        "keys": ["listing S", "newestKey S"],
        "carries": "KEYS_ONLY",
        "and": [],
    },
    "billing": "PAY_PER_REQUEST",
    "time to live": "expiresAt",
    "stream": "KEYS_ONLY",
    "recovery": 35,
    "protection": True,
    "encryption": None,
    "tags": {"stage": "test"},
}
NOTHING_SET = WANTED | {
    "time to live": None,
    "stream": None,
    "recovery": 0,
    "protection": False,
    "tags": {},
}


def test_the_template_is_understood() -> None:
    assert wanted_settings(table_resource()) == WANTED


def test_a_template_that_says_little_wants_little() -> None:
    bare: Any = table_resource()
    for name in ("BillingMode", "StreamSpecification", "TimeToLiveSpecification"):
        del bare["Properties"][name]
    del bare["Properties"]["GlobalSecondaryIndexes"]
    bare["Properties"]["Replicas"] = [{"Region": "eu-central-1"}]
    wanted = wanted_settings(bare)
    assert wanted == {
        name: value for name, value in NOTHING_SET.items() if not name.startswith("index")
    } | {"billing": "PROVISIONED"}


def test_a_key_of_ones_own_is_wanted_by_name() -> None:
    resource: Any = table_resource()
    resource["Properties"]["SSESpecification"] = {"SSEEnabled": True, "SSEType": "KMS"}
    assert wanted_settings(resource)["encryption"] == "AWS managed key"
    resource["Properties"]["Replicas"][0]["SSESpecification"] = {"KMSMasterKeyId": "arn:key"}
    assert wanted_settings(resource)["encryption"] == "arn:key"


def test_a_bare_table_gets_what_is_wanted_and_again_nothing(stack: Stack) -> None:
    assert present_settings(stack.client, LIVE) == NOTHING_SET
    changed = settings.apply(stack.client, LIVE, WANTED)
    assert changed == ["recovery", "time to live", "tags", "stream", "protection"]
    assert present_settings(stack.client, LIVE) == WANTED
    settings.require(stack.client, LIVE, WANTED)
    assert settings.apply(stack.client, LIVE, WANTED) == []


BROKEN: dict[str, Callable[[Any, str], object]] = {
    "recovery": lambda c, _: c.update_continuous_backups(
        TableName=LIVE, PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": False}
    ),
    "time to live": lambda c, _: c.update_time_to_live(
        TableName=LIVE, TimeToLiveSpecification={"Enabled": False, "AttributeName": "expiresAt"}
    ),
    "tags": lambda c, arn: c.untag_resource(ResourceArn=arn, TagKeys=["stage"]),
    "protection": lambda c, _: c.update_table(TableName=LIVE, DeletionProtectionEnabled=False),
}


@pytest.mark.parametrize("name", BROKEN)
def test_each_thing_that_is_broken_is_named_and_put_right(stack: Stack, name: str) -> None:
    settings.apply(stack.client, LIVE, WANTED)
    arn = stack.client.describe_table(TableName=LIVE)["Table"]["TableArn"]
    BROKEN[name](stack.client, arn)
    with pytest.raises(OperationError, match=f"template says: {name} should be"):
        settings.require(stack.client, LIVE, WANTED)
    assert settings.apply(stack.client, LIVE, WANTED) == [name]
    settings.require(stack.client, LIVE, WANTED)


@pytest.mark.parametrize(
    ("name", "other"),
    [(name, "other") for name in WANTED if name not in ("tags", "recovery")]
    + [("recovery", 7), ("recovery", 0), ("tags", {"stage": "prod"}), ("index more", {})],
)
def test_every_difference_is_told(name: str, other: object) -> None:
    (told,) = differences(WANTED, {**WANTED, name: other})
    assert told.startswith(name)


def test_what_does_not_count_is_not_told() -> None:
    assert differences(WANTED, {**WANTED, "tags": {"stage": "test", "mine": "x"}}) == []
    assert differences(WANTED, {**WANTED, "recovery": None}) == []
    assert differences({**WANTED, "recovery": 0}, {**WANTED, "recovery": None}) != []


def test_an_index_that_is_not_there_is_told() -> None:
    gone = {name: value for name, value in WANTED.items() if not name.startswith("index")}
    (told,) = differences(WANTED, gone)
    assert told.endswith("is None")


def refused(code: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": "as planned"}}, "AnUpdate")


@pytest.mark.parametrize(
    "code",
    ["ContinuousBackupsUnavailableException", "LimitExceededException", "ResourceInUseException"],
)
def test_a_table_that_is_busy_is_waited_for(stack: Stack, code: str) -> None:
    """Of one that was just restored, DynamoDB has to enable backups first: that takes minutes."""
    refusals = ["UpdateContinuousBackups"] * 3 + ["UpdateTable", "UpdateTimeToLive"]

    def refuse(when: str, name: str) -> None:
        if when == "before-call" and name in refusals:
            refusals.remove(name)
            raise refused(code)

    stack.on_call = refuse
    settings.apply(stack.client, LIVE, WANTED)
    assert refusals == []
    settings.require(stack.client, LIVE, WANTED)


@pytest.mark.parametrize("code", ["ValidationException", "AccessDeniedException"])
def test_what_is_refused_for_good_is_not_waited_for(stack: Stack, code: str) -> None:
    def refuse(when: str, name: str) -> None:
        if (when, name) == ("before-call", "UpdateTimeToLive"):
            raise refused(code)

    stack.on_call = refuse
    with pytest.raises(ClientError, match=code):
        settings.apply(stack.client, LIVE, WANTED)
