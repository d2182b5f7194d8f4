"""What to seed: categories and products, and how files are checked before they are that."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from ops.errors import OperationError
from ops.seed.csv_rows import Columns, Problem, read_rows
from ops.seed.names import normalised
from products.models import NewCategory, NewProduct

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from pydantic import BaseModel

    from ops.seed.csv_rows import Row
    from ops.seed.names import CategoryNames

CATEGORY_COLUMNS = Columns(("name", "description"))
PRODUCT_COLUMNS = Columns(("name", "description", "price", "category", "stock"), ("imageUrl",))

# As long as the largest stock. int() itself would also take "+5", "1_0" and any script's digits.
_DIGITS = re.compile(r"[0-9]{1,10}")

# pydantic's error types in words; what is not here has a message that can stand as it is.
_SENTENCES = {
    "missing": "{column} is missing",
    "int_type": "{column} is not a whole number in plain digits",
    "less_than_equal": "{column} is more than {le}",
    "string_too_long": "{column} has more than {max_length} characters",
    "string_pattern_mismatch": "{column} has a line break or another control character",
    "imageUrl string_pattern_mismatch": "imageUrl is not a web address, https://...",
}


@dataclass(frozen=True)
class Catalogue:
    """Categories to seed, and then products, which may be made while they are read."""

    categories: Sequence[NewCategory]
    products: Iterable[NewProduct]
    product_count: int

    @property
    def size(self) -> int:
        return len(self.categories) + self.product_count


class BadFiles(OperationError):
    """Rows that cannot be seeded, so that none was. Its sentence names each and what is wrong."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        rows = "1 bad row" if len(problems) == 1 else f"{len(problems):,} bad rows"
        last = "Nothing was written; mend the files and run it again."
        super().__init__("\n".join([f"{rows}:", *map(str, problems), last]))
        self.problems = problems


def from_files(products: Path | None, categories: Path | None, names: CategoryNames) -> Catalogue:
    """The catalogue of these files; products may be in their categories and in those of ``names``.

    Raises BadFiles with every bad row of both files.
    """
    category_rows = list(read_categories(categories, names)) if categories else []
    product_rows = list(read_products(products, names)) if products else []
    problems = [each for each in [*category_rows, *product_rows] if isinstance(each, Problem)]
    if problems:
        raise BadFiles(problems)
    good_products = [each for each in product_rows if isinstance(each, NewProduct)]
    return Catalogue(
        categories=[each for each in category_rows if isinstance(each, NewCategory)],
        products=good_products,
        product_count=len(good_products),
    )


def read_categories(path: Path, names: CategoryNames) -> Iterator[NewCategory | Problem]:
    """Each category, as ``names`` spells it once it is added there, or what is wrong with it."""
    first_lines: dict[str, int] = {}
    for row in read_rows(path, CATEGORY_COLUMNS):
        if isinstance(row, Problem):
            yield row
            continue
        fields: dict[str, Any] = {"description": None} | row.cells
        reasons = list(_same_name(row, first_lines))
        if "name" in row.cells:
            # A bad row's too: that its products have no category would be a misleading reason.
            fields["name"] = names.add(row.cells["name"])
        yield _model(NewCategory, fields, Problem(path, row.line, reasons))


def read_products(path: Path, names: CategoryNames) -> Iterator[NewProduct | Problem]:
    """Each product or what is wrong with it; its category must be one of ``names``."""
    first_lines: dict[str, int] = {}
    for row in read_rows(path, PRODUCT_COLUMNS):
        if isinstance(row, Problem):
            yield row
            continue
        fields: dict[str, Any] = dict(row.cells)
        reasons = list(_same_name(row, first_lines))
        if "category" in row.cells:
            fields["category"] = names.spelling(row.cells["category"])
            if fields["category"] is None:
                reasons.append(f"there is no category {row.cells['category'][:100]!r}")
        if _DIGITS.fullmatch(row.cells.get("stock", "")):
            fields["stock"] = int(row.cells["stock"])
        yield _model(NewProduct, fields, Problem(path, row.line, reasons))


def _same_name(row: Row, first_lines: dict[str, int]) -> Iterator[str]:
    if "name" in row.cells:
        first = first_lines.setdefault(normalised(row.cells["name"]), row.line)
        if first != row.line:
            yield f"its name is that of line {first}"


def _model[Model: BaseModel](
    model: type[Model], fields: dict[str, Any], problem: Problem
) -> Model | Problem:
    """The model of ``fields``, unless it refuses them or there is a problem with them already."""
    try:
        made = model.model_validate(fields)
    except ValidationError as error:
        return problem._replace(reasons=[*problem.reasons, *_sentences(error)])
    return problem if problem.reasons else made


def _sentences(error: ValidationError) -> Iterator[str]:
    for each in error.errors():
        column = ".".join(map(str, each["loc"]))
        fallback = "{column}: {msg}" if column else "{msg}"
        usual = _SENTENCES.get(each["type"], fallback)
        sentence = _SENTENCES.get(f"{column} {each['type']}", usual)
        yield sentence.format(column=column, msg=each["msg"], **each.get("ctx", {}))
