"""Which bucket a name means, where its replica is, and how long it keeps what was replaced."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from botocore.exceptions import ClientError

from ops.errors import OperationError
from ops.recover.buckets.plan import Window

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ops.recover.buckets.objects import Place
    from ops.target import Target

_OUTPUTS = {"images": "ImagesBucketName", "exports": "ExportsBucketName"}
_REPLICAS = {"images": "ImagesReplicaBucketName", "exports": "ExportsReplicaBucketName"}
_WINDOW = "NoncurrentVersionExpiration"


class Replica(NamedTuple):
    bucket: str
    region: str


def bucket_name(target: Target, name: str) -> str:
    """The bucket that ``images`` or ``exports`` is in the stack; any other name is its own."""
    output = _OUTPUTS.get(name)
    return target.output(output) if output else name


def replica_of(target: Target, name: str, bucket: str | None, region: str | None) -> Replica:
    """As given, or as the stack's outputs have it.

    Raises OperationError when neither says it.
    """
    if bucket and region:
        return Replica(bucket, region)
    if bucket or region:
        raise OperationError("Give --replica-bucket and --replica-region together, or neither.")
    outputs = target.outputs()
    kind = next((kind for kind, each in _OUTPUTS.items() if name in (kind, outputs.get(each))), "")
    found = outputs.get(_REPLICAS.get(kind, "")), outputs.get("ReplicaRegion")
    if not (found[0] and found[1]):
        raise OperationError(
            f"The stack does not tell the replica of {name};"
            " say --replica-bucket and --replica-region."
        )
    return Replica(found[0], found[1])


def require_versioned(place: Place) -> None:
    """Raises OperationError for a bucket that is not there or keeps no versions."""
    try:
        versioning = place.s3.get_bucket_versioning(Bucket=place.bucket)
    except ClientError as error:
        if error.response["Error"]["Code"] in ("404", "NoSuchBucket"):
            raise OperationError(
                f"There is no bucket {place.bucket}; `cdk deploy` makes it anew, empty. Then give"
                " this command again, with --from-replica."
            ) from error
        raise
    if versioning.get("Status") != "Enabled":
        raise OperationError(f"{place.bucket} is not versioned, so nothing can be taken back.")


def windows(place: Place) -> tuple[Window, ...]:
    """How long the bucket's lifecycle keeps what was replaced, rule by rule."""
    try:
        rules: Any = place.s3.get_bucket_lifecycle_configuration(Bucket=place.bucket)["Rules"]
    except ClientError as error:
        if error.response["Error"]["Code"] == "NoSuchLifecycleConfiguration":
            return ()
        raise
    now = datetime.now(UTC)
    return tuple(
        Window(_prefix(rule), now - timedelta(days=rule[_WINDOW]["NoncurrentDays"]))
        for rule in rules
        if rule["Status"] == "Enabled" and _WINDOW in rule
    )


def _prefix(rule: Mapping[str, Any]) -> str:
    """A rule says it in one of three places; one that is narrowed otherwise counts for all keys."""
    narrowed = rule.get("Filter", {})
    found = rule.get("Prefix") or narrowed.get("Prefix") or narrowed.get("And", {}).get("Prefix")
    return str(found or "")
