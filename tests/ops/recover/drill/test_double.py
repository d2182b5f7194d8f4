"""The point-in-time double by itself: what it answers, and what it refuses, as AWS would."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, cast

import boto3
import pytest

from ops.recover.drill.history import Life, Write, key_text
from ops.recover.drill.recovery_double import RecoveryDouble, Refused
from ops.recover.drill.write_log import WriteLog
from ops.target import Target
from tests.emulated import emulated_aws

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.slow

BEGAN = datetime(2026, 11, 22, 12, tzinfo=UTC)
INDEX: Any = {
    "IndexName": "by-sort",
    "KeySchema": [{"AttributeName": "sk", "KeyType": "HASH"}],
    "Projection": {"ProjectionType": "KEYS_ONLY"},
}
SHAPE: Any = {
    "KeySchema": [
        {"AttributeName": "pk", "KeyType": "HASH"},
        {"AttributeName": "sk", "KeyType": "RANGE"},
    ],
    "AttributeDefinitions": [
        {"AttributeName": "pk", "AttributeType": "S"},
        {"AttributeName": "sk", "AttributeType": "S"},
    ],
    "GlobalSecondaryIndexes": [INDEX],
}


def row(name: str, value: str) -> dict[str, Any]:
    return {"pk": {"S": name}, "sk": {"S": "1"}, "b": {"B": "AAE="}, "n": {"N": value}}


def write(second: int, name: str, value: str | None) -> Write:
    key = key_text({"pk": {"S": name}, "sk": {"S": "1"}})
    return Write(at(second), "shop-Things", key, None if value is None else row(name, value))


def at(second: int) -> datetime:
    return BEGAN + timedelta(seconds=second)


def no_forward() -> Any:
    raise AssertionError("the emulator was asked")


@pytest.fixture
def target() -> Iterator[Target]:
    with emulated_aws():
        made = Target("shop", boto3.Session(region_name="eu-central-1"))
        made.dynamodb().create_table(
            TableName="shop-Things", BillingMode="PAY_PER_REQUEST", **SHAPE
        )
        yield made


@pytest.fixture
def double(target: Target) -> RecoveryDouble:
    """With a table that has had a few writes. (moto sends none to Kinesis.)"""
    made = RecoveryDouble(target)
    shape = cast("Any", target.dynamodb().describe_table(TableName="shop-Things")["Table"])
    writes = [write(1, "a", "1"), write(2, "a", "2"), write(2, "b", "1"), write(3, "a", None)]
    made.log._lives.append(Life("shop-Things", shape, BEGAN, {}, writes))
    return made


def ask(double: RecoveryDouble, action: str, forward: Any = no_forward, **request: Any) -> Any:
    return double.answers()[action](request, forward)


def restore(double: RecoveryDouble, second: float, **more: Any) -> Any:
    request = {"SourceTableName": "shop-Things", "TargetTableName": "restored"}
    moment = (BEGAN + timedelta(seconds=second)).timestamp()
    return ask(double, "RestoreTableToPointInTime", **request, RestoreDateTime=moment, **more)


def rows(target: Target, name: str = "restored") -> dict[str, str]:
    found = target.dynamodb().scan(TableName=name)["Items"]
    assert all(item["b"] == {"B": b"\x00\x01"} for item in found)
    return {item["pk"]["S"]: item["n"]["N"] for item in found}


@pytest.mark.parametrize(
    ("second", "expected"),
    [(0, {}), (1, {"a": "1"}), (1.999, {"a": "1"}), (2, {"a": "2", "b": "1"}), (3, {"b": "1"})],
)
def test_a_restored_table_has_the_rows_of_its_moment(
    double: RecoveryDouble, target: Target, second: float, expected: dict[str, str]
) -> None:
    told = restore(double, second)["TableDescription"]
    assert rows(target) == expected
    assert told["RestoreSummary"]["SourceTableArn"].endswith("table/shop-Things")


def test_it_has_keys_indexes_and_billing_and_nothing_else(
    double: RecoveryDouble, target: Target
) -> None:
    target.dynamodb().update_table(
        TableName="shop-Things",
        StreamSpecification={"StreamEnabled": True, "StreamViewType": "KEYS_ONLY"},
        DeletionProtectionEnabled=True,
    )
    restore(double, 2)
    made = target.dynamodb().describe_table(TableName="restored")["Table"]
    assert made["KeySchema"] == SHAPE["KeySchema"]
    (index,) = made["GlobalSecondaryIndexes"]
    assert {name: index.get(name) for name in INDEX} == INDEX
    assert made["BillingModeSummary"]["BillingMode"] == "PAY_PER_REQUEST"
    assert made["DeletionProtectionEnabled"] is False
    assert "StreamSpecification" not in made


def test_what_aws_refuses_is_refused_by_the_same_name(double: RecoveryDouble) -> None:
    too_early, too_late = -1, (datetime.now(UTC) - BEGAN).total_seconds() + 60
    for second in (too_early, too_late):
        with pytest.raises(Refused) as refused:
            restore(double, second)
        assert refused.value.code == "InvalidRestoreTimeException"
    with pytest.raises(Refused) as refused:
        ask(double, "RestoreTableToPointInTime", SourceTableName="none", UseLatestRestorableTime=1)
    assert refused.value.code == "TableNotFoundException"
    restore(double, 1)
    with pytest.raises(Refused) as refused:
        restore(double, 1)
    assert refused.value.code == "TableAlreadyExistsException"
    with pytest.raises(Refused) as refused:
        restore(double, 1, BillingModeOverride="PROVISIONED")
    assert refused.value.code == "ValidationException"


def test_a_deleted_table_leaves_a_backup_of_its_last_moment(
    double: RecoveryDouble, target: Target
) -> None:
    dynamodb = target.dynamodb()
    told = ask(
        double,
        "DeleteTable",
        lambda: dynamodb.delete_table(TableName="shop-Things"),
        TableName="shop-Things",
    )
    assert told["TableDescription"]["TableName"] == "shop-Things"
    listed = ask(double, "ListBackups", lambda: {"BackupSummaries": []}, BackupType="ALL")
    (backup,) = listed["BackupSummaries"]
    assert (backup["TableName"], backup["BackupType"]) == ("shop-Things", "SYSTEM")
    arn = backup["BackupArn"]
    ask(double, "RestoreTableFromBackup", TargetTableName="shop-Things", BackupArn=arn)
    assert rows(target, "shop-Things") == {"b": "1"}


def test_backups_of_others_are_the_emulators(double: RecoveryDouble) -> None:
    listed = ask(double, "ListBackups", lambda: {"BackupSummaries": [1]}, BackupType="USER")
    assert listed == {"BackupSummaries": [1]}
    told = ask(double, "RestoreTableFromBackup", lambda: "its own", BackupArn="another")
    assert told == "its own"


def test_the_window_is_that_of_the_log(double: RecoveryDouble) -> None:
    described = {"PointInTimeRecoveryStatus": "ENABLED"}
    told = ask(
        double,
        "DescribeContinuousBackups",
        lambda: {"ContinuousBackupsDescription": {"PointInTimeRecoveryDescription": described}},
        TableName="shop-Things",
    )
    window = told["ContinuousBackupsDescription"]["PointInTimeRecoveryDescription"]
    assert window["EarliestRestorableDateTime"] == BEGAN.timestamp()
    assert abs(window["LatestRestorableDateTime"] - datetime.now(UTC).timestamp()) < 60


def test_the_log_begins_where_recovery_is_switched_on(
    double: RecoveryDouble, target: Target, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun: list[str] = []
    monkeypatch.setattr(WriteLog, "begin", lambda _, name: begun.append(name))
    for on in (False, True):
        ask(
            double,
            "UpdateContinuousBackups",
            dict,
            TableName="shop-Things",
            PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": on},
        )
    assert begun == ["shop-Things"]
