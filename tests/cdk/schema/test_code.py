"""Which index names the sources have, and could make."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cdk.schema import code
from cdk.schema.shapes import tables
from cdk.schema.uses import Uses

if TYPE_CHECKING:
    from pathlib import Path
    from typing import Any


def found(tmp_path: Path, text: str, index: str = "category-price") -> list[tuple[str, bool]]:
    path = tmp_path / "functions" / "things" / "repository.py"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return [(each.place, each.exact) for each in code.mentions(index, ["things"], tmp_path)]


def at(line: int, *, exact: bool) -> list[tuple[str, bool]]:
    return [(f"functions/things/repository.py:{line}", exact)]


@pytest.mark.parametrize(
    "text",
    [
        'query(index="category-price")',
        'BY_PRICE = "category-price"',
        'INDEXES = {"category-price": ("category", "priceKey")}',
        'request["IndexName"] = "category-price"',
    ],
)
def test_a_name_that_is_written_out_is_found(text: str, tmp_path: Path) -> None:
    assert found(tmp_path, f"\n{text}\n") == at(2, exact=True)


MADE = [
    'ORDERS = ["price"]\nquery(index=f"category-{order}")',
    'KINDS = ["category"]\nquery(index=f"{kind}-price")',
    'WORDS = ["category", "price"]\nquery(index=f"{kind}-{order.suffix}")',
    'WORDS = ["category", "price"]\nindex_name = f"{kind}-{order}"',
    'WORDS = ["category", "price"]\nrequest = {"IndexName": f"{kind}-{order}"}',
    'WORDS = ["category", "price"]\nquery(index=f"{kind}-{order}" if kind else None)',
]


@pytest.mark.parametrize("text", MADE)
def test_a_name_that_can_be_put_together_is_found(text: str, tmp_path: Path) -> None:
    assert found(tmp_path, text) == at(2, exact=False)


@pytest.mark.parametrize(
    "text",
    [
        '"""Once there was an index category-price."""',
        'query(index="category-prices")',
        'ORDERS = ["newest"]\nquery(index=f"category-{order}")',
        'WORDS = ["category", "price"]\nquery(index=f"{kind}_{order}")',
        'WORDS = ["category", "price"]\nquery(index=f"{kind}-{order}-again")',
        'WORDS = ["category", "price"]\nlog(f"{kind}-{order}")',
    ],
)
def test_other_words_are_no_name_of_it(text: str, tmp_path: Path) -> None:
    assert found(tmp_path, text) == []


def test_the_shared_code_counts_for_every_package_and_other_packages_do_not(tmp_path: Path) -> None:
    shared = tmp_path / "layers" / "shared" / "python" / "shop"
    shared.mkdir(parents=True)
    (shared / "names.py").write_text('X = "by-name"')
    (tmp_path / "functions" / "others").mkdir(parents=True)
    (tmp_path / "functions" / "others" / "a.py").write_text('X = "by-name"')
    (place,) = code.mentions("by-name", ["things"], tmp_path)
    assert place == ("layers/shared/python/shop/names.py:1", True)
    assert len(code.mentions("by-name", ["things", "others"], tmp_path)) == 2


@pytest.mark.slow
def test_every_index_of_the_stack_is_found_in_the_code_that_queries_it(
    template: dict[str, Any],
) -> None:
    """Otherwise the search would overlook the deletion of one of them."""
    uses, count = Uses(template), 0
    for table, shape in tables(template).items():
        for index in shape.indexes:
            places = code.mentions(index, uses.users_of(table))
            owner = table.removesuffix("Table").lower()
            assert any(each.place.startswith(f"functions/{owner}/") for each in places), index
            count += 1
    assert count >= 8
