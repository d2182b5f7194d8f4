"""What seeding makes of images: given, uploaded, and as long as they fit the product's row."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ops.errors import OperationError
from ops.seed.load import load
from products import image_orders
from products.models import LABEL_BYTES, NewCategory
from tests.ops.seed.support import (
    IMAGES_URL,
    catalogue,
    change_row,
    new_product,
    product_rows,
    table_rows,
)

if TYPE_CHECKING:
    from ops.seed.store import Store


def test_a_file_may_give_another_image(store: Store) -> None:
    load(store, catalogue(new_product(image_url="https://a/old.png")))
    load(store, catalogue(new_product(image_url="https://a/new.png")))

    assert product_rows(store)["Chai"]["imageUrl"] == "https://a/new.png"


@pytest.fixture
def uploaded(store: Store) -> str:
    """The uploaded image that the product Chai has, as its row holds it."""
    load(store, catalogue(new_product()))
    [row] = product_rows(store).values()
    image = f"images/{row['pk'].removeprefix('PRODUCT#')}/{'0' * 28}.png"
    change_row(store, row, imageUrl=image, imageOrder="0" * 28)
    return image


def test_an_uploaded_image_is_the_same_by_its_address(store: Store, uploaded: str) -> None:
    before = table_rows(store)
    same = new_product(image_url=f"{IMAGES_URL}/{uploaded}")

    assert load(store, catalogue(same)).changed == 0
    assert table_rows(store) == before


def test_a_new_product_holds_an_image_of_the_stack_without_its_domain(store: Store) -> None:
    load(store, catalogue(new_product(image_url=f"{IMAGES_URL}/images/a.png")))

    assert product_rows(store)["Chai"]["imageUrl"] == "images/a.png"


@pytest.mark.usefixtures("uploaded")
def test_no_upload_that_was_begun_before_replaces_an_image_of_the_file(store: Store) -> None:
    early = image_orders.of_upload()
    load(store, catalogue(new_product(image_url="https://a/new.png")))

    order = product_rows(store)["Chai"]["imageOrder"]
    assert order > early
    load(store, catalogue(new_product(image_url="https://a/new.png", price="1.00")))
    assert product_rows(store)["Chai"]["imageOrder"] == order


WIDE = {"name": "CHAI", "category": "\u00e9" * 100}
LONG = "https://a/" + "\u676f" * 245


def fill(store: Store, image: str) -> None:
    """Let the product Chai have an image that leaves hardly any room."""
    load(store, catalogue(NewCategory(name=WIDE["category"]), new_product()))
    [row] = product_rows(store).values()
    change_row(store, row, imageUrl=image)


@pytest.mark.parametrize("dry_run", [True, False])
def test_labels_that_do_not_fit_with_the_image_that_is_there_are_an_error(
    store: Store, *, dry_run: bool
) -> None:
    fill(store, LONG)
    before = table_rows(store)

    with pytest.raises(
        OperationError, match=rf"'CHAI' does not fit.*at most {LABEL_BYTES}.*Shorten it"
    ):
        load(store, catalogue(new_product(**WIDE)), dry_run=dry_run)

    assert table_rows(store) == before


def test_labels_that_just_fit_with_the_image_that_is_there_are_written(store: Store) -> None:
    fill(store, "https://a/" + "x" * (LABEL_BYTES - 10 - 4 - 200))

    assert load(store, catalogue(new_product(**WIDE))).changed == 1


def test_a_row_that_is_too_long_already_takes_another_price(store: Store) -> None:
    fill(store, LONG)
    [row] = product_rows(store).values()
    change_row(store, row, category=WIDE["category"], name="CHAI")

    assert load(store, catalogue(new_product(**WIDE))).changed == 0
    assert load(store, catalogue(new_product(**WIDE, price="1.00"))).changed == 1
