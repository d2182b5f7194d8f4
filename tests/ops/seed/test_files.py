"""Files as shops have them: valid rows say what was written, however they are spelled."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ops.seed.catalogue import Catalogue, from_files
from ops.seed.names import CategoryNames
from products.models import NewCategory
from tests.ops.seed.files import CHAI, HEADER, read
from tests.ops.seed.support import csv_text, new_product

if TYPE_CHECKING:
    from tests.ops.seed.files import Write


def test_a_file_as_shops_have_it(write: Write) -> None:
    products = write(
        "products.csv",
        csv_text(
            HEADER,
            CHAI,
            "Aniseed Syrup,12 - 550 ml bottles,10.00,Condiments,13",
            '"Chef Anton\'s ""Gumbo"" Mix","36 boxes, large",21.35,Condiments,0',
            "Teatime Chocolate Biscuits,,9.2,,25",
        ),
    )
    categories = write(
        "categories.csv",
        csv_text(
            "name,description",
            'Beverages,"Soft drinks, coffees, teas"',
            "Condiments,",
        ),
    )

    catalogue = from_files(products, categories, CategoryNames())

    assert catalogue == Catalogue(
        categories=[
            NewCategory(name="Beverages", description="Soft drinks, coffees, teas"),
            NewCategory(name="Condiments", description=None),
        ],
        products=[
            new_product(description="10 boxes x 20 bags", category="Beverages"),
            new_product(
                "Aniseed Syrup",
                description="12 - 550 ml bottles",
                price=10,
                category="Condiments",
                stock=13,
            ),
            new_product(
                'Chef Anton\'s "Gumbo" Mix',
                description="36 boxes, large",
                price="21.35",
                category="Condiments",
                stock=0,
            ),
            new_product("Teatime Chocolate Biscuits", price="9.20", stock=25),
        ],
        product_count=4,
    )
    assert catalogue.size == 6


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(csv_text(HEADER, CHAI), id="plain"),
        pytest.param(b"\xef\xbb\xbf" + csv_text(HEADER, CHAI), id="BOM"),
        pytest.param(csv_text(HEADER, CHAI).replace(b"\n", b"\r\n"), id="CRLF"),
        pytest.param(csv_text(HEADER, CHAI).replace(b"\n", b"\r"), id="CR"),
        pytest.param(csv_text(HEADER, CHAI).rstrip(b"\n"), id="no line break at the end"),
        pytest.param(csv_text("", HEADER, "", "   ", CHAI, "", ""), id="blank lines"),
        pytest.param(csv_text(HEADER, CHAI.replace(",", " ,\t ")), id="blanks around"),
        pytest.param(csv_text(HEADER.replace(",", " , "), CHAI), id="blanks in the header"),
        pytest.param(csv_text(HEADER, '"' + CHAI.replace(",", '" , " ') + '"'), id="quotes"),
        pytest.param(csv_text(HEADER + ",imageUrl", CHAI + ","), id="empty image"),
        pytest.param(csv_text(HEADER, CHAI.replace("Beverages", "BEVERAGES")), id="other case"),
        pytest.param(
            csv_text(
                "stock,name,price,category,description", "39,Chai,18,Beverages,10 boxes x 20 bags"
            ),
            id="columns in another order",
        ),
    ],
)
def test_the_same_in_other_bytes(write: Write, content: bytes) -> None:
    if b'" , "' in content:
        content = content.replace(b'" ,', b'",')  # a blank after a closing quote is none of CSV's
    expected = new_product(description="10 boxes x 20 bags", category="Beverages")
    assert read(write("products.csv", content)).products == [expected]


def test_line_breaks_in_cells_are_the_same_from_any_system(write: Write) -> None:
    unix = write("unix.csv", csv_text(HEADER, 'Chai,"two\nlines",18,,39'))
    windows = write("windows.csv", unix.read_bytes().replace(b"\n", b"\r\n"))
    assert read(windows) == read(unix)
    assert next(iter(read(unix).products)).description == "two\nlines"


def test_an_image_may_be_given(write: Write) -> None:
    path = write("products.csv", csv_text(HEADER + ",imageUrl", CHAI + ",https://a/b.png"))
    assert next(iter(read(path).products)).image_url == "https://a/b.png"


def test_a_header_alone_is_an_empty_catalogue(write: Write) -> None:
    assert read(write("products.csv", csv_text(HEADER))).size == 0


def test_a_category_keeps_the_spelling_of_the_table(write: Write) -> None:
    categories = write("categories.csv", csv_text("name,description", "BEVERAGES,Coffee", "Tofu,"))
    products = write("products.csv", csv_text(HEADER, "Chai,,1,beverages,1", "Silken,,1,TOFU,1"))

    catalogue = from_files(products, categories, CategoryNames(["Beverages"]))

    assert [each.name for each in catalogue.categories] == ["Beverages", "Tofu"]
    assert [each.category for each in catalogue.products] == ["Beverages", "Tofu"]
