"""``shop recover region``."""

from datetime import UTC, datetime
from typing import Annotated

import typer
from rich.console import Console

from ops.errors import OperationError
from ops.recover.buckets.objects import Place
from ops.recover.moments import parse_moment
from ops.recover.operation import run
from ops.recover.options import DEFAULT_FOLDER, DryRun, Folder, Region, Stack, Yes
from ops.recover.region.exports import chosen, complete_exports
from ops.recover.region.operation import Recovery, Sources
from ops.recover.tables.locate import stack_tables
from ops.target import Target, find_target

console = Console(highlight=False)


def region(  # noqa: PLR0913  (what a person may say)
    *,
    exports_bucket: Annotated[
        str, typer.Option(help="The replica of the exports, in the region that is left")
    ],
    images_bucket: Annotated[
        str | None, typer.Option(help="The replica of the images; without it none are copied")
    ] = None,
    before: Annotated[
        str | None, typer.Option(metavar="TIME", help="Exports of then or earlier only")
    ] = None,
    within: Annotated[
        float, typer.Option(metavar="HOURS", help="How far apart the tables' exports may be")
    ] = 1,
    stack: Stack = None,
    region: Region = None,
    dry_run: DryRun = False,
    yes: Yes = None,
    folder: Folder = DEFAULT_FOLDER,
) -> None:
    """Fill the stack that was deployed in another region from what was replicated there.

    First: npx cdk deploy -c shop:stage=STAGE -c shop:region=REGION -c shop:replicaRegion=ANOTHER.
    Rows that are there are left as they are. Exit code 1: something has to be looked at.
    """
    target = find_target(stack, region)
    tables = {each.logical_id: each.name for each in stack_tables(target)}
    if not tables:
        raise OperationError(f"The stack {target.stack} has no tables; deploy it first.")
    exports = _place(target, "--exports-bucket", exports_bucket)
    images = _place(target, "--images-bucket", images_bucket) if images_bucket else None
    until = parse_moment(before) if before else datetime.now(UTC)
    found = [each for each in complete_exports(exports) if each.moment <= until]
    # Orders last: once they are there the stack acts on them, and needs all the rest.
    order = sorted(tables, key=lambda each: (each == "OrdersTable", each))
    sources = Sources(exports, chosen(found, order, within * 3600), images)
    arguments = {"exports": exports_bucket, "images": images_bucket or "none"}
    operation = Recovery(target, sources, tables, folder).operation(arguments)
    report = run(operation, console, folder, dry_run=dry_run, confirmed=yes)
    if report:
        _show(target, report.facts)


def _place(target: Target, option: str, bucket: str) -> Place:
    """Raises OperationError when there is no such bucket."""
    place = Place(target.s3(), bucket)
    try:
        place.s3.list_objects_v2(Bucket=bucket, MaxKeys=1)
    except place.s3.exceptions.NoSuchBucket:
        raise OperationError(
            f"There is no bucket {bucket} for {option}. It is the replica's name that is wanted:"
            " docs/runbooks/lost-region.md, step 1, finds it."
        ) from None
    return place


def _show(target: Target, facts: dict[str, object]) -> None:
    """What is left to do for people, and what to look at."""
    console.print(f"""
The shop answers at {facts["api"]}. Switch its clients over:

  · point the clients' DNS name, or their setting, to it;
  · access tokens of the lost region are refused: clients refresh theirs, and nobody signs in anew;
  · tell consumers of events that orders are told again, with the ids that they had.
""")
    odd = {
        name: value
        for name, value in facts.items()
        if value and name.endswith(("_different", "findings_number", "_wrong", "_not_restored"))
    }
    for name, value in odd.items():
        console.print(f"  look at {name}: {value}", markup=False)
    if odd:
        console.print(f"shop recover verify --stack {target.stack} has the rest.")
        raise typer.Exit(1)
