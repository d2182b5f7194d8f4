"""Bad files: every bad row is named, with its line and all that is wrong with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ops.errors import OperationError
from ops.seed.catalogue import BadFiles, from_files, read_categories, read_products
from ops.seed.csv_rows import Problem
from ops.seed.names import CategoryNames
from products.models import NewProduct
from shop.contracts.products import MAX_STOCK
from tests.ops.seed.files import AMOUNT, CHAI, HEADER, problems, read
from tests.ops.seed.support import csv_text, names

if TYPE_CHECKING:
    from pathlib import Path

    from tests.ops.seed.files import Write


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
        ("Tofu,,18.001,,39", "price: an amount has at most two decimals"),
        ("Tofu,,-1,,39", "price: an amount is between 0.00 and 99999999.99"),
        ("Tofu,,100000000,,39", "price: an amount is between 0.00 and 99999999.99"),
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


@pytest.mark.parametrize("image", ["mug.webp", "javascript:alert(1)", "https://a/b c.png"])
def test_an_image_is_a_web_address(write: Write, image: str) -> None:
    path = write("products.csv", csv_text(HEADER + ",imageUrl", f"{CHAI},{image}"))
    with pytest.raises(BadFiles) as caught:
        read(path)
    assert [each.reasons for each in caught.value.problems] == [
        ["imageUrl is not a web address, https://..."]
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


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    path = tmp_path / "products.csv"
    with pytest.raises(OperationError) as error:
        read(path)
    assert str(error.value) == f"Could not read {path}: No such file or directory."


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(OperationError, match="Is a directory"):
        read(tmp_path)
