"""``shop seed``."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from ops.seed.catalogue import Catalogue, from_files
from ops.seed.generated import generated_products
from ops.seed.load import SAMPLE_CATEGORIES, SAMPLE_PRODUCTS, Counts, load
from ops.seed.names import CategoryNames
from ops.seed.reference import load_reference
from ops.seed.store import Store
from ops.target import Target, find_target


def seed(
    *,
    products: Annotated[
        Path | None,
        typer.Option(help="CSV: name, description, price, category, stock, imageUrl if you like"),
    ] = None,
    categories: Annotated[Path | None, typer.Option(help="CSV: name, description")] = None,
    generate: Annotated[
        int | None, typer.Option(min=1, max=1_000_000, help="So many made-up products instead")
    ] = None,
    reference: Annotated[
        bool, typer.Option("--reference", help="Only what every shop needs: the categories")
    ] = False,
    stack: Annotated[
        str | None, typer.Option(help="A stack in AWS, by its name; without it the local one")
    ] = None,
    region: Annotated[str | None, typer.Option(help="Where the stack in AWS is")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would happen")] = False,
) -> None:
    """Load categories and products: the sample, files of your own, or made-up ones.

    Products are known by their names: running it again changes what differs and nothing else.
    Stock is set only when a product is created; afterwards it belongs to orders and adjustments.
    Archived products stay archived, and what the files do not name is left alone. If a single row
    is bad, nothing is written.
    """
    if generate and (products or categories):
        raise typer.BadParameter("--generate goes without --products and --categories")
    if region and not stack:
        raise typer.BadParameter("--region goes with --stack")
    if reference:
        if generate or products or categories:
            raise typer.BadParameter("--reference goes without files of your own")
        load_and_show_reference(find_target(stack, region), Console(), dry_run=dry_run)
        return
    store = Store.of(find_target(stack, region))
    names = store.category_names()
    catalogue = _catalogue(products, categories, generate, names)
    console = Console()
    with _progress(console, catalogue.size) as advance:
        summary = load(store, catalogue, dry_run=dry_run, on_done=advance)
    shown = {"categories": summary.categories, "products": summary.products}
    _show(console, shown, dry_run=dry_run)
    _show_spellings(console, names.kept)


def load_and_show_reference(target: Target, console: Console, *, dry_run: bool = False) -> None:
    loaded = load_reference(target, dry_run=dry_run)
    _show(console, {"categories": loaded.counts}, dry_run=dry_run)
    _show_spellings(console, loaded.kept)
    for name in loaded.left:
        console.print(
            f"{name} is no longer in the file. It stays in the shop: products may be in it.",
            markup=False,
            soft_wrap=True,
        )


def _catalogue(
    products: Path | None, categories: Path | None, generate: int | None, names: CategoryNames
) -> Catalogue:
    if generate:
        sample = from_files(None, SAMPLE_CATEGORIES, names)
        return Catalogue(sample.categories, generated_products(generate, names), generate)
    if products or categories:
        return from_files(products, categories, names)
    return from_files(SAMPLE_PRODUCTS, SAMPLE_CATEGORIES, names)


@contextmanager
def _progress(console: Console, total: int) -> Iterator[Callable[[int], None]]:
    columns = (TextColumn("Seeding"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(
        *columns, console=console, transient=True, disable=not console.is_terminal
    ) as bar:
        task = bar.add_task("", total=total)
        yield lambda done: bar.advance(task, done)


def _show(console: Console, shown: Mapping[str, Counts], *, dry_run: bool) -> None:
    table = Table()
    table.add_column("would be" if dry_run else "")
    for heading in ("created", "updated", "unchanged"):
        table.add_column(heading, justify="right")
    for name, counts in shown.items():
        numbers = (counts.created, counts.updated, counts.unchanged)
        table.add_row(name, *(f"{number:,}" for number in numbers))
    console.print(table)
    if not any(counts.changed for counts in shown.values()):
        console.print("nothing would change" if dry_run else "nothing changed")


def _show_spellings(console: Console, kept: Mapping[str, str]) -> None:
    for name, in_file in kept.items():
        # Cells are a stranger's text: no markup.
        console.print(
            f"{name} is {in_file} in the file: the same name. The shop keeps its spelling:"
            " products may be in it.",
            markup=False,
            soft_wrap=True,
        )
