"""Act three: images back to T, from their versions, and once those are gone from the replica."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ops.recover.drill.harm import delete_for_good
from ops.recover.drill.record import Kind, Lane
from ops.recover.drill.snapshot import checksum_of_objects

if TYPE_CHECKING:
    from ops.recover.drill.world import Incident, World


def from_versions(world: World, incident: Incident) -> None:
    broken = incident.bad.snapshot.objects != incident.good.snapshot.objects
    world.record.check(Lane.BUCKET, "Images are not what they were", broken)
    _restore(world, incident, "Images back from their versions", "from versions")


def from_replica(world: World, incident: Incident) -> None:
    """After somebody has deleted every version of every image for good."""
    with world.record.span(Lane.BUCKET, Kind.HARM, "all versions deleted"):
        gone = delete_for_good(world.emulator.s3(), world.reader.bucket)
    world.record.facts["versions deleted for good"] = gone
    world.record.check(Lane.BUCKET, "No image is left", not world.reader.objects(), f"{gone} gone")
    _restore(world, incident, "Images back from the replica", "from replica", "--from-replica")


def _restore(world: World, incident: Incident, way: str, name: str, *options: str) -> None:
    with world.record.span(Lane.BUCKET, Kind.RECOVERY, f"restore {name}"):
        ran = world.commands.run(
            "bucket", "restore", "images", "--at", incident.at, *options,
            "--yes", f"{world.stack}/images",
        )  # fmt: skip
    world.note(Lane.BUCKET, way, ran)
    found = world.reader.objects()
    digest = checksum_of_objects(found)
    world.record.checksums.setdefault(f"images {name}", {})["images"] = digest
    good = incident.good.snapshot.objects
    world.record.check(
        Lane.BUCKET,
        f"Images restored {name} are those of T, byte for byte",
        found == good,
        f"{len(found)} objects, {digest[:16]}",
    )
