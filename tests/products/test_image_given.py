"""Images given by their address: what the row holds of them, and what they outlast."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from products import handler
from products.models import LABEL_BYTES
from shop.ids import new_id
from tests.products.bucket import IMAGES_URL
from tests.sizes import item_size

if TYPE_CHECKING:
    from tests.products.administrator import Administrator
    from tests.products.bucket import Bucket, Deliver
    from tests.products.catalogue import Catalogue, Customer

pytestmark = pytest.mark.slow

type Product = dict[str, Any]

OTHER = "https://x.test/a.png"


# --- what it outlasts -------------------------------------------------------------------------
@pytest.mark.parametrize("image_url", [OTHER, None])
@pytest.mark.usefixtures("ticking")
def test_an_upload_that_was_begun_before_it_comes_too_late(
    product: Product,
    bucket: Bucket,
    admin: Administrator,
    customer: Customer,
    deliver: Deliver,
    image_url: str | None,
) -> None:
    early = bucket.upload(admin.begin_image(product["id"]).body)
    admin.change(product["id"], imageUrl=image_url)
    late = admin.begin_image(product["id"]).body
    deliver(early)
    assert customer.product(product["id"]).body["imageUrl"] == image_url
    assert bucket.objects() == []
    deliver(bucket.upload(late))
    assert customer.product(product["id"]).body["imageUrl"] == late["imageUrl"]


def test_so_does_one_that_was_begun_in_the_same_millisecond(
    product: Product,
    catalogue: Catalogue,
    bucket: Bucket,
    admin: Administrator,
    deliver: Deliver,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("time.time_ns", lambda: 1_795_359_845_123_000_000)
    monkeypatch.setattr("secrets.token_hex", lambda size: "ff" * size)
    event = bucket.upload(admin.begin_image(product["id"]).body)
    admin.change(product["id"], imageUrl=OTHER)
    deliver(event)
    row = catalogue.row(product["id"])
    assert (row["imageUrl"], row["imageOrder"]) == (OTHER, "01a203c92b03" + "f" * 16)


def test_by_a_clock_that_is_behind_it_is_still_the_last(
    product: Product,
    bucket: Bucket,
    admin: Administrator,
    customer: Customer,
    deliver: Deliver,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ticket = admin.begin_image(product["id"]).body
    event = bucket.upload(ticket)
    deliver(event)
    monkeypatch.setattr("time.time_ns", lambda: 0)
    admin.change(product["id"], imageUrl=OTHER)
    deliver(bucket.upload(ticket))
    assert customer.product(product["id"]).body["imageUrl"] == OTHER


@pytest.mark.usefixtures("ticking")
def test_a_change_of_something_else_keeps_no_upload_out(
    product: Product, bucket: Bucket, admin: Administrator, customer: Customer, deliver: Deliver
) -> None:
    ticket = admin.begin_image(product["id"]).body
    admin.change(product["id"], name="Cup", price="1.00")
    deliver(bucket.upload(ticket))
    assert customer.product(product["id"]).body["imageUrl"] == ticket["imageUrl"]


@pytest.mark.usefixtures("ticking")
def test_an_upload_that_was_given_by_its_address_before_it_came_is_let_in(
    product: Product,
    bucket: Bucket,
    admin: Administrator,
    customer: Customer,
    deliver: Deliver,
) -> None:
    ticket = admin.begin_image(product["id"]).body
    event = bucket.upload(ticket)
    admin.change(product["id"], imageUrl=ticket["imageUrl"])
    deliver(event)
    assert customer.product(product["id"]).body["imageUrl"] == ticket["imageUrl"]
    assert bucket.objects() == [ticket["imageUrl"].removeprefix(f"{IMAGES_URL}/")]


@pytest.mark.usefixtures("ticking")
def test_a_former_image_that_is_given_again_stays(
    product: Product, bucket: Bucket, admin: Administrator, customer: Customer, deliver: Deliver
) -> None:
    first, second = (admin.begin_image(product["id"]).body for _ in range(2))
    deliver(bucket.upload(first))
    admin.change(product["id"], imageUrl=first["imageUrl"])
    deliver(bucket.upload(second))
    assert customer.product(product["id"]).body["imageUrl"] == first["imageUrl"]


# --- what the row holds -----------------------------------------------------------------------
def in_another_region(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same rows, served from a domain of their own."""
    monkeypatch.setenv("IMAGES_URL", "https://recovered.example")
    handler.repository.cache_clear()
    handler.writer.cache_clear()


