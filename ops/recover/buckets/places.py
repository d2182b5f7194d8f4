"""Which bucket a name means, where its replica is, and how long it keeps what was replaced."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from botocore.exceptions import ClientError

from ops.errors import OperationError
from ops.recover.buckets.objects import Place
from ops.recover.buckets.plan import Window
from ops.recover.trouble import AWS_ERRORS, told

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ops.target import Target

_OUTPUTS = {"images": "ImagesBucketName", "exports": "ExportsBucketName"}
_REPLICAS = {"images": "ImagesReplicaBucketName", "exports": "ExportsReplicaBucketName"}
_RUNBOOK = "docs/runbooks/deleted-or-overwritten-objects.md"
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


def witness_of(target: Target, name: str) -> tuple[Place | None, str]:
    """The replica that the stack names, if it can be read; else why not."""
    try:
        bucket, region = replica_of(target, name, None, None)
    except OperationError as error:
        return None, str(error)
    place = Place(target.s3(region), bucket)
    try:
        place.s3.list_object_versions(Bucket=bucket, MaxKeys=1)
    except AWS_ERRORS as error:
        return None, f"the replica {bucket} cannot be read: {told(error)}"
    return place, ""


def none_of_live(name: str, bucket: str) -> str:
    """What to tell when there is no such bucket in the stack's region."""
    if name not in _OUTPUTS:
        return (
            f"There is no bucket {bucket}. Name images, exports, or a bucket as `aws s3 ls` lists"
            f" it. If it was deleted: {_RUNBOOK}, step 3, makes it anew."
        )
    return (
        f"The bucket {bucket}, which the stack names, is gone. CloudFormation does not notice"
        " that: make it anew under this very name with `aws s3api create-bucket`, then give it its"
        f" settings with `cdk deploy --revert-drift` ({_RUNBOOK}, step 3). Then give this command"
        " again, with --from-replica."
    )


def none_of_replica(replica: Replica, *, said: bool) -> str:
    """The same for a replica, which the command line ``said``, or the stack."""
    if said:
        return (
            f"There is no bucket {replica.bucket} for --replica-bucket in {replica.region};"
            " `aws s3 ls` lists those that there are."
        )
    return (
        f"The replica {replica.bucket}, which the stack names, is gone, and what it had with it."
        " `cdk deploy -c shop:repair=WORD`, with a WORD that was not used before, makes it anew,"
        " empty."
    )


def require_versioned(place: Place, none: str) -> None:
    """Raises OperationError for a bucket that keeps no versions; with ``none``, if it is none."""
    try:
        versioning = place.s3.get_bucket_versioning(Bucket=place.bucket)
    except ClientError as error:
        if error.response["Error"]["Code"] in ("404", "NoSuchBucket"):
            raise OperationError(none) from error
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
