"""``shop recover bucket``."""

from collections import Counter
from collections.abc import Mapping
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from ops.errors import OperationError
from ops.recover.buckets.objects import Outcome, Place
from ops.recover.buckets.places import (
    bucket_name,
    none_of_live,
    none_of_replica,
    replica_of,
    require_versioned,
    windows,
    witness_of,
)
from ops.recover.buckets.plan import Moment
from ops.recover.buckets.restore import LEFT, BucketRestore, operation
from ops.recover.moments import parse_moment
from ops.recover.operation import run
from ops.recover.options import DEFAULT_FOLDER, At, DryRun, Folder, Region, Stack, Yes
from ops.target import Target, find_target
from shop.clock import timestamp

app = typer.Typer(no_args_is_help=True, help="Objects back to a moment.")
console = Console(highlight=False)

_GONE = "With --from-replica, when the stack is gone"
_Name = Annotated[str, typer.Argument(help="images, exports, or a bucket's own name")]


@app.callback()
def _bucket() -> None:
    """Objects back to a moment, from their versions or from the replica."""


@app.command()
def restore(  # noqa: PLR0913  (what a person may say)
    name: _Name,
    *,
    at: At,
    prefix: Annotated[str, typer.Option(help="Only keys that begin so")] = "",
    from_replica: Annotated[
        bool, typer.Option("--from-replica", help="From the versions in the other region")
    ] = False,
    replica_bucket: Annotated[str | None, typer.Option(help=_GONE)] = None,
    replica_region: Annotated[str | None, typer.Option(help=_GONE)] = None,
    stack: Stack = None,
    region: Region = None,
    dry_run: DryRun = False,
    yes: Yes = None,
    folder: Folder = DEFAULT_FOLDER,
) -> None:
    """Show each object again as it was at a moment; nothing is deleted for good.

    What was deleted or overwritten later returns, as a copy of the version from then; what was
    added later gets a delete marker. What was deleted for good is told, as far as the replica has
    it or a deletion is left of it. Exit code 1: some objects could not be brought back.
    """
    moment = parse_moment(at)
    if not from_replica and (replica_bucket or replica_region):
        raise OperationError("--replica-bucket and --replica-region go with --from-replica.")
    target = find_target(stack, region)
    live = source = _live(target, name)
    witness, without = None, ""
    if from_replica:
        source = _replica(target, name, replica_bucket, replica_region)
    else:
        witness, without = witness_of(target, name)
    made = BucketRestore(source, live, Moment(moment, windows(source)), prefix, witness=witness)
    survey = {**made.survey(), "without_witness": without}
    _show(survey)
    arguments = {"at": timestamp(moment), "prefix": prefix, "source": source.bucket}
    wanted = operation(made, f"{target.stack}/{name}", arguments, survey)
    report = run(wanted, console, folder, dry_run=dry_run, confirmed=yes)
    if report and _left(report.facts):
        raise typer.Exit(1)


def _live(target: Target, name: str) -> Place:
    place = Place(target.s3(), bucket_name(target, name))
    require_versioned(place, none_of_live(name, place.bucket))
    return place


def _replica(target: Target, name: str, bucket: str | None, region: str | None) -> Place:
    found = replica_of(target, name, bucket, region)
    place = Place(target.s3(found.region), found.bucket)
    require_versioned(place, none_of_replica(found, said=bool(bucket)))
    return place


def _show(survey: Mapping[str, Any]) -> None:
    table = Table("", "objects", "such as", title="What there is to do", title_justify="left")
    for kind, count in survey["found"].items():
        table.add_row(kind, f"{count:,}", "\n".join(survey["keys"].get(kind, [])[:5]))
    console.print(table)


def _left(facts: Mapping[str, Any]) -> bool:
    """Say what could not be brought back; whether there is something."""
    left = [
        *facts["not_restored"],
        *(f"{each}: changed by others" for each in facts["changed_by_others"]),
    ]
    for each in left:
        console.print(f"  {each}", markup=False)
    done = Counter(facts["done"])
    if done[Outcome.ELSEWHERE]:
        console.print(
            f"{done[Outcome.ELSEWHERE]:,} of then are in the replica, and nothing is left of them"
            " here: the same command with --from-replica brings them back."
        )
    return bool(left) or any(done[each] for each in LEFT)
