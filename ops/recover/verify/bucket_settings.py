"""A bucket as the template wants it, as it is, and how they differ."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from mypy_boto3_s3 import S3Client

_NONE = {
    "NoSuchLifecycleConfiguration",
    "NoSuchPublicAccessBlockConfiguration",
    "OwnershipControlsNotFoundError",
    "ReplicationConfigurationNotFoundError",
    "ServerSideEncryptionConfigurationNotFoundError",
}


def bucket_differences(
    s3: S3Client, bucket: str, properties: Mapping[str, Any], replica: str | None
) -> dict[str, list[str]]:
    """Sentences of what is not as wanted, by setting.

    ``properties`` are those of the AWS::S3::Bucket; ``replica`` is the bucket that it has to
    replicate to. Raises ClientError when there is no such bucket.
    """
    wanted = _wanted(properties, replica)
    present = _present(s3, bucket)
    return {
        name: [] if wanted[name] == present[name] else [_told(wanted[name], present[name])]
        for name in wanted
    }


def _told(wanted: Any, present: Any) -> str:
    return f"should be {wanted!r} and is {present!r}"


def _wanted(properties: Mapping[str, Any], replica: str | None) -> dict[str, Any]:
    encryption = properties.get("BucketEncryption", {}).get("ServerSideEncryptionConfiguration", [])
    ownership = properties.get("OwnershipControls", {}).get("Rules", [])
    lifecycle = properties.get("LifecycleConfiguration", {}).get("Rules", [])
    replication = properties.get("ReplicationConfiguration", {}).get("Rules", [])
    return {
        "versions": properties.get("VersioningConfiguration", {}).get("Status", "off"),
        "encryption": [
            each["ServerSideEncryptionByDefault"]["SSEAlgorithm"] for each in encryption
        ],
        "public access": _blocked(properties.get("PublicAccessBlockConfiguration", {})),
        "ownership": [each["ObjectOwnership"] for each in ownership],
        "lifecycle": sorted(map(_wanted_rule, lifecycle)),
        "replication": sorted(_replicated(each, each.get("Id"), replica) for each in replication),
    }


def _present(s3: S3Client, bucket: str) -> dict[str, Any]:
    def rules(call: Callable[..., Any], *path: str) -> Any:
        found = _asked(call, bucket)
        for name in path:
            found = found.get(name, {})
        return found or []

    encryption = rules(s3.get_bucket_encryption, "ServerSideEncryptionConfiguration", "Rules")
    public = _asked(s3.get_public_access_block, bucket).get("PublicAccessBlockConfiguration", {})
    ownership = rules(s3.get_bucket_ownership_controls, "OwnershipControls", "Rules")
    lifecycle = rules(s3.get_bucket_lifecycle_configuration, "Rules")
    replication = rules(s3.get_bucket_replication, "ReplicationConfiguration", "Rules")
    return {
        "versions": s3.get_bucket_versioning(Bucket=bucket).get("Status", "off"),
        "encryption": [
            each["ApplyServerSideEncryptionByDefault"]["SSEAlgorithm"] for each in encryption
        ],
        "public access": _blocked(public),
        "ownership": [each["ObjectOwnership"] for each in ownership],
        "lifecycle": sorted(map(_present_rule, lifecycle)),
        "replication": sorted(_replicated(each, each.get("ID"), None) for each in replication),
    }


def _asked(call: Callable[..., Any], bucket: str) -> dict[str, Any]:
    """What S3 answers; nothing when the setting was never made."""
    try:
        return dict(call(Bucket=bucket))
    except ClientError as error:
        if error.response["Error"]["Code"] in _NONE:
            return {}
        raise


def _blocked(configuration: Mapping[str, Any]) -> list[str]:
    return sorted(name for name, value in configuration.items() if value is True)


def _days(found: Mapping[str, Any], *path: str) -> int:
    value: Any = found
    for name in path:
        value = value.get(name, {})
    return int(value or 0)


def _wanted_rule(rule: Mapping[str, Any]) -> list[str]:
    return _rule(
        rule.get("Id", ""),
        rule.get("Status", ""),
        rule.get("Prefix", ""),
        _days(rule, "ExpirationInDays"),
        _days(rule, "NoncurrentVersionExpiration", "NoncurrentDays"),
        _days(rule, "AbortIncompleteMultipartUpload", "DaysAfterInitiation"),
    )


def _present_rule(rule: Mapping[str, Any]) -> list[str]:
    narrowed = rule.get("Filter", {})
    prefix = rule.get("Prefix") or narrowed.get("Prefix") or narrowed.get("And", {}).get("Prefix")
    return _rule(
        rule.get("ID", ""),
        rule.get("Status", ""),
        prefix or "",
        _days(rule, "Expiration", "Days"),
        _days(rule, "NoncurrentVersionExpiration", "NoncurrentDays"),
        _days(rule, "AbortIncompleteMultipartUpload", "DaysAfterInitiation"),
    )


def _rule(name: str, status: str, prefix: str, days: int, recovery: int, broken: int) -> list[str]:
    return [
        name,
        status,
        f"prefix {prefix!r}",
        f"gone after {days} days" if days else "never gone by itself",
        f"replaced ones kept {recovery} days",
        f"broken uploads kept {broken} days",
    ]


def _replicated(rule: Mapping[str, Any], name: str | None, replica: str | None) -> list[str]:
    """``replica`` where the rule of a template names it by a reference."""
    destination = rule["Destination"]
    bucket = replica or str(destination["Bucket"]).rpartition(":")[2]
    return [
        name or "",
        f"to {bucket}",
        rule["Status"],
        f"prefix {rule.get('Filter', {}).get('Prefix', rule.get('Prefix', ''))!r}",
        f"deletions {rule.get('DeleteMarkerReplication', {}).get('Status', 'Disabled')}",
        f"metrics {destination.get('Metrics', {}).get('Status', 'Disabled')}",
        f"within time {destination.get('ReplicationTime', {}).get('Status', 'Disabled')}",
    ]
