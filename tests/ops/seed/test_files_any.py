"""Whatever the text: what was written into a file is read, and nothing in one is unexpected."""

from __future__ import annotations

import csv
import io
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ops.seed.catalogue import read_products
from ops.seed.csv_rows import Problem
from ops.seed.names import CategoryNames, normalised
from products.models import NewProduct
from shop.contracts.products import MAX_STOCK
from tests.ops.seed.files import HEADER

if TYPE_CHECKING:
    from pathlib import Path

LABEL_CHARACTERS = st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"])
URL_CHARACTERS = st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Zs", "Zl", "Zp"])
LABELS = st.text(LABEL_CHARACTERS, min_size=1, max_size=40).map(str.strip).filter(bool)
DESCRIPTIONS = (
    st.text(st.characters(codec="utf-8", exclude_characters="\0\r"), max_size=60)
    .map(str.strip)
    .map(lambda text: text or None)
)
PRODUCTS = st.builds(
    NewProduct,
    name=LABELS,
    description=DESCRIPTIONS,
    price=st.decimals(0, Decimal("99999999.99"), places=2),
    category=st.sampled_from(["Beverages", "Grains/Cereals", None]),
    stock=st.integers(0, MAX_STOCK),
    imageUrl=st.none() | st.text(URL_CHARACTERS, min_size=1, max_size=40).map("https://{}".format),
)


@pytest.fixture(scope="module")
def scratch(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("files") / "products.csv"


@given(
    products=st.lists(PRODUCTS, max_size=6, unique_by=lambda each: normalised(each.name)),
    line_break=st.sampled_from(["\n", "\r\n"]),
    quote_all=st.booleans(),
)
def test_what_was_written_is_read(
    scratch: Path, *, products: list[NewProduct], line_break: str, quote_all: bool
) -> None:
    text = io.StringIO()
    columns = [*HEADER.split(","), "imageUrl"]
    writer = csv.DictWriter(
        text,
        columns,
        lineterminator=line_break,
        quoting=csv.QUOTE_ALL if quote_all else csv.QUOTE_MINIMAL,
    )
    writer.writeheader()
    writer.writerows(each.model_dump(by_alias=True) for each in products)
    scratch.write_bytes(text.getvalue().encode())

    known = CategoryNames(["Beverages", "Grains/Cereals"])
    assert list(read_products(scratch, known)) == products


CSV_SHREDS = st.lists(
    st.sampled_from([b",", b'"', b"\n", b"\r", b"\0", b"\xff", b" ", b"18", b"Chai", b"39"])
    | st.binary(max_size=6)
    | st.text(max_size=6).map(lambda text: text.encode(errors="replace")),
    max_size=40,
).map(b"".join)


@given(content=CSV_SHREDS | CSV_SHREDS.map(lambda shreds: HEADER.encode() + b"\n" + shreds))
def test_whatever_the_file_has_is_a_product_or_a_problem(scratch: Path, content: bytes) -> None:
    scratch.write_bytes(content)
    for each in read_products(scratch, CategoryNames()):
        assert isinstance(each, NewProduct | Problem)
        assert isinstance(each, NewProduct) or (each.line >= 1 and all(each.reasons))
