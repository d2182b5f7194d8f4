"""Act five: the region is lost; the shop comes up in another one, from what was replicated there.

The other region is another emulator (other_region).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import requests

from ops.recover.drill.commands import Commands
from ops.recover.drill.other_region import (
    carry,
    deploy_there,
    end_there,
    other_region,
    write_exports,
)
from ops.recover.drill.record import Kind, Lane
from ops.recover.drill.snapshot import TABLES, Reader, checksum, checksum_of_objects

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ops.local.folder import LocalFolder
    from ops.local.stack import LocalStack
    from ops.recover.drill.world import Incident, World


def lost_region(
    world: World, incident: Incident, made: Mapping[str, str], local: LocalFolder
) -> None:
    """``made`` are the tables that were restored to T: they stand for what was exported then.

    ``local`` is the first stack's folder; the second gets one in it.
    """
    tables = {f"{table}Table": physical for table, physical in made.items()}
    write_exports(world.emulator, tables, incident.good.at)
    try:
        with world.record.span(Lane.REGION, Kind.RECOVERY, "cdk deploy"):
            shop = deploy_there(local)
        images, exported = carry(world.emulator, shop.target)
        folder = world.commands.folder / "other-region"
        commands = Commands(other_region(local).root, folder)
        with world.record.span(Lane.REGION, Kind.RECOVERY, "region"):
            ran = commands.run(
                "region", "--exports-bucket", exported,
                "--images-bucket", images,
                "--yes", world.stack,
            )  # fmt: skip
        world.note(Lane.REGION, "All of it in another region, after `cdk deploy` there", ran)
        _check(world, incident, shop)
    finally:
        end_there(local)


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
