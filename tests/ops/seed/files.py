"""A products file to test with, and what reading it tells."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ops.seed.catalogue import BadFiles, Catalogue, from_files
from ops.seed.names import CategoryNames

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    type Write = Callable[[str, bytes], Path]

HEADER = "name,description,price,category,stock"
# Its exact words are shop.money's.
AMOUNT = "price: an amount is written like 19.99: two decimals at most"
CHAI = "Chai,10 boxes x 20 bags,18.00,Beverages,39"


def read(path: Path) -> Catalogue:
    return from_files(path, None, CategoryNames(["Beverages"]))


def problems(path: Path) -> list[tuple[int, str]]:
    with pytest.raises(BadFiles) as error:
        read(path)
    return [(each.line, "; ".join(each.reasons)) for each in error.value.problems]
