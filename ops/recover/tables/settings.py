"""What a table is set to: as the template wants it, as it is, and how they differ.

A restore brings rows and indexes, and none of the rest: recovery, time to live, stream, tags and
protection. ``apply`` sets what can be set afterwards; what cannot be (keys, indexes, encryption) is
only compared.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from cdk.schema.shapes import key_attributes
from ops.errors import OperationError
from ops.recover.tables.waiting import wait_for, wait_until_active

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import TableDescriptionTypeDef, TagTypeDef

type Settings = Mapping[str, Any]
"""JSON values by a name that a person understands. The names:

``keys`` and ``index <name>``: attributes of partition and sort key with their types, and what an
index carries; ``billing``; ``time to live`` and ``stream``: None when there is none; ``recovery``:
days, 0 when it is off, None when it is on and the service does not tell them; ``protection``;
``encryption``: None for DynamoDB's own key; ``tags``.
"""

KEYS, BILLING, TIME_TO_LIVE, STREAM = "keys", "billing", "time to live", "stream"
RECOVERY, PROTECTION, ENCRYPTION, TAGS = "recovery", "protection", "encryption", "tags"
_LONGEST_RECOVERY = 35
_ON = {"ENABLED", "ENABLING"}
# Of a table that was just restored, DynamoDB first has to enable backups by itself.
_BUSY = {
    "ContinuousBackupsUnavailableException",
    "LimitExceededException",
    "ResourceInUseException",
}
# What is on already, such as the time to live, is not taken a second time.
_REFUSED = {"ValidationException"}


def wanted_settings(resource: Mapping[str, Any]) -> Settings:
    """Of an AWS::DynamoDB::GlobalTable with one replica, which all of ours are."""
    properties = resource["Properties"]
    (replica,) = properties["Replicas"]
    recovery = replica.get("PointInTimeRecoverySpecification", {})
    days = recovery.get("RecoveryPeriodInDays", _LONGEST_RECOVERY)
    time_to_live = properties.get("TimeToLiveSpecification", {})
    return {
        **_shape(properties),
        BILLING: properties.get("BillingMode", "PROVISIONED"),
        TIME_TO_LIVE: time_to_live.get("AttributeName") if time_to_live.get("Enabled") else None,
        STREAM: properties.get("StreamSpecification", {}).get("StreamViewType"),
        RECOVERY: days if recovery.get("PointInTimeRecoveryEnabled") else 0,
        PROTECTION: replica.get("DeletionProtectionEnabled", False),
        ENCRYPTION: _wanted_encryption(properties, replica),
        TAGS: {tag["Key"]: tag["Value"] for tag in replica.get("Tags", [])},
    }


def _wanted_encryption(properties: Mapping[str, Any], replica: Mapping[str, Any]) -> Any:
    specification = properties.get("SSESpecification", {})
    if not specification.get("SSEEnabled"):
        return None
    return replica.get("SSESpecification", {}).get("KMSMasterKeyId", "AWS managed key")


def present_settings(client: DynamoDBClient, name: str) -> Settings:
    """Of the table ``name`` as it is."""
    table = client.describe_table(TableName=name)["Table"]
    stream = table.get("StreamSpecification", {"StreamEnabled": False})
    tags = client.list_tags_of_resource(ResourceArn=table["TableArn"]).get("Tags", [])
    return {
        **_shape(table),
        BILLING: table.get("BillingModeSummary", {}).get("BillingMode", "PROVISIONED"),
        TIME_TO_LIVE: _time_to_live(client, name),
        STREAM: stream.get("StreamViewType") if stream["StreamEnabled"] else None,
        RECOVERY: _recovery(client, name),
        PROTECTION: table.get("DeletionProtectionEnabled", False),
        ENCRYPTION: _present_encryption(table),
        # Those of AWS itself, such as the stack's name, nobody but AWS can set.
        TAGS: {tag["Key"]: tag["Value"] for tag in tags if not tag["Key"].startswith("aws:")},
    }


def _time_to_live(client: DynamoDBClient, name: str) -> str | None:
    found = client.describe_time_to_live(TableName=name)["TimeToLiveDescription"]
    return found.get("AttributeName") if found.get("TimeToLiveStatus") in _ON else None


def _recovery(client: DynamoDBClient, name: str) -> int | None:
    backups = client.describe_continuous_backups(TableName=name)["ContinuousBackupsDescription"]
    found = backups.get("PointInTimeRecoveryDescription", {})
    if found.get("PointInTimeRecoveryStatus") != "ENABLED":
        return 0
    return found.get("RecoveryPeriodInDays")


def _present_encryption(table: TableDescriptionTypeDef) -> str | None:
    found = table.get("SSEDescription", {})
    if found.get("SSEType") != "KMS":
        return None
    return found.get("KMSMasterKeyArn", "AWS managed key")


def _shape(described: Mapping[str, Any]) -> dict[str, Any]:
    """Keys and indexes, which template and DynamoDB tell in the same words."""

    def keys(schema: Sequence[Mapping[str, str]]) -> list[str]:
        return list(key_attributes(schema, described["AttributeDefinitions"]))

    indexes = {
        f"index {index['IndexName']}": {
            "keys": keys(index["KeySchema"]),
            "carries": index["Projection"]["ProjectionType"],
            "and": sorted(index["Projection"].get("NonKeyAttributes", [])),
        }
        for kind in ("GlobalSecondaryIndexes", "LocalSecondaryIndexes")
        for index in described.get(kind) or []
    }
    return {KEYS: keys(described["KeySchema"]), **indexes}


def differences(wanted: Settings, present: Settings) -> list[str]:
    """One sentence for each setting that is not as wanted; tags beyond those wanted may be."""
    found = []
    for name in sorted({*wanted, *present}):
        want, have = wanted.get(name), present.get(name)
        if name == TAGS:
            have = {key: value for key, value in (have or {}).items() if key in (want or {})}
        if name == RECOVERY and want and have is None:
            continue  # it is on, and the emulator does not tell its days
        if want != have:
            found.append(f"{name} should be {want!r} and is {have!r}")
    return found


def apply(client: DynamoDBClient, name: str, wanted: Settings) -> list[str]:
    """Set what is not as wanted and can be; the names of what was set. It bears repetition.

    Each change is waited for by the caller: DynamoDB takes one update of a table at a time.
    """
    present = present_settings(client, name)
    arn = client.describe_table(TableName=name)["Table"]["TableArn"]
    changed = []
    for setting in (RECOVERY, TIME_TO_LIVE, TAGS, STREAM, PROTECTION, BILLING):
        if differences({setting: wanted[setting]}, {setting: present[setting]}):
            wait_for(partial(_is_set, client, name, arn, setting, wanted), f"{setting} of {name}")
            changed.append(setting)
            wait_until_active(client, name)
    return changed


def _is_set(client: DynamoDBClient, name: str, arn: str, setting: str, wanted: Settings) -> bool:
    """Set it; False when the table has no time for it now."""
    try:
        _set(client, name, arn, setting, wanted)
    except ClientError as error:
        code = error.response["Error"]["Code"]
        if code not in _BUSY | _REFUSED:
            raise
        # The SDK asks again when an answer is lost: what is in the way may be our own change.
        wait_until_active(client, name)
        if differences(
            {setting: wanted[setting]}, {setting: present_settings(client, name)[setting]}
        ):
            if code in _REFUSED:
                raise
            return False
    return True


def _set(client: DynamoDBClient, name: str, arn: str, setting: str, wanted: Settings) -> None:
    want: Any = wanted[setting]
    if setting == RECOVERY:
        specification: Any = {"PointInTimeRecoveryEnabled": bool(want)}
        if want:
            specification["RecoveryPeriodInDays"] = want
        client.update_continuous_backups(
            TableName=name, PointInTimeRecoverySpecification=specification
        )
    elif setting == TIME_TO_LIVE and want:
        client.update_time_to_live(
            TableName=name, TimeToLiveSpecification={"Enabled": True, "AttributeName": want}
        )
    elif setting == TAGS:
        tags: list[TagTypeDef] = [{"Key": key, "Value": value} for key, value in want.items()]
        client.tag_resource(ResourceArn=arn, Tags=tags)
    elif setting == STREAM and want:
        stream: Any = {"StreamEnabled": True, "StreamViewType": want}
        client.update_table(TableName=name, StreamSpecification=stream)
    elif setting == PROTECTION:
        client.update_table(TableName=name, DeletionProtectionEnabled=want)
    elif setting == BILLING:
        client.update_table(TableName=name, BillingMode=want)


def require(client: DynamoDBClient, name: str, wanted: Settings) -> None:
    """Raise OperationError, naming what differs, unless the table is as wanted."""
    found = differences(wanted, present_settings(client, name))
    if found:
        raise OperationError(f"The table {name} is not as the template says: {'; '.join(found)}.")