def test_an_uploaded_image_is_served_by_whoever_has_the_rows(
    product: Product,
    bucket: Bucket,
    admin: Administrator,
    customer: Customer,
    deliver: Deliver,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    other = admin.create(imageUrl=OTHER).body
    ticket = admin.begin_image(product["id"]).body
    deliver(bucket.upload(ticket))
    in_another_region(monkeypatch)
    moved = ticket["imageUrl"].replace(IMAGES_URL, "https://recovered.example")
    assert customer.product(product["id"]).body["imageUrl"] == moved
    listed = {each["id"]: each["imageUrl"] for each in customer.whole_list()}
    assert listed == {product["id"]: moved, other["id"]: OTHER}


@pytest.mark.parametrize(
    ("given", "held"),
    [
        (f"{IMAGES_URL}/images/a.png", "images/a.png"),
        (f"{IMAGES_URL}/other/a.png", f"{IMAGES_URL}/other/a.png"),
        (f"{IMAGES_URL}.test/images/a.png", f"{IMAGES_URL}.test/images/a.png"),
        (OTHER, OTHER),
    ],
)
def test_our_own_addresses_are_held_without_the_domain_and_all_others_as_given(
    catalogue: Catalogue, admin: Administrator, customer: Customer, given: str, held: str
) -> None:
    created = admin.create(imageUrl=given)
    changed = admin.change(admin.create().body["id"], imageUrl=given)
    for answer in (created, changed):
        product_id = answer.body["id"]
        assert answer.body["imageUrl"] == given
        assert customer.product(product_id).body == answer.body
        assert catalogue.row(product_id)["imageUrl"] == held


def test_a_change_of_something_else_leaves_the_uploaded_image(
    product: Product, catalogue: Catalogue, bucket: Bucket, admin: Administrator, deliver: Deliver
) -> None:
    ticket = admin.begin_image(product["id"]).body
    deliver(bucket.upload(ticket))
    before = catalogue.row(product["id"])
    answer = admin.change(product["id"], name="Cup")
    after = catalogue.row(product["id"])
    assert answer.body["imageUrl"] == ticket["imageUrl"]
    assert {name for name in after if after[name] != before.get(name)} == {
        "name",
        "nameKey",
        "version",
        "updatedAt",
    }


# --- and that it fits -------------------------------------------------------------------------
def test_an_uploaded_image_counts_as_the_row_holds_it(
    product: Product, catalogue: Catalogue, bucket: Bucket, admin: Administrator, deliver: Deliver
) -> None:
    deliver(bucket.upload(admin.begin_image(product["id"]).body))
    room = LABEL_BYTES - len(f"images/{'0' * 32}/{'0' * 28}.png")
    name = "\u00e9" * 250
    category = "\u676f" * ((room - 500) // 3) + "x" * ((room - 500) % 3)
    catalogue.add_category(category)
    assert admin.change(product["id"], name=name + "x", category=category).problem == (
        422,
        "validation-failed",
    )
    assert admin.change(product["id"], name=name, category=category).status == 200


def test_the_fullest_row_with_a_given_image_fits_a_kilobyte(
    catalogue: Catalogue, admin: Administrator
) -> None:
    product_id = admin.create(price="99999999.99", stock=2**31 - 1).body["id"]
    url = "https://x.test/" + "x" * 240
    wide = {"name": "\u00e9" * 150, "category": "x" * 5 + "\u00e9" * 25}
    catalogue.add_category(wide["category"])
    assert admin.change(product_id, imageUrl=url, **wide).status == 200
    row = catalogue.row(product_id)
    assert sum(len(row[name].encode()) for name in ("name", "category", "imageUrl")) == LABEL_BYTES
    # Of its version, which is 1 here, no number is longer than 21 bytes.
    assert 1008 < item_size(row | {"version": 0}) + 20 <= 1024


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"price": "1.00"}, 200),
        ({"description": "New."}, 200),
        ({"name": "\u00e9" * 254}, 422),
        ({"category": "y" * 100}, 422),
        ({"imageUrl": "https://" + "y" * 247}, 422),
        ({"name": "Mug"}, 200),
    ],
    ids=lambda value: ascii(value)[:20],
)
def test_a_row_that_is_too_long_already_takes_all_but_long_labels(
    catalogue: Catalogue, admin: Administrator, fields: dict[str, Any], status: int
) -> None:
    product_id = new_id()
    catalogue.add(product_id)
    long = {"name": "\u00e9" * 255, "category": "x" * 100, "imageUrl": "https://" + "x" * 247}
    catalogue.set(product_id, long)
    catalogue.add_category("y" * 100)
    assert admin.change(product_id, **fields).status == status
