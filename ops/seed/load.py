"""A catalogue into the table of a stack."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import batched
from threading import Event
from typing import TYPE_CHECKING

from ops.errors import OperationError
from ops.paths import SEED_DATA
from ops.seed.catalogue import from_files
from ops.seed.parallel import in_parallel
from ops.seed.plan import CategoryEntry, Outcome, ProductEntry
from ops.seed.store import Store
from ops.seed.writer import BATCH, Tally, Writer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from ops.seed.catalogue import Catalogue
    from ops.seed.plan import Entry
    from ops.target import Target

SAMPLE_PRODUCTS = SEED_DATA / "products.csv"
SAMPLE_CATEGORIES = SEED_DATA / "categories.csv"


@dataclass(frozen=True)
class Counts:
    created: int
    updated: int
    unchanged: int

    @classmethod
    def of(cls, tally: Tally) -> Counts:
        return cls(*(tally[each] for each in Outcome))

    @property
    def changed(self) -> int:
        return self.created + self.updated


@dataclass(frozen=True)
class Summary:
    """What became of the catalogue; after a dry run, what would."""

    categories: Counts
    products: Counts

    @property
    def changed(self) -> int:
        return self.categories.changed + self.products.changed


def load(
    store: Store,
    catalogue: Catalogue,
    *,
    dry_run: bool = False,
    on_done: Callable[[int], None] = lambda _: None,
) -> Summary:
    """Bring the table to what the catalogue says; what it does not name is left alone.

    ``on_done`` hears how many more entries are done with, from several threads. Raises
    OperationError that says how far it came.
    """
    categories, products = Tally(on_done), Tally(on_done)
    stop = Event()

    def bring(entries: Iterable[Entry], tally: Tally) -> None:
        writer = Writer(store, tally, stop, dry_run=dry_run)
        in_parallel(writer.write, batched(entries, BATCH, strict=False), stop)

    def summary() -> Summary:
        return Summary(Counts.of(categories), Counts.of(products))

    try:
        # Products name categories, so these are there first.
        bring(map(CategoryEntry, catalogue.categories), categories)
        bring((ProductEntry(each, store.images_url) for each in catalogue.products), products)
    except OperationError as error:
        if dry_run:
            raise
        done = summary()
        raise OperationError(
            f"{error} Written until then: categories {done.categories.changed}, products"
            f" {done.products.changed}. Run the same again to go on; that is safe."
        ) from error
    return summary()


def load_sample(target: Target) -> Summary:
    """The sample catalogue, data/seed, into the target's table."""
    store = Store.of(target)
    return load(store, from_files(SAMPLE_PRODUCTS, SAMPLE_CATEGORIES, store.category_names()))
