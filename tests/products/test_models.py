"""What a product may be, and that its row always fits one kilobyte."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from pydantic import ValidationError

from products.models import LABEL_BYTES, NewProduct, ProductChanges, StockAdjustment
from products.repository import new_product_rows
from shop.contracts.products import MAX_STOCK
from shop.ids import new_id
from shop.money import MAXIMUM
from tests.products.catalogue import NOW
from tests.sizes import item_size

if TYPE_CHECKING:
    from shop.dynamo import Item

GOOD = {"name": "Mug", "price": "8.50", "stock": 3}
KILOBYTE = 1024  # one write unit


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"name": "x"},
        {"name": "x" * 255},
        {"name": " padded "},
        {"name": "Caf\u00e9 \u676f \U0001f600"},
        {"description": None},
        {"description": ""},
        {"description": "x" * 10_000},
        {"description": "Lines\nand\ttabs"},
        {"price": "0"},
        {"price": "99999999.99"},
        {"price": 8},
        {"price": Decimal("8.5")},
        {"category": None},
        {"category": "x" * 100},
        {"stock": 0},
        {"stock": MAX_STOCK},
        {"imageUrl": None},
        {"imageUrl": "https://" + "x" * 247},
    ],
    ids=lambda fields: ascii(fields)[:40],
)
def test_a_good_product_is_taken(fields: dict[str, Any]) -> None:
    product = NewProduct.model_validate(GOOD | fields)
    assert product.model_fields_set >= {"name", "price", "stock"}


@pytest.mark.parametrize(
    "fields",
    [
        {"name": None},
        {"name": ""},
        {"name": " "},
        {"name": "\t"},
        {"name": "a\nb"},
        {"name": "a\n"},
        {"name": "\x00"},
        {"name": "\x7f"},
        {"name": "x" * 256},
        {"name": "\ud800"},
        {"name": 7},
        {"description": "x" * 10_001},
        {"description": 7},
        {"price": None},
        {"price": "-0.01"},
        {"price": "0.001"},
        {"price": 8.5},
        {"price": "100000000"},
        {"category": ""},
        {"category": " "},
        {"category": "x" * 101},
        {"category": "a\rb"},
        {"stock": None},
        {"stock": -1},
        {"stock": MAX_STOCK + 1},
        {"stock": "3"},
        {"stock": 3.0},
        {"stock": Decimal(3)},
        {"stock": True},
        {"imageUrl": "https://" + "x" * 248},
        {"imageUrl": "mug.webp"},
        {"imageUrl": "javascript:alert(1)"},
        {"imageUrl": "https://images.example/a mug.webp"},
        {"id": "0" * 32},
        {"colour": "red"},
    ],
    ids=lambda fields: ascii(fields)[:40],
)
def test_a_field_out_of_bounds_is_refused_by_name(fields: dict[str, Any]) -> None:
    with pytest.raises(ValidationError) as caught:
        NewProduct.model_validate(GOOD | fields)
    assert [error["loc"] for error in caught.value.errors()] == [tuple(fields)]


@pytest.mark.parametrize("field", GOOD)
def test_name_price_and_stock_are_required(field: str) -> None:
    with pytest.raises(ValidationError) as caught:
        NewProduct.model_validate({name: GOOD[name] for name in GOOD if name != field})
    assert [error["type"] for error in caught.value.errors()] == ["missing"]


@pytest.mark.parametrize(
    "fields",
    [
        {"name": None},
        {"name": ""},
        {"name": "a\nb"},
        {"price": None},
        {"price": "-1"},
        {"price": 8.5},
        {"price": "8.505"},
        {"description": "x" * 10_001},
        {"category": ""},
        {"imageUrl": "mug.webp"},
        {"image_url": "https://images.example/mug.webp"},
        {"stock": 3},
        {"id": "0" * 32},
        {"createdAt": NOW},
        {"version": 1},
        {"active": False},
    ],
    ids=lambda fields: ascii(fields)[:40],
)
def test_a_change_out_of_bounds_is_refused_by_name(fields: dict[str, Any]) -> None:
    with pytest.raises(ValidationError) as caught:
        ProductChanges.model_validate({"name": "Cup"} | fields)
    assert [error["loc"] for error in caught.value.errors()] == [tuple(fields)]


def test_a_change_may_be_any_of_its_fields_or_none() -> None:
    good = {
        "name": "Cup",
        "description": None,
        "price": "1",
        "category": None,
        "imageUrl": None,
    }
    for field, value in good.items():
        changes = ProductChanges.model_validate({field: value})
        assert changes.model_fields_set == {{"imageUrl": "image_url"}.get(field, field)}
    assert ProductChanges.model_validate({}).model_fields_set == set()


@pytest.mark.parametrize("delta", [1, -1, MAX_STOCK, -MAX_STOCK])
@pytest.mark.parametrize("reason", [{}, {"reason": None}, {"reason": "x" * 255}])
def test_a_good_adjustment_is_taken(delta: int, reason: dict[str, Any]) -> None:
    adjustment = StockAdjustment.model_validate({"delta": delta} | reason)
    assert (adjustment.delta, adjustment.reason) == (delta, reason.get("reason"))


@pytest.mark.parametrize(
    "fields",
    [
        *({"delta": delta} for delta in (0, -0.0, 1.0, Decimal(1), "1", True, None, [1])),
        {"delta": MAX_STOCK + 1},
        {"delta": -MAX_STOCK - 1},
        {"delta": 10**30},
        *({"reason": reason} for reason in ("", " ", "a\nb", "x" * 256, 7)),
        {"stock": 3},
    ],
    ids=ascii,
)
def test_an_adjustment_out_of_bounds_is_refused_by_name(fields: dict[str, Any]) -> None:
    with pytest.raises(ValidationError) as caught:
        StockAdjustment.model_validate({"delta": 1} | fields)
    assert [error["loc"] for error in caught.value.errors()] == [tuple(fields)]


@pytest.mark.parametrize(
    ("item", "size"),
    [
        ({"a": "text"}, 1 + 4),
        ({"\u00e9": "\u676f"}, 2 + 3),
        ({"a": True, "b": None}, 1 + 1),
        ({"n": 0}, 1 + 1),
        ({"n": 7}, 1 + 2),
        ({"n": 17}, 1 + 2),
        ({"n": 100}, 1 + 2),
        ({"n": -123}, 1 + 4),
        ({"n": Decimal("99999999.99")}, 1 + 6),
        ({"n": Decimal("9" * 38)}, 1 + 20),
    ],
)
def test_sizes_are_counted_as_dynamodb_does(item: Item, size: int) -> None:
    assert item_size(item) == size


ALPHABETS = ["x", "\u00e9", "\u0436", "\u676f", "\U0001f600"]


def labels(letter: str, size: int) -> dict[str, str]:
    """A name, a category and an image address that take ``size`` bytes of UTF-8, or are full."""
    texts = {}
    for field, start, characters, wanted_by_the_next in (
        ("name", "", 255, len("chttps://x")),
        ("category", "", 100, len("https://x")),
        ("imageUrl", "https://", 247, 0),
    ):
        most = characters * len(letter.encode())
        texts[field] = start + _text(letter, min(size - len(start) - wanted_by_the_next, most))
        size -= len(texts[field].encode())
    return texts


def _text(letter: str, size: int) -> str:
    """``letter`` again and again up to ``size`` bytes; plain ones where no more fits."""
    letters, left = divmod(size, len(letter.encode()))
    return letter * letters + "x" * left


def largest_row(letter: str) -> Item:
    """The product row with nothing left to add in any attribute."""
    product = NewProduct.model_validate(
        {"price": MAXIMUM, "stock": MAX_STOCK, **labels(letter, LABEL_BYTES)}
    )
    [row] = new_product_rows(new_id(), product, NOW)
    # No number is longer; and an upload id is this long (tests/products/test_images.py).
    return {**row, "version": Decimal("9" * 38), "imageOrder": "f" * 28}


@pytest.mark.parametrize("letter", ALPHABETS)
def test_the_largest_product_row_fits_a_kilobyte(letter: str) -> None:
    assert item_size(largest_row(letter)) <= KILOBYTE


def test_the_limit_on_labels_is_not_needlessly_small() -> None:
    assert item_size(largest_row("\u0436")) > KILOBYTE - 16


def test_the_description_is_in_a_row_of_its_own() -> None:
    product = NewProduct.model_validate(GOOD | {"description": "x" * 10_000})
    row, description = new_product_rows(new_id(), product, NOW)
    assert item_size(row) < KILOBYTE
    assert item_size(description) > 10_000


@pytest.mark.parametrize("letter", ALPHABETS[1:])
def test_labels_are_limited_in_bytes_whatever_the_alphabet(letter: str) -> None:
    fits = GOOD | labels(letter, LABEL_BYTES)
    assert NewProduct.model_validate(fits).name == fits["name"]
    with pytest.raises(ValidationError, match=f"{LABEL_BYTES + 1} bytes of UTF-8"):
        NewProduct.model_validate(GOOD | labels(letter, LABEL_BYTES + 1))


def test_labels_in_plain_ascii_always_fit() -> None:
    assert LABEL_BYTES >= 255 + 100 + 255
