"""Files: every bad row is named, with its line, and valid ones say what was written into them."""

from __future__ import annotations

import csv
import io
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ops.errors import OperationError
from ops.seed.catalogue import BadFiles, Catalogue, from_files, read_categories, read_products
from ops.seed.csv_rows import Problem
from ops.seed.names import CategoryNames, normalised
from products.models import MAX_STOCK, NewCategory, NewProduct
from tests.ops.seed.support import csv_text, names, new_product

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    type Write = Callable[[str, bytes], Path]

HEADER = "name,description,price,category,stock"
# Its exact words are shop.money's.
AMOUNT = "price: an amount is written like 19.99: two decimals at most"
CHAI = "Chai,10 boxes x 20 bags,18.00,Beverages,39"


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Write a file; where it is."""

    def to_file(name: str, content: bytes) -> Path:
        path = tmp_path / name
        path.write_bytes(content)
        return path

    return to_file


def read(path: Path) -> Catalogue:
    return from_files(path, None, CategoryNames(["Beverages"]))


def problems(path: Path) -> list[tuple[int, str]]:
    with pytest.raises(BadFiles) as error:
        read(path)
    return [(each.line, "; ".join(each.reasons)) for each in error.value.problems]


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


@pytest.mark.parametrize("image", ["mug.webp", "javascript:alert(1)", "https://a/b c.png"])
def test_an_image_is_a_web_address(write: Write, image: str) -> None:
    path = write("products.csv", csv_text(HEADER + ",imageUrl", f"{CHAI},{image}"))
    with pytest.raises(BadFiles) as caught:
        read(path)
    assert [each.reasons for each in caught.value.problems] == [
        ["imageUrl is not a web address, https://..."]
    ]


def test_an_image_may_be_given(write: Write) -> None:
    path = write("products.csv", csv_text(HEADER + ",imageUrl", CHAI + ",https://a/b.png"))
    assert next(iter(read(path).products)).image_url == "https://a/b.png"


def test_a_header_alone_is_an_empty_catalogue(write: Write) -> None:
    assert read(write("products.csv", csv_text(HEADER))).size == 0


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (",,18,,39", "name is missing"),
        ("Tofu,,,,39", "price is missing"),
        ("Tofu,,18,,", "stock is missing"),
        (",,,,", "name is missing; price is missing; stock is missing"),
        (f"{'x' * 256},,18,,39", "name has more than 255 characters"),
        ('"two\nlines",,18,,39', "name has a line break or another control character"),
        ("bell\a,,18,,39", "name has a line break or another control character"),
        (f"Tofu,{'x' * 10_001},18,,39", "description has more than 10000 characters"),
        ("Tofu,,free,,39", AMOUNT),
        ("Tofu,,1e1,,39", AMOUNT),
        ("Tofu,,NaN,,39", AMOUNT),
        ('Tofu,,"18,00",,39', AMOUNT),
        ("Tofu,,18.001,,39", AMOUNT),
        ("Tofu,,-1,,39", AMOUNT),
        ("Tofu,,100000000,,39", AMOUNT),
        ("Tofu,,18,,1e3", "stock is not a whole number in plain digits"),
        ("Tofu,,18,,+5", "stock is not a whole number in plain digits"),
        ("Tofu,,18,,-5", "stock is not a whole number in plain digits"),
        ("Tofu,,18,,1_0", "stock is not a whole number in plain digits"),
        ("Tofu,,18,,1.0", "stock is not a whole number in plain digits"),
        ("Tofu,,18,,٣", "stock is not a whole number in plain digits"),
        (f"Tofu,,18,,{'9' * 5_000}", "stock is not a whole number in plain digits"),
        (f"Tofu,,18,,{MAX_STOCK + 1}", f"stock is more than {MAX_STOCK}"),
        ("Tofu,,18,Seafood,39", "there is no category 'Seafood'"),
        ("Tofu,,free,Seafood,x", f"there is no category 'Seafood'; {AMOUNT}"),
        (
            f"{'ü' * 255},,18,{'ü' * 100},39",
            "name, category and imageUrl together take 710 bytes of UTF-8",
        ),
        ("Tofu,,18", "it has too few cells: 3 instead of 5"),
        ("Tofu,,18,,39,", "it has too many cells: 6 instead of 5"),
        ('Tofu,"10"boxes,18,,39', "it is not CSV (',' expected after '\"')"),
        ("Tofu,a\0b,18,,39", "it has a NUL character"),
    ],
)
def test_a_bad_row(write: Write, row: str, reason: str) -> None:
    known = CategoryNames(["Beverages", "ü" * 100])
    path = write("products.csv", csv_text(HEADER, CHAI, row, "Chang,,19.00,Beverages,17"))

    rows = list(read_products(path, known))

    [problem] = [each for each in rows if isinstance(each, Problem)]
    assert problem.line == 3
    assert "; ".join(problem.reasons).startswith(reason)
    assert names([each for each in rows if isinstance(each, NewProduct)]) == ["Chai", "Chang"]


@pytest.mark.parametrize("bad", [b"\xff", b"\xc3", b"\xed\xa0\x80", "ü".encode("latin-1")])
def test_bytes_that_are_no_utf_8(write: Write, bad: bytes) -> None:
    path = write(
        "products.csv", csv_text(HEADER, CHAI, "Ch%ng,,1,,1", "x,,y,,1").replace(b"%", bad)
    )
    assert problems(path) == [
        (3, "it has bytes that are not UTF-8"),
        (4, AMOUNT),
    ]


def test_another_encoding_altogether(write: Write) -> None:
    path = write("products.csv", csv_text(HEADER, CHAI).decode().encode("utf-16"))
    assert problems(path) == [(1, "it has bytes that are not UTF-8; it has a NUL character")]


def test_lines_are_those_where_a_record_starts(write: Write) -> None:
    path = write(
        "products.csv",
        csv_text(
            HEADER,
            'Chai,"one\ntwo\nthree",free,,39',  # 2 to 4
            "",
            'Chang,"one\u2028still one",free,,17',  # 6
            'Aniseed,"a\n\nb",1.00,,x',  # 7 to 9
            "Tofu,,free,,1",  # 10
        ),
    )
    assert [line for line, _ in problems(path)] == [2, 6, 7, 10]


def test_a_quote_that_is_never_closed(write: Write) -> None:
    path = write("products.csv", csv_text(HEADER, CHAI, 'Chang,"open,1,,1', "x,,1,,1"))
    assert problems(path) == [(3, "it is not CSV (unexpected end of data)")]


def test_a_name_is_there_once_whatever_its_case_and_normal_form(write: Write) -> None:
    rows = ["Crème,,1,,1", "Chai,,1,,1", "CRÈME,,1,,1", "Cre\u0300me ,,1,,1", "chai,,x,,1"]
    assert problems(write("products.csv", csv_text(HEADER, *rows))) == [
        (4, "its name is that of line 2"),
        (5, "its name is that of line 2"),
        (6, f"its name is that of line 3; {AMOUNT}"),
    ]


@pytest.mark.parametrize(
    ("header", "reasons"),
    [
        ("name,description,price,category", ["the column stock is missing"]),
        ("name", [f"the column {each} is missing" for each in HEADER.split(",")[1:]]),
        (HEADER + ",stock", ["the column stock is there 2 times"]),
        (HEADER + ",colour", [f"the column 'colour' is not one of {HEADER}, imageUrl"]),
        (HEADER + ",", [f"the column '' is not one of {HEADER}, imageUrl"]),
        (
            HEADER.replace("name", "Name"),
            [f"the column 'Name' is not one of {HEADER}, imageUrl", "the column name is missing"],
        ),
        (HEADER.replace(",", ";"), [f"the column {HEADER.replace(',', ';')!r} is not one of"]),
        (HEADER + "\0", ["it has a NUL character"]),
        ('"name"x', ["it is not CSV"]),
    ],
)
def test_a_bad_header(write: Write, header: str, reasons: list[str]) -> None:
    [(line, told)] = problems(write("products.csv", csv_text("", header, "not,looked,at")))
    assert line == 2
    for reason in reasons:
        assert reason.replace(HEADER + ", ", HEADER.replace(",", ", ") + ", ") in told


@pytest.mark.parametrize("content", [b"", b"\n", b"\xef\xbb\xbf", b" \r\n\r\n"])
def test_an_empty_file(write: Write, content: bytes) -> None:
    path = write("products.csv", content)
    assert problems(path) == [(1, "the file is empty, not even a header is there")]


def test_a_bad_category(write: Write) -> None:
    path = write(
        "categories.csv",
        csv_text(
            "name,description",
            "Beverages,Soft drinks",
            ",Nameless",
            f"{'x' * 101},",
            f"Seafood,{'x' * 10_001}",
            "beverages,Coffee",
            "Produce",
        ),
    )
    assert [
        str(each) for each in read_categories(path, CategoryNames()) if isinstance(each, Problem)
    ] == [
        f"{path}, line 3: name is missing",
        f"{path}, line 4: name has more than 100 characters",
        f"{path}, line 5: description has more than 10000 characters",
        f"{path}, line 6: its name is that of line 2",
        f"{path}, line 7: it has too few cells: 1 instead of 2",
    ]


def test_bad_rows_of_both_files_are_told_together(write: Write) -> None:
    """And a bad category is no further reason against its products."""
    categories = write("categories.csv", csv_text("name,description", f"Seafood,{'x' * 10_001}"))
    products = write("products.csv", csv_text(HEADER, "Ikura,,31.00,Seafood,31", "Konbu,,6,?,24"))

    with pytest.raises(BadFiles) as error:
        from_files(products, categories, CategoryNames())

    assert [(each.file, each.line) for each in error.value.problems] == [
        (categories, 2),
        (products, 3),
    ]


def test_a_category_keeps_the_spelling_of_the_table(write: Write) -> None:
    categories = write("categories.csv", csv_text("name,description", "BEVERAGES,Coffee", "Tofu,"))
    products = write("products.csv", csv_text(HEADER, "Chai,,1,beverages,1", "Silken,,1,TOFU,1"))

    catalogue = from_files(products, categories, CategoryNames(["Beverages"]))

    assert [each.name for each in catalogue.categories] == ["Beverages", "Tofu"]
    assert [each.category for each in catalogue.products] == ["Beverages", "Tofu"]


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    path = tmp_path / "products.csv"
    with pytest.raises(OperationError) as error:
        read(path)
    assert str(error.value) == f"Could not read {path}: No such file or directory."


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(OperationError, match="Is a directory"):
        read(tmp_path)


# --- whatever the text --------------------------------------------------------------------------

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
