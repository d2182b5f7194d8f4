"""The replica of a bucket, in the other region: a lost region is restored from nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from botocore.exceptions import ClientError

from ops.recover.buckets.objects import Place
from ops.recover.verify.bucket_settings import bucket_differences
from ops.recover.verify.deployed import REPLICA
from ops.recover.verify.policies import policy_problems, wanted_statements

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ops.recover.verify.deployed import Deployed, Resource
    from ops.target import Target

_GONE = {"404", "NoSuchBucket"}
_SAME = (
    "VersioningConfiguration",
    "BucketEncryption",
    "PublicAccessBlockConfiguration",
    "OwnershipControls",
)
"""What the live bucket and its replica have in common; their lifecycles nearly."""


class Replica(NamedTuple):
    name: str
    region: str
    kept: Sequence[str]
    """Which rules of the live bucket's lifecycle it has, by their ids."""
    tls_only: bool

    def place(self, target: Target) -> Place:
        return Place(target.s3(self.region), self.name)


def replica_of(deployed: Deployed, bucket: Resource) -> Replica | None:
    """Where the template has the bucket replicated to; None when it has not."""
    for rule in bucket.properties.get("ReplicationConfiguration", {}).get("Rules", []):
        match rule["Destination"]["Bucket"]:
            case {"Fn::GetAtt": [str(name), "Arn"]} if deployed.kind(name) == REPLICA:
                found = deployed.resource(name)
                kept = [each["Id"] for each in found.properties["Kept"]]
                tls_only = found.properties["TlsOnly"] == "true"
                return Replica(found.id, found.properties["Region"], kept, tls_only)
    return None


def replica_problems(
    target: Target, deployed: Deployed, bucket: Resource, replica: Replica
) -> list[str]:
    """A sentence for each setting that is not as it has to be."""
    s3, name = replica.place(target)
    try:
        region = s3.head_bucket(Bucket=name)["BucketRegion"]
        different = bucket_differences(s3, name, _wanted(bucket.properties, replica), None)
        here = deployed.as_if(bucket.logical_id, name)
        denied = [
            each
            for each in wanted_statements(here, bucket.logical_id)
            if replica.tls_only and each["Effect"] == "Deny"
        ]
        different["policy"] = policy_problems(s3, name, denied)
    except ClientError as error:
        if error.response["Error"]["Code"] not in _GONE:
            raise
        return [f"the bucket {name} is gone, with all that was replicated"]
    moved = [f"it is in {region}"] if region != replica.region else []
    return moved + [f"{what}: {each}" for what, found in different.items() for each in found]


def _wanted(live: Mapping[str, Any], replica: Replica) -> dict[str, Any]:
    rules = live.get("LifecycleConfiguration", {}).get("Rules", [])
    kept = [each for each in rules if each["Id"] in replica.kept]
    same = {name: live[name] for name in _SAME if name in live}
    return {**same, "LifecycleConfiguration": {"Rules": kept}}
