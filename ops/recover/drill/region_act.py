"""Act five: the region is lost; the shop comes up in another one, from what was replicated there.

The other region is another emulator, in which there is nothing but what this brings: the stack,
deployed anew and empty, and the replicated buckets.
"""

from __future__ import annotations

import shutil
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import requests

from ops.local import deployment, emulator, gaps
from ops.local import stack as local_stack
from ops.local.folder import LocalFolder, target_at
from ops.recover.buckets.objects import Place
from ops.recover.drill.commands import Commands
from ops.recover.drill.record import Kind, Lane
from ops.recover.drill.snapshot import TABLES, Reader, checksum, checksum_of_objects
from ops.recover.region.double import write_export

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ops.local.stack import LocalStack
    from ops.recover.drill.world import Incident, World

_KEPT = ("ContentType", "CacheControl", "Metadata")
_BUCKETS = ("ImagesReplicaBucketName", "ExportsReplicaBucketName")


def lost_region(
    world: World, incident: Incident, made: Mapping[str, str], local: LocalFolder
) -> None:
    """``made`` are the tables that were restored to T: they stand for what was exported then.

    ``local`` is the first stack's folder; the second gets one in it.
    """
    outputs = world.emulator.outputs()
    exports = Place(world.emulator.s3(), outputs["ExportsBucketName"])
    for table, physical in made.items():
        logical_id = f"{table}Table"
        write_export(world.emulator.dynamodb(), physical, logical_id, exports, incident.good.at)
    other = LocalFolder(local.root / "other-region")
    with _deployed(world, local, other) as shop:
        region = outputs["ReplicaRegion"]
        images, exported = (_carry(world, shop, outputs[name], region) for name in _BUCKETS)
        commands = Commands(other.root, world.commands.folder / "other-region")
        with world.record.span(Lane.REGION, Kind.RECOVERY, "region"):
            ran = commands.run(
                "region", "--exports-bucket", exported,
                "--images-bucket", images,
                "--yes", world.stack,
            )  # fmt: skip
        world.note(Lane.REGION, "All of it in another region, after `cdk deploy` there", ran)
        _check(world, incident, shop)


@contextmanager
def _deployed(world: World, local: LocalFolder, other: LocalFolder) -> Iterator[LocalStack]:
    """The template that the first stack has, deployed where there is nothing yet."""
    with world.record.span(Lane.REGION, Kind.RECOVERY, "cdk deploy"):
        running = emulator.start(other, 0)
        try:
            shutil.copytree(local.assembly, other.assembly, dirs_exist_ok=True)
            other.deploy_log.touch()
            deployment.bootstrap(other, running.endpoint_url)
            deployment.deploy(other, running.endpoint_url)
            gaps.apply(other.template(), target_at(running.endpoint_url))
            shop = local_stack.find(running)
            other.outputs.write_text(f'{{"endpointUrl": "{running.endpoint_url}"}}')
        except BaseException:
            running.stop(other)
            raise
    try:
        yield shop
    finally:
        running.stop(other)


def _carry(world: World, shop: LocalStack, bucket: str, region: str) -> str:
    """What a replicated bucket shows, to where the other region has it; its name there.

    The stack there has a replica of its own, of the same name.
    """
    there, here = shop.target.s3(), world.emulator.s3(region)
    name = f"lost-{bucket}"
    place: Any = {"LocationConstraint": shop.target.session.region_name}
    there.create_bucket(Bucket=name, CreateBucketConfiguration=place)
    there.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
    for page in here.get_paginator("list_objects_v2").paginate(Bucket=bucket):
        for each in page.get("Contents", []):
            found: Any = here.get_object(Bucket=bucket, Key=each["Key"])
            kept = {name: found[name] for name in _KEPT if name in found}
            body = found["Body"].read()
            there.put_object(Bucket=name, Key=each["Key"], Body=body, **kept)
    return name


def _check(world: World, incident: Incident, shop: LocalStack) -> None:
    reader = Reader(shop.target)
    found = reader.snapshot()
    record, wanted = world.record, world.record.checksums["live at T"]
    sums = {table: checksum(found.tables[table]) for table in TABLES}
    record.checksums["in the other region"] = {
        **sums,
        "images": checksum_of_objects(found.objects),
    }
    for table in TABLES:
        record.check(
            Lane.REGION,
            f"{table}: imported in the other region is live at T",
            sums[table] == wanted[table],
            sums[table][:16],
        )
    same = found.objects == incident.good.snapshot.objects
    record.check(Lane.REGION, "Images in the other region are those of T, byte for byte", same)
    body = {"email": world.admin["email"], "password": world.admin["password"]}
    answer = requests.post(f"{shop.api_url}/sessions", json=body, timeout=60)
    signed_in = answer.status_code == requests.codes.created
    record.check(Lane.REGION, "Accounts of the lost region can sign in there", signed_in)
