"""Another region, played by another emulator: in it is nothing but what this brings.

That is the stack, deployed anew and empty, and what the replicated buckets show.
"""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING, Any

from ops.local import deployment, emulator, gaps
from ops.local import stack as local_stack
from ops.local.folder import LocalFolder, target_at
from ops.recover.buckets.objects import Place
from ops.recover.region.double import write_export

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from ops.local.stack import LocalStack
    from ops.target import Target

_KEPT = ("ContentType", "CacheControl", "Metadata")
BUCKETS = ("ImagesReplicaBucketName", "ExportsReplicaBucketName")


def other_region(local: LocalFolder) -> LocalFolder:
    """Where the other region of the stack in ``local`` is."""
    return LocalFolder(local.root / "other-region")


def write_exports(target: Target, tables: Mapping[str, str], moment: datetime) -> list[str]:
    """Write ``tables`` (names by logical id) as exports of ``moment``; the folders they are in."""
    exports = Place(target.s3(), target.output("ExportsBucketName"))
    return [
        write_export(target.dynamodb(), name, logical_id, exports, moment)
        for logical_id, name in tables.items()
    ]


def deploy_there(local: LocalFolder) -> LocalStack:
    """Deploy the template of the stack in ``local`` where there is nothing yet; it runs on."""
    other = other_region(local)
    running = emulator.start(other, 0)
    try:
        shutil.copytree(local.assembly, other.assembly, dirs_exist_ok=True)
        other.deploy_log.touch()
        deployment.bootstrap(other, running.endpoint_url)
        deployment.deploy(other, running.endpoint_url)
        gaps.apply(other.template(), target_at(running.endpoint_url))
        shop = local_stack.find(running)
        outputs = {"apiUrl": shop.api_url, "endpointUrl": running.endpoint_url}
        other.outputs.write_text(json.dumps(outputs))
    except BaseException:
        running.stop(other)
        raise
    return shop


def carry(here: Target, there: Target) -> list[str]:
    """Bring what the replicas of ``here`` show to ``there``; the buckets' names, as in BUCKETS."""
    outputs = here.outputs()
    replicas = here.s3(outputs["ReplicaRegion"])
    return [_carry(Place(replicas, outputs[name]), there) for name in BUCKETS]


def _carry(replica: Place, there: Target) -> str:
    """The stack there has a replica of its own, of the same name."""
    s3, bucket = there.s3(), f"lost-{replica.bucket}"
    place: Any = {"LocationConstraint": there.session.region_name}
    s3.create_bucket(Bucket=bucket, CreateBucketConfiguration=place)
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    for page in replica.s3.get_paginator("list_objects_v2").paginate(Bucket=replica.bucket):
        for each in page.get("Contents", []):
            found: Any = replica.s3.get_object(Bucket=replica.bucket, Key=each["Key"])
            kept = {name: found[name] for name in _KEPT if name in found}
            s3.put_object(Bucket=bucket, Key=each["Key"], Body=found["Body"].read(), **kept)
    return bucket


def end_there(local: LocalFolder) -> None:
    """End the other region of the stack in ``local``, if there is one, and all that it has."""
    other = other_region(local)
    running = emulator.find_running(other)
    if running:
        running.stop(other)
    shutil.rmtree(other.root, ignore_errors=True)
